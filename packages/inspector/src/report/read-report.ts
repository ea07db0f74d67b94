/**
 * Reads what came from outside this page: a trace's file, or the report of another tab. Neither is
 * believed: what cannot be shown is refused with a sentence for people.
 */
import { readTrace } from "@holdfast/client/machine";

import { InspectorError } from "../inspector-error.ts";
import {
  REPORT_LIMITS,
  type BucketReport,
  type FrameReport,
  type Report,
  type TransactionsReport,
} from "./report.ts";
import { traceFault } from "./trace-fault.ts";

/** The longest text that is read, in characters. */
export const TEXT_MAX = 16_000_000;

/** Nothing of ours is nested nearly as deeply; what walks a trace must not run out of stack. */
const DEPTH_MAX = 40;

/** So many phases of transactions are told apart at most. */
const PHASES_MAX = 20;

/** The report of a trace's file. Throws an `InspectorError` for what is none. */
export function reportOfFile(text: string, name: string): Report {
  const trace = traceIn(text);
  const last = trace.entries.at(-1);
  const made = { now: last?.stamp.now ?? 0, wallNow: last?.at ?? 0 };
  return { name: name.slice(0, 200), isLive: false, made, trace };
}

/** What another tab said. Throws an `InspectorError` for what is no report. */
export function readReport(text: string): Report {
  checkSize(text);
  const report = parsed(text);
  const { name, made, frames, transactions, buckets } = fieldsOf(report);
  const { now, wallNow } = fieldsOf(made);
  if (typeof name !== "string" || !isNumber(now) || !isNumber(wallNow)) throw noReport();
  if (frames !== undefined && !isFrames(frames)) throw noReport();
  if (transactions !== undefined && !isTransactions(transactions)) throw noReport();
  if (buckets !== undefined && !isBuckets(buckets)) throw noReport();
  return {
    name: name.slice(0, 200),
    isLive: true,
    made: { now, wallNow },
    trace: traceIn(JSON.stringify(fieldsOf(report)["trace"] ?? null)),
    ...(frames !== undefined && { frames }),
    ...(transactions !== undefined && { transactions }),
    ...(buckets !== undefined && { buckets }),
  };
}

function traceIn(text: string): Report["trace"] {
  checkSize(text);
  const trace = readTrace(text);
  if (typeof trace === "string") throw new InspectorError("notATrace", trace);
  const fault = traceFault(trace);
  if (fault) throw new InspectorError("notATrace", `The trace cannot be shown: ${fault}.`);
  return trace;
}

/** Before anything is made of it. */
function checkSize(text: string): void {
  const millions = (count: number): string => `${Math.round(count / 1_000_000)} million`;
  if (text.length > TEXT_MAX) {
    const words = `${millions(text.length)} characters, over ${millions(TEXT_MAX)}`;
    throw new InspectorError("tooLarge", `This is too large: ${words}.`);
  }
  if (depthOf(text) > DEPTH_MAX)
    throw new InspectorError("notATrace", "This is nested too deeply to be a trace.");
}

/** How deep the brackets of a JSON text are nested. One pass, whatever the text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (isInString) {
      // What an escape is followed by ends nothing.
      if (sign === "\\") at++;
      else if (sign === `"`) isInString = false;
    } else if (sign === `"`) isInString = true;
    else if (sign === "[" || sign === "{") deepest = Math.max(deepest, ++depth);
    else if (sign === "]" || sign === "}") depth--;
  }
  return deepest;
}

function noReport(): InspectorError {
  return new InspectorError("notATrace", "What the other tab said is no report.");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFrames(value: unknown): value is FrameReport {
  const { allowsPayloads, total, recent } = fieldsOf(value);
  const counts = [fieldsOf(total)["in"], fieldsOf(total)["out"]].map(fieldsOf);
  return (
    typeof allowsPayloads === "boolean" &&
    counts.every(({ frames, bytes }) => isNumber(frames) && isNumber(bytes)) &&
    isListOf(recent, REPORT_LIMITS.frames, ({ at, direction, kind, bytes, text }) => {
      const isKnown = direction === "in" || direction === "out";
      return isKnown && isInstant(at) && isNumber(bytes) && isText(kind) && isTextOrNone(text);
    })
  );
}

function isTransactions(value: unknown): value is TransactionsReport {
  const { allowsPayloads, pending, phases, setAside, unknown, storeFailure } = fieldsOf(value);
  return (
    typeof allowsPayloads === "boolean" &&
    isNumber(setAside) &&
    isNumber(unknown) &&
    isTextOrNone(storeFailure) &&
    isPhases(phases) &&
    isListOf(pending, REPORT_LIMITS.transactions, ({ id, name, phase, createdAt, input }) => {
      return (
        isText(id) && isText(name) && isText(phase) && isInstant(createdAt) && isTextOrNone(input)
      );
    })
  );
}

/** How many there are in each; a client knows fewer than ten. */
function isPhases(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const counts = Object.values(value);
  return counts.length <= PHASES_MAX && counts.every(isNumber);
}

function isBuckets(value: unknown): value is readonly BucketReport[] {
  return isListOf(value, REPORT_LIMITS.buckets, ({ key, phase, cursor, head, debt, error }) => {
    const isCounted = [cursor, head, debt].every((seq) => seq === undefined || isNumber(seq));
    return isText(key) && isText(phase) && isCounted && isTextOrNone(error);
  });
}

type Fields = Readonly<Record<string, unknown>>;

function isListOf(value: unknown, most: number, fits: (item: Fields) => boolean): boolean {
  return (
    Array.isArray(value) && value.length <= most && value.every((item) => fits(fieldsOf(item)))
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= REPORT_LIMITS.payload;
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A calendar knows it. */
function isInstant(value: unknown): boolean {
  return isNumber(value) && Math.abs(value) <= 8.64e15;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
