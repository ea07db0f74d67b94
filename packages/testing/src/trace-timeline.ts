/**
 * An exported trace in words: when, what happened, where it led and why, what was done, what the
 * connection then waited for. It believes the trace; whether the machine agrees, `replay` says.
 */
import { pendingDeadlines, tracedModels, traceWords } from "@holdfast/client/machine";
import type { ConnectionModel } from "@holdfast/client/machine";
import type { ExportedTrace, TraceEntry } from "@holdfast/client/trace";

/** Of a time of day with its date: `2027-01-15 08:00:00.250`, always UTC. */
const CALENDAR = new Intl.DateTimeFormat("en-US", {
  timeZone: "UTC",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** Under the time of an entry. */
const INDENT = " ".repeat(26);

/** What a trace is of, in a line. */
export function traceHead({ version, platform, entries }: ExportedTrace): string {
  const of = `@holdfast/client ${version} on ${platform}`;
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return `${of}, no event`;
  const length = seconds(last.stamp.now - first.stamp.now);
  return `${of}, ${entries.length} events in ${length}, from ${dateAndTime(first.at)} UTC`;
}

/** The entries in words, one to three lines each. */
export function traceTimeline(trace: ExportedTrace): readonly string[] {
  const models = tracedModels(trace);
  const beginning = trace.entries[0]?.stamp.now ?? 0;
  return trace.entries.flatMap((entry, index) => {
    const model = models[index];
    const [, clock = ""] = dateAndTime(entry.at).split(" ");
    const since = `+${seconds(entry.stamp.now - beginning)}`;
    const lines = [`${clock} ${since.padStart(12)}  ${happened(entry)}`];
    if (entry.effects.length > 0)
      lines.push(`${INDENT}does ${entry.effects.map(traceWords).join("; ")}`);
    const next = model && !entry.stale ? waits(model, entry, trace) : "";
    if (next) lines.push(`${INDENT}waits for ${next}`);
    return lines;
  });
}

function happened(entry: TraceEntry): string {
  const { event, from, to, reason, stale, changed } = entry;
  const what = traceWords(event);
  if (stale) return `${what}: too late, changes nothing`;
  if (from !== to || changed.since !== undefined) return `${what}: ${from} → ${to} (${reason})`;
  return `${what}: stays ${to}`;
}

/** What comes by itself, the soonest first; empty where only events lead on. */
function waits(model: ConnectionModel, { stamp }: TraceEntry, { policy }: ExportedTrace): string {
  const pending = Object.entries(pendingDeadlines(model, policy)).sort(([, a], [, b]) => a - b);
  const told = pending.map(([name, at]) => `${name} in ${seconds(at - stamp.now)}`);
  return told.join(", ");
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}

function dateAndTime(at: number): string {
  const parts = new Map(CALENDAR.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  const date = `${part("year")}-${part("month")}-${part("day")}`;
  return `${date} ${part("hour")}:${part("minute")}:${part("second")}.${part("fractionalSecond")}`;
}
