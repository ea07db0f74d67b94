/** Frames, transactions and buckets of a report as rows of text. Pure. */
import {
  REPORT_LIMITS,
  type BucketReport,
  type FrameReport,
  type Report,
  type TransactionsReport,
} from "../report/report.ts";
import { clockWords, countWords, durationWords, sizeWords } from "./numbers.ts";
import { cut, type Mood } from "./words.ts";

/** One row of a table: its cells, and what stands below it when it is asked for. */
export interface LedgerRow {
  readonly cells: readonly string[];
  readonly mood: Mood;
  readonly more?: string;
}

export interface LedgerView {
  /** What there is, in a line; what there is not, and how to have it. */
  readonly summary: string;
  readonly heads: readonly string[];
  readonly rows: readonly LedgerRow[];
  /** There is something to show that is hidden unless asked for. */
  readonly hasPayloads: boolean;
}

const NO_FRAMES =
  "Frames are not noted. Give the client a platform with a FrameTap, and the tap to the inspector.";

/** The newest first. */
export function framesView(frames: FrameReport | undefined, showsPayloads: boolean): LedgerView {
  const heads = ["time", "", "messages", "size"];
  if (!frames) return { summary: NO_FRAMES, heads, rows: [], hasPayloads: false };
  const { total, recent, allowsPayloads } = frames;
  const told = (way: "in" | "out"): string =>
    `${way} ${countWords(total[way].frames, "frame")}, ${sizeWords(total[way].bytes)}`;
  const rows = [...recent].reverse().map(({ at, direction, kind, bytes, text }): LedgerRow => {
    const cells = [
      clockWords(at),
      direction === "in" ? "↓ in" : "↑ out",
      cut(kind, 60),
      sizeWords(bytes),
    ];
    const mood = direction === "in" ? "good" : "busy";
    return showsPayloads && allowsPayloads
      ? { cells, mood, more: text ?? "not kept" }
      : { cells, mood };
  });
  return { summary: `${told("in")} · ${told("out")}`, heads, rows, hasPayloads: allowsPayloads };
}

const PHASE_MOODS: Readonly<Record<string, Mood>> = {
  saving: "busy",
  queued: "idle",
  inFlight: "busy",
  acked: "good",
  cancelling: "bad",
};

/** In the order of the queue. `wallNow`: epoch milliseconds. */
export function transactionsView(
  transactions: TransactionsReport | undefined,
  wallNow: number,
  showsPayloads: boolean,
): LedgerView {
  const heads = ["transaction", "phase", "made", "id"];
  if (!transactions) {
    const summary = "This client makes no transactions; a DurableClient does.";
    return { summary, heads, rows: [], hasPayloads: false };
  }
  const { pending, allowsPayloads } = transactions;
  const rows = pending.map(({ id, name, phase, createdAt, input }): LedgerRow => {
    const age = `${durationWords(Math.max(wallNow - createdAt, 0))} ago`;
    const cells = [cut(name, 60), cut(phase, 20), age, cut(id, 9)];
    const mood = Object.hasOwn(PHASE_MOODS, phase) ? PHASE_MOODS[phase] : undefined;
    const row = { cells, mood: mood ?? "idle" };
    return showsPayloads && allowsPayloads && input !== undefined ? { ...row, more: input } : row;
  });
  return { summary: phaseWords(transactions), heads, rows, hasPayloads: allowsPayloads };
}

/** `3 pending: 2 queued, 1 inFlight`, and what is wrong. */
function phaseWords({ phases, setAside, unknown, storeFailure }: TransactionsReport): string {
  const counts = Object.entries(phases);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const told = counts.map(([phase, count]) => `${count} ${cut(phase, 20)}`).join(", ");
  const troubles = [
    setAside > 0 && `${setAside} cannot be read`,
    unknown > 0 && `${unknown} of unknown definitions`,
    storeFailure !== undefined && `the store fails: ${cut(storeFailure, 60)}`,
  ];
  const pending = total > 0 ? `${total} pending: ${told}` : "Nothing is pending";
  return [pending, ...troubles.filter((words) => typeof words === "string")].join(" · ");
}

const BUCKET_MOODS: Readonly<Record<string, Mood>> = {
  live: "good",
  behind: "busy",
  loading: "busy",
  stopped: "bad",
  owed: "bad",
};

export function bucketsView(buckets: readonly BucketReport[] | undefined): LedgerView {
  const heads = ["bucket", "phase", "cursor", "head", "debt"];
  if (!buckets) {
    const summary = "This client keeps no buckets; a DurableClient does.";
    return { summary, heads, rows: [], hasPayloads: false };
  }
  const rows = buckets.map(({ key, phase, cursor, head, debt, error }): LedgerRow => {
    const behind = Math.max((head ?? 0) - (cursor ?? 0), 0);
    const cells = [
      cut(key, 80),
      error === undefined ? cut(phase, 20) : `${cut(phase, 20)}: ${cut(error, 40)}`,
      cursor === undefined ? "–" : String(cursor),
      head === undefined ? "–" : behind > 0 ? `${head} (${behind} behind)` : String(head),
      debt === undefined ? "none" : `up to ${debt}`,
    ];
    const mood = Object.hasOwn(BUCKET_MOODS, phase) ? BUCKET_MOODS[phase] : undefined;
    return { cells, mood: error === undefined ? (mood ?? "idle") : "bad" };
  });
  const live = buckets.filter(({ phase }) => phase === "live").length;
  // There may be more, which the report left out.
  const first = buckets.length >= REPORT_LIMITS.buckets ? "The first " : "";
  const summary =
    buckets.length > 0
      ? `${first}${countWords(buckets.length, "bucket")}, ${live} live`
      : "No bucket is open";
  return { summary, heads, rows, hasPayloads: false };
}

/** What a report holds of each, for the tabs. */
export function ledgerCounts({
  frames,
  transactions,
  buckets,
}: Report): Readonly<Record<string, number>> {
  const pending = Object.values(transactions?.phases ?? {}).reduce((sum, count) => sum + count, 0);
  const { in: inbound, out } = frames?.total ?? { in: { frames: 0 }, out: { frames: 0 } };
  return {
    frames: inbound.frames + out.frames,
    transactions: pending,
    buckets: buckets?.length ?? 0,
  };
}
