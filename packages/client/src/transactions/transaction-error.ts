/** The fate of a transaction that did not succeed. */
import { RealtimeError } from "../base/errors.ts";

/**
 * `rejected`: the server said no; `code` and `data` are its words. `timedOut`: the deadline came,
 * and it has no effect. `cancelled`: it was cancelled, and has no effect. `outcomeUnknown`: it may
 * have had its effect, and nobody can say any more. `poisoned`: three sessions in a row broke off
 * over it. `blockerFailed`: one that it waited for did not succeed. `storeFailed`: it could not be
 * stored, and was never queued. `closed`: this client was closed or its user signed out; the
 * transaction goes on at that account's next start.
 */
export type TransactionErrorKind =
  | "rejected"
  | "timedOut"
  | "cancelled"
  | "outcomeUnknown"
  | "poisoned"
  | "blockerFailed"
  | "storeFailed"
  | "closed";

/** What is known beyond the kind. */
export interface TransactionErrorDetails {
  readonly code?: string | undefined;
  readonly data?: unknown;
  readonly cause?: unknown;
}

export class TransactionError extends RealtimeError {
  override readonly name = "TransactionError";
  readonly kind: TransactionErrorKind;
  /** The server's word for programs. */
  declare readonly code: string | undefined;
  /** What the server's handler said besides. */
  declare readonly data: unknown;
  /** The same wish, made anew, may well succeed. */
  readonly retryable: boolean;
  /** It may have had its effect, or may still have it. */
  readonly mayHaveRun: boolean;

  constructor(kind: TransactionErrorKind, details: TransactionErrorDetails = {}) {
    super(kind, details);
    this.kind = kind;
    Object.assign(this, details);
    this.retryable = kind === "timedOut" || kind === "storeFailed" || kind === "blockerFailed";
    this.mayHaveRun = kind === "outcomeUnknown" || kind === "poisoned" || kind === "closed";
  }
}
