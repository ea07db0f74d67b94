/**
 * What the queue knows: an entry for each transaction that has not ended, and indexes over them.
 * Records are values and are replaced; entries and indexes change in place, because ten thousand
 * entries would be too many to copy at each event.
 */
import type { BucketKey } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import type {
  TransactionEffect,
  TransactionEnd,
  TransactionPhase,
  TransactionRules,
  TransactionStamp,
} from "./transaction-event.ts";
import type { TransactionPolicy } from "./transaction-policy.ts";
import type { TransactionRecord } from "./transaction-record.ts";
import type { SetAside } from "./transaction-store.ts";

export interface Entry {
  readonly id: string;
  readonly rules: TransactionRules | undefined;
  /** What effects see. */
  readonly input: unknown;
  /** As it should be stored. */
  record: TransactionRecord;
  /** As it is stored. */
  stored: TransactionRecord | undefined;
  /** What was told last. */
  phase: TransactionPhase;
  isShown: boolean;
  /** Another client object has adopted it. It is shown here until its outcome is heard. */
  isForeign: boolean;
  /** It was, or may have been, another's, who may want to hear how it ends. */
  mayBeAwaited: boolean;
  /** Of all sendings so far, one may have had its effect. */
  mayHaveRun: boolean;
  /** The same, before the last sending. */
  mightHaveRun: boolean;
  /** The sending that is on its way, and that of its cancellation; 0: none. */
  call: number;
  cancel: number;
  isAcked: boolean;
  /** It waits until then, by `Clock.now`; or until a session opens, if that will do. */
  notBefore: Millis;
  waitsForSession: boolean;
  /** Waits in a row; the next one is longer. */
  waits: number;
  end: TransactionEnd | undefined;
  /** After success: what open buckets have yet to reach, and how long they have. */
  readonly awaits: Map<BucketKey, number>;
  awaitsUntil: Millis;
}

/** Entries that go one after the other. */
export interface Lane {
  /** The first of the line, at hand: after each event all lanes are looked at. */
  readonly head: Entry;
  readonly line: Set<Entry>;
}

/** What the user of the store should know. */
export interface TransactionTrouble {
  /** What is stored and cannot be read. It stays where it is. */
  readonly setAside: readonly SetAside[];
  /**
   * Ids of records that no definition of this app fits. They stay until their deadline, and hold
   * their lanes.
   */
  readonly unknown: readonly string[];
  /** Why the last operation on the store failed. Absent: it did not. */
  readonly storeFailure?: string;
}

export const NO_TROUBLE: TransactionTrouble = { setAside: [], unknown: [] };

export interface TransactionQueue {
  /** In the order of the queue. */
  readonly entries: Map<string, Entry>;
  /**
   * By lane, the first to go first. What names no lane has one of its own. An entry leaves it with
   * its result, or when the store has forgotten it.
   */
  readonly lanes: Map<string, Lane>;
  /** By blocker, those that wait for it. */
  readonly dependants: Map<string, Set<Entry>>;
  readonly inFlight: Set<Entry>;
  /** Sent in this session, and not answered in it. */
  readonly flown: Set<Entry>;
  readonly awaiting: Set<Entry>;
  readonly foreign: Set<Entry>;
  /** Not stored as they should be. */
  readonly dirty: Set<Entry>;
  /** What the running `write` makes of each; undefined: removed. */
  writing: Map<Entry, TransactionRecord | undefined>;
  lastOrder: number;
  lastSending: number;
  /** The open session. */
  session: { readonly keyRetentionMs: Millis | undefined } | undefined;
  isFrozen: boolean;
  /** The stored records are here, and ours. Before, nothing is written and nothing sent. */
  isClaimed: boolean;
  isStoreBusy: boolean;
  /** A write of several changes failed: one at a time tells which of them cannot be stored. */
  isCautious: boolean;
  storeFailures: number;
  claimedAt: Millis;
  claimAt: Millis;
  /** Not before then, after a write that failed. New records are always tried at once. */
  writeAt: Millis;
  wantsOutcomes: boolean;
  /** The earliest moment at which time alone may change something, or before it. */
  alarmAt: Millis;
  trouble: TransactionTrouble;
}

/** Nothing yet; claims at the first event. */
export function emptyQueue(now: Millis): TransactionQueue {
  return {
    entries: new Map(),
    lanes: new Map(),
    dependants: new Map(),
    inFlight: new Set(),
    flown: new Set(),
    awaiting: new Set(),
    foreign: new Set(),
    dirty: new Set(),
    writing: new Map(),
    lastOrder: 0,
    lastSending: 0,
    session: undefined,
    isFrozen: false,
    isClaimed: false,
    isStoreBusy: false,
    isCautious: false,
    storeFailures: 0,
    claimedAt: -Infinity,
    claimAt: now,
    writeAt: now,
    wantsOutcomes: false,
    alarmAt: now,
    trouble: NO_TROUBLE,
  };
}

/** One step: its stamp, and what it has come to so far. */
export interface Turn extends TransactionStamp {
  readonly queue: TransactionQueue;
  readonly policy: TransactionPolicy;
  readonly effects: TransactionEffect[];
  /** Those whose phase may have changed. */
  readonly touched: Set<Entry>;
}

/** A new entry. `stored`: it was loaded. */
export function entryOf(
  record: TransactionRecord,
  stored: TransactionRecord | undefined,
  rules: TransactionRules | undefined,
  input: unknown,
): Entry {
  const mayHaveRun = stored?.sentAt !== undefined;
  return {
    id: record.id,
    rules,
    input,
    record,
    stored,
    phase: "saving",
    isShown: false,
    isForeign: false,
    mayBeAwaited: !!stored,
    mayHaveRun,
    mightHaveRun: mayHaveRun,
    call: 0,
    cancel: 0,
    isAcked: false,
    notBefore: 0,
    waitsForSession: false,
    waits: 0,
    end: undefined,
    awaits: new Map(),
    awaitsUntil: 0,
  };
}

export function phaseOf({ end, stored, record, call, isAcked, awaits }: Entry): TransactionPhase {
  if (end?.phase === "done") return awaits.size ? "acked" : "done";
  if (!stored) return "saving";
  if (record.phase === "cancelling") return "cancelling";
  return call ? (isAcked ? "acked" : "inFlight") : "queued";
}

/** Nothing of it needs to stay in the store. */
export function isOver({ end, awaits }: Entry): boolean {
  return !!end && !awaits.size;
}

/** Changes what should be stored. */
export function change(turn: Turn, entry: Entry, news: Partial<TransactionRecord>): void {
  entry.record = Object.assign({}, entry.record, news);
  if (!entry.isForeign) turn.queue.dirty.add(entry);
}

/** Sees to it that the alarm does not come later than `at`. */
export function remind({ queue, now }: Turn, at: Millis): void {
  if (at > now) queue.alarmAt = Math.min(queue.alarmAt, at);
}

export function show({ effects }: Turn, entry: Entry): void {
  if (!entry.rules) return;
  entry.isShown = true;
  effects.push({ type: "show", record: entry.record, input: entry.input });
}

export function hide({ effects }: Turn, entry: Entry, isUndone: boolean): void {
  if (entry.isShown) effects.push({ type: "hide", id: entry.id, isUndone });
  entry.isShown = false;
}
