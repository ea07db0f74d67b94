/**
 * Reads the text of an exported trace. It comes from whoever sends a bug report, so its shape is
 * looked at before anything is made of it.
 */
import type { ExportedTrace } from "./connection-trace.ts";

const FORMAT = "holdfast-trace/1";
/** The last instant that a calendar knows, epoch milliseconds. */
const INSTANT_MAX = 8.64e15;

/** The trace that a text holds; or, as a sentence, why it holds none. Never throws. */
export function readTrace(text: string): ExportedTrace | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "This is not JSON.";
  }
  const { format, entries } = recordOf(value);
  if (typeof format !== "string") return "This is JSON, but no trace: it names no format.";
  if (format !== FORMAT) return `Traces of this format cannot be read here; only ${FORMAT} can.`;
  if (!Array.isArray(entries)) return "The trace has no list of entries.";
  const missing = missingIn(recordOf(value), entries);
  return missing ? `The trace is not whole: ${missing}.` : (value as ExportedTrace);
}

/** What a whole trace has and this one has not. */
function missingIn(
  trace: Readonly<Record<string, unknown>>,
  entries: readonly unknown[],
): string | undefined {
  const { version, edges, platform, policy, before } = trace;
  for (const [name, word] of Object.entries({ version, edges, platform }))
    if (typeof word !== "string") return `it has no ${name}`;
  if (!isRecord(policy)) return "it has no policy";
  if (entries.length > 0 && typeof recordOf(before)["state"] !== "string")
    return "it has no model before its first entry";
  for (const [index, entry] of entries.entries()) {
    const field = missingInEntry(recordOf(entry));
    if (field) return `entry ${index} has no ${field}`;
  }
  return undefined;
}

function missingInEntry(entry: Readonly<Record<string, unknown>>): string | undefined {
  const { at, stamp, event, effects, changed } = entry;
  if (typeof at !== "number" || !(Math.abs(at) <= INSTANT_MAX)) return "time";
  const { now, random } = recordOf(stamp);
  if (typeof now !== "number" || typeof random !== "number") return "stamp";
  if (!isTyped(event)) return "event";
  for (const name of ["from", "to", "reason"]) if (typeof entry[name] !== "string") return name;
  if (!Array.isArray(effects) || !effects.every(isTyped)) return "effects";
  return isRecord(changed) ? undefined : "account of what changed";
}

function isTyped(value: unknown): boolean {
  return typeof recordOf(value)["type"] === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
