/**
 * All that the inspector shows, as plain JSON: made of a client in this page, sent from another
 * tab, or read from a file. Accounts, tokens and addresses are in none of it; payloads only where
 * the app allowed them.
 */
import type { ExportedTrace } from "@holdfast/client/trace";

/** Both clocks of the client at one moment, in milliseconds. */
export interface ClockReadings {
  /** By the clock of the trace's stamps. */
  readonly now: number;
  /** Since the epoch. */
  readonly wallNow: number;
}

/** A client as it stands, or the trace of one. */
export interface Report {
  /** What the app calls the client, or the name of the file. */
  readonly name: string;
  /** A client tells it, so time goes on; false for a file. */
  readonly isLive: boolean;
  readonly made: ClockReadings;
  readonly trace: ExportedTrace;
  /** Absent: nobody notes frames; see `FrameTap`. */
  readonly frames?: FrameReport;
  /** Absent: the client makes no transactions. */
  readonly transactions?: TransactionsReport;
  /** Absent: the client keeps no buckets. */
  readonly buckets?: readonly BucketReport[];
}

/** Which way a frame went, as the client sees it. */
export type FrameDirection = "in" | "out";

/** One frame of the wire. */
export interface FrameNote {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly direction: FrameDirection;
  /** The messages in it, by type: `updates`, `result ×3, pong`; or `binary`. */
  readonly kind: string;
  readonly bytes: number;
  /** What it says, cut short; only where the app allowed it, and never of a frame with a token. */
  readonly text?: string;
}

/** What went over the wire. */
export interface FrameReport {
  readonly allowsPayloads: boolean;
  /** Since the client was made. */
  readonly total: Readonly<
    Record<FrameDirection, { readonly frames: number; readonly bytes: number }>
  >;
  /** The last ones, oldest first. */
  readonly recent: readonly FrameNote[];
}

/** A transaction that has not ended. */
export interface TransactionNote {
  readonly id: string;
  readonly name: string;
  readonly phase: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Its input, cut short; only where the app allowed it. */
  readonly input?: string;
}

/** What the user did that has not ended. */
export interface TransactionsReport {
  readonly allowsPayloads: boolean;
  /** In the order of the queue; the first ones, where there are more. */
  readonly pending: readonly TransactionNote[];
  /** How many there are in each phase. */
  readonly phases: Readonly<Record<string, number>>;
  /** What is stored and cannot be used. */
  readonly setAside: number;
  readonly unknown: number;
  readonly storeFailure?: string;
}

/** How one bucket stands. */
export interface BucketReport {
  readonly key: string;
  readonly phase: string;
  /** Up to where it is stored. */
  readonly cursor?: number;
  /** The newest update that the server is known to have. */
  readonly head?: number;
  /** Up to where the store remembers that it owes. */
  readonly debt?: number;
  /** The kind of what stops it, or of what it is being tried again for. */
  readonly error?: string;
}

/** How much a report holds; what is beyond is left out, the oldest or the last. */
export const REPORT_LIMITS = {
  frames: 200,
  transactions: 200,
  buckets: 200,
  /** Characters of a payload. */
  payload: 2_000,
} as const;
