/**
 * The reserved codes of `failure` (PROTOCOL.md §7): why a call failed when its handler did not say.
 */

/** The codes that Holdfast itself uses. A handler may use its own words beside them. */
export type FailureCode =
  | "badInput"
  | "unknownMethod"
  | "denied"
  | "rateLimited"
  | "busy"
  | "draining"
  | "keyReused"
  | "timedOut"
  | "cancelled"
  | "tooLarge"
  | "badOutput"
  | "internal";

/**
 * Of each reserved code: did the server turn the call down before its handler ran? Then nothing has
 * taken effect, and the failure carries `refused: true`. Otherwise the handler may have acted.
 */
export const FAILURE_CODES: Readonly<Record<FailureCode, { readonly refused: boolean }>> = {
  /** The input does not fit the contract, or nests too deep. The same input will fail again. */
  badInput: { refused: true },
  /** The server has no such method. */
  unknownMethod: { refused: true },
  /** This account may not make this call. */
  denied: { refused: true },
  /** Too many calls. Comes with `retryAfterMs`. */
  rateLimited: { refused: true },
  /** The server has no room for this call now. */
  busy: { refused: true },
  /** The server is about to end and takes no new calls. Another session will. */
  draining: { refused: true },
  /** The key belongs to another method or another input. */
  keyReused: { refused: true },
  /** `timeoutMs` passed before the handler ended. */
  timedOut: { refused: false },
  /** The caller cancelled. */
  cancelled: { refused: false },
  /** The output is larger, or deeper, than a frame may be. */
  tooLarge: { refused: false },
  /** The handler's output does not fit the contract. */
  badOutput: { refused: false },
  /** The handler threw. What it threw stays at the server. */
  internal: { refused: false },
};
