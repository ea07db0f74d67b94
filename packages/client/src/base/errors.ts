/**
 * The errors a caller can meet. A lost connection is state, never an exception; a rejection answers
 * only what the caller asked for. Texts hold no token and no payload.
 */

/** The base of every error that Holdfast rejects with. Tell them apart by class, then by `kind`. */
export abstract class RealtimeError extends Error {
  abstract readonly kind: string;
}

/** What became of a transport; shown in snapshots, never thrown at a caller. */
export class TransportError extends RealtimeError {
  override readonly name = "TransportError";
  readonly kind: "openFailed" | "closed";
  /** The close code, as the platform gave it. */
  readonly code: number | undefined;

  constructor(kind: TransportError["kind"], message: string, code?: number, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.code = code;
  }
}

/** A peer broke the protocol. `remote`: the session ends. `local`: our own bug, thrown. */
export class ProtocolError extends RealtimeError {
  override readonly name = "ProtocolError";
  readonly kind: "malformed" | "unexpected" | "tooLarge" | "unsupportedVersion";
  readonly origin: "local" | "remote";

  constructor(kind: ProtocolError["kind"], origin: "local" | "remote", message: string) {
    super(message);
    this.kind = kind;
    this.origin = origin;
  }
}

/**
 * No credentials (`missing`), none that the server takes (`rejected`), or none just now
 * (`unavailable`).
 */
export class AuthError extends RealtimeError {
  override readonly name = "AuthError";
  readonly kind: "missing" | "rejected" | "expired" | "unavailable";

  constructor(kind: AuthError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * The fate of a call. `neverSent`: it never left. `refused`: the server turned it down before its
 * handler ran. `failed`: the handler failed. `timedOut`, `aborted`: the caller's deadline or signal
 * came first. `outcomeUnknown`: the connection was lost after it was sent. `tooLarge`: past a
 * limit, never sent. `closed`: the client was closed.
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
  readonly code: string | undefined;
  /** What the server's handler said besides. */
  readonly data: unknown;
  /** When a repetition makes sense, in milliseconds from the failure. */
  readonly retryAfterMs: number | undefined;
  /** The same call may well succeed later, and repeating it is what the failure asks for. */
  readonly retryable: boolean;
  /** The call may have had its effect. */
  readonly mayHaveRun: boolean;

  /**
   * `mayHaveRun` is true by default for `failed` and `outcomeUnknown`; name it where sending
   * decides.
   */
  constructor(kind: CallErrorKind, message: string, details: CallErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.code = details.code;
    this.data = details.data;
    this.retryAfterMs = details.retryAfterMs;
    this.mayHaveRun = details.mayHaveRun ?? (kind === "failed" || kind === "outcomeUnknown");
    const neverLeft = !this.mayHaveRun && (kind === "neverSent" || kind === "timedOut");
    this.retryable = details.retryable ?? (neverLeft || this.retryAfterMs !== undefined);
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

/**
 * Marks a branch that the types exclude. The value stays out of the text: it may hold a payload.
 */
export function unreachable(_value: never): never {
  throw new AssertionError("unreachable");
}

/** Makes `error` an uncaught error of the platform: for what an app's callback throws at us. */
export function reportUncaught(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
