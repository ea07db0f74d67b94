/** What the queue of transactions hears, all of it facts, and what it asks to be done about it. */
import type { BucketKey } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import type { RemoteAnswer, RemoteCall } from "./call-remote.ts";
import type { TransactionErrorKind } from "./transaction-error.ts";
import type { TransactionRecord } from "./transaction-record.ts";
import type { SetAside, TransactionChange, TransactionOutcome } from "./transaction-store.ts";

/**
 * Where a transaction stands, for its user. `saving`: not yet stored. `queued`: stored; waits.
 * `inFlight`: sent. `acked`: the server has it, and its result or its updates are on their way.
 * `cancelling`: it may have run, and the server is asked. The other three are final.
 */
export type TransactionPhase =
  | "saving"
  | "queued"
  | "inFlight"
  | "acked"
  | "cancelling"
  | "done"
  | "failed"
  | "cancelled";

/** How a transaction ended. */
export interface TransactionEnd {
  readonly phase: "done" | "failed" | "cancelled";
  readonly output?: unknown;
  readonly error?: {
    readonly kind: TransactionErrorKind;
    readonly code?: string;
    readonly data?: unknown;
  };
}

/** A stored record, and what the app knows of it today. */
export interface LoadedRecord {
  readonly record: TransactionRecord;
  /** Undefined: the app has no such definition any more. The record stays, and holds its lane. */
  readonly rules: TransactionRules | undefined;
  /** What it would be if it were made today, where it was made in another version. */
  readonly migrated?: Pick<TransactionRecord, "input" | "inputVersion" | "method">;
}

/** What the queue must know of a definition. */
export interface TransactionRules {
  readonly repeatable: boolean;
}

export type TransactionEvent =
  | {
      readonly type: "made";
      readonly record: TransactionRecord;
      readonly rules: TransactionRules;
      /** Something that it waits for has failed already. */
      readonly hasFailedBlocker: boolean;
    }
  | { readonly type: "cancelRequested"; readonly id: string }
  | {
      readonly type: "claimed";
      readonly loaded: readonly LoadedRecord[];
      readonly setAside: readonly SetAside[];
      /** Ids of those that were another's until now. */
      readonly adopted: readonly string[];
    }
  | { readonly type: "claimFailed"; readonly code: string }
  /** The last `write` is durable, but for what others had adopted. */
  | { readonly type: "written"; readonly lost: readonly string[] }
  | { readonly type: "writeFailed"; readonly code: string }
  | { readonly type: "outcomesFailed"; readonly code: string }
  | { readonly type: "outcomesRead"; readonly outcomes: readonly TransactionOutcome[] }
  /** Another client of the store may have changed something. */
  | { readonly type: "storeChanged" }
  /** `keyRetentionMs`: how long the server keeps keys; undefined: it keeps none. */
  | { readonly type: "sessionOpened"; readonly keyRetentionMs: Millis | undefined }
  | { readonly type: "sessionClosed"; readonly isViolation: boolean }
  | { readonly type: "acked"; readonly id: string; readonly sending: number }
  | {
      readonly type: "answered";
      readonly id: string;
      /** Of which `send` or `sendCancel`. */
      readonly sending: number;
      readonly answer: RemoteAnswer;
      /** A failure that may pass: the same call is worth another try. */
      readonly isTransient: boolean;
      /** What the call appended and open buckets have not reached yet. */
      readonly awaits: readonly (readonly [BucketKey, number])[];
    }
  /** A bucket is applied up to `seq`; `keys` are those of the updates that were. */
  | {
      readonly type: "bucketReached";
      readonly bucket: BucketKey;
      readonly seq: number;
      readonly keys: readonly string[];
    }
  | { readonly type: "frozen" }
  | { readonly type: "thawed" }
  | { readonly type: "alarm" };

/** One of `claim`, `write` and `readOutcomes` runs at a time; each is answered by an event. */
export type TransactionEffect =
  | { readonly type: "claim" }
  | { readonly type: "write"; readonly changes: readonly TransactionChange[] }
  | { readonly type: "readOutcomes"; readonly ids: readonly string[] }
  | { readonly type: "release" }
  | {
      readonly type: "send";
      readonly id: string;
      readonly sending: number;
      readonly call: RemoteCall;
    }
  | { readonly type: "sendCancel"; readonly id: string; readonly sending: number }
  | { readonly type: "phase"; readonly id: string; readonly phase: TransactionPhase }
  | { readonly type: "settle"; readonly record: TransactionRecord; readonly end: TransactionEnd }
  /** Its optimistic effect begins, at its place in the order. */
  | { readonly type: "show"; readonly record: TransactionRecord; readonly input: unknown }
  /** It ends: undone, or overtaken by what is confirmed. */
  | { readonly type: "hide"; readonly id: string; readonly isUndone: boolean };

/** What the driver stamps on each event. */
export interface TransactionStamp {
  /** `Clock.now` */
  readonly now: Millis;
  /** `Clock.wallNow` */
  readonly wallNow: Millis;
  /** In [0, 1). */
  readonly random: number;
}
