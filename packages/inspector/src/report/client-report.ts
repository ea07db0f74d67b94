/** Makes a report of a client. Reads only what a client shows to everybody; changes nothing. */
import type { Source } from "@holdfast/client";
import type {
  AccountStore,
  BucketDebt,
  BucketState,
  PendingTransaction,
  TransactionTrouble,
} from "@holdfast/client/durable";
import { traceEntry, exportTrace, type TraceEntry, type Traced } from "@holdfast/client/trace";

import type { FrameTap } from "../frames.ts";
import {
  REPORT_LIMITS,
  type BucketReport,
  type ClockReadings,
  type Report,
  type TransactionNote,
  type TransactionsReport,
} from "./report.ts";

/** A client to look at: a `RealtimeClient`, or a `DurableClient`, of which more is seen. */
export interface Inspected extends Traced {
  readonly connection: Source<unknown>;
  readonly pending?: Source<readonly PendingTransaction[]>;
  readonly trouble?: Source<TransactionTrouble>;
  readonly accountStore?: Source<AccountStore | undefined>;
  bucketStates?(): ReadonlyMap<string, BucketState>;
}

/** What the app says about the client that it shows. */
export interface ReportOptions {
  /** What to call the client, where there are several. Default `"client"`. */
  readonly name?: string;
  /** The tap that the client's platform was wrapped by; without one no frames are shown. */
  readonly frames?: FrameTap;
  /**
   * The inspector may show what transactions are asked to do, when somebody ticks its box. Frames
   * have the same option at their tap. Default false.
   */
  readonly payloads?: boolean;
}

/** The entries of events that were met before: an event is an object of its own. */
const entries = new WeakMap<object, TraceEntry>();

/** What there is to tell of a client at this moment. */
export function clientReport(
  client: Inspected,
  options: ReportOptions,
  debts: readonly BucketDebt[],
  made: ClockReadings,
): Report {
  const transactions = transactionsOf(client, options.payloads ?? false);
  const buckets = client.bucketStates && bucketsOf(client.bucketStates(), debts);
  return {
    name: options.name ?? "client",
    isLive: true,
    made,
    trace: {
      ...exportTrace({ ...tracedOf(client), recentEvents: client.recentEvents.slice(0, 1) }),
      entries: client.recentEvents.map((handled) => {
        const entry = entries.get(handled) ?? traceEntry(handled);
        entries.set(handled, entry);
        return entry;
      }),
    },
    ...(options.frames && { frames: options.frames.report }),
    ...(transactions && { transactions }),
    ...(buckets && { buckets }),
  };
}

/** Getters of a class are not copied by a spread. */
function tracedOf({ version, platformName, policy }: Traced): Omit<Traced, "recentEvents"> {
  return { version, platformName, policy };
}

function transactionsOf(
  { pending, trouble }: Inspected,
  allowsPayloads: boolean,
): TransactionsReport | undefined {
  if (!pending) return undefined;
  const phases: Record<string, number> = {};
  for (const { phase } of pending.current) phases[phase] = (phases[phase] ?? 0) + 1;
  const note = ({ id, name, phase, createdAt, input }: PendingTransaction): TransactionNote => ({
    id,
    name,
    phase,
    createdAt,
    ...(allowsPayloads && { input: payloadText(input) }),
  });
  const { setAside = [], unknown = [], storeFailure } = trouble?.current ?? {};
  return {
    allowsPayloads,
    pending: pending.current.slice(0, REPORT_LIMITS.transactions).map(note),
    phases,
    setAside: setAside.length,
    unknown: unknown.length,
    ...(storeFailure !== undefined && { storeFailure }),
  };
}

function payloadText(input: unknown): string {
  return (JSON.stringify(input) ?? "").slice(0, REPORT_LIMITS.payload);
}

function bucketsOf(
  states: ReadonlyMap<string, BucketState>,
  debts: readonly BucketDebt[],
): readonly BucketReport[] {
  const owed = new Map(debts.map(({ bucket, head }) => [bucket, head]));
  const closed: BucketReport[] = [...owed]
    .filter(([key]) => !states.has(key))
    .map(([key, debt]) => ({ key, phase: "owed", debt }));
  const known = [...states].map(([key, { phase, cursor, head, error }]): BucketReport => {
    const debt = owed.get(key);
    return {
      key,
      phase,
      ...(cursor && { cursor: cursor.seq }),
      ...(head !== undefined && { head }),
      ...(debt !== undefined && { debt }),
      ...(error && { error: error.kind }),
    };
  });
  return [...known, ...closed].slice(0, REPORT_LIMITS.buckets);
}
