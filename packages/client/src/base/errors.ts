/**
 * The errors a caller can meet. A lost connection is state, never an exception; a rejection answers
 * only what the caller asked for. Texts hold no token and no payload.
 */

/** The base of every error that Holdfast rejects with. Tell them apart by class, then by `kind`. */
export abstract class RealtimeError extends Error {
  abstract readonly kind: string;
}

/**
 * The fate of a call. `neverSent`: it never left. `refused`: the server turned it down before its
 * handler ran. `failed`: the handler failed. `timedOut`, `aborted`: the caller's deadline or signal
 * came first. `outcomeUnknown`: the connection was lost after it was sent. `tooLarge`: past a
 * limit, never sent. `closed`: the client was closed, or its user signed out or changed (code
 * `accountChanged`).
 */
export type CallErrorKind =
  | "neverSent"
  | "refused"
  | "failed"
  | "timedOut"
  | "outcomeUnknown"
  | "aborted"
  | "tooLarge"
  | "closed";

/** What is known about a call's fate beyond its kind. */
export interface CallErrorDetails {
  readonly code?: string | undefined;
  readonly data?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly retryable?: boolean | undefined;
  readonly mayHaveRun?: boolean | undefined;
  readonly cause?: unknown;
}

/** A call did not succeed. */
export class CallError extends RealtimeError {
  override readonly name = "CallError";
  readonly kind: CallErrorKind;
  /** The server's word for programs. */
  declare readonly code: string | undefined;
  /** What the server's handler said besides. */
  declare readonly data: unknown;
  /** When a repetition makes sense, in milliseconds from the failure. */
  declare readonly retryAfterMs: number | undefined;
  /** The same call may well succeed later, and repeating it is what the failure asks for. */
  declare readonly retryable: boolean;
  /** The call may have had its effect. */
  declare readonly mayHaveRun: boolean;

  /**
   * `mayHaveRun` is true by default for `failed` and `outcomeUnknown`; name it where sending
   * decides.
   */
  constructor(kind: CallErrorKind, message: string, details: CallErrorDetails = {}) {
    super(message, details);
    this.kind = kind;
    Object.assign(this, details);
    this.mayHaveRun ??= kind === "failed" || kind === "outcomeUnknown";
    const neverLeft = !this.mayHaveRun && (kind === "neverSent" || kind === "timedOut");
    this.retryable ??= neverLeft || this.retryAfterMs !== undefined;
  }
}

/**
 * An option is wrong, or one that is needed here is missing. Thrown by the constructor that got it.
 */
export class OptionsError extends RealtimeError {
  override readonly name = "OptionsError";
  readonly kind = "badOptions";
}

/** Our own bug. Nobody catches it but the connection's loop, which records it and goes on. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws an {@link AssertionError} when what must hold does not. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** What may be told of something thrown: its class. Its words could hold a secret. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Makes `error` an uncaught error of the platform: for what an app's callback throws at us. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Calls what may throw, and goes on. `onError` hears of it. */
export function guarded(act: () => void, onError: (error: unknown) => void = reportUncaught): void {
  try {
    act();
  } catch (error) {
    onError(error);
  }
}
