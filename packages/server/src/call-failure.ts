/** How a handler fails on purpose, in words that reach the caller. */
import { FAILURE_CODES } from "@holdfast/protocol";
import type { Failure, FailureCode } from "@holdfast/protocol";

/** What a failure says besides its code. */
export interface CallFailureDetails {
  /** For programs; it must fit the codec. */
  readonly data?: unknown;
  /** When a repetition makes sense, in ms from now. */
  readonly retryAfterMs?: number;
  /**
   * The handler vouches that nothing has taken effect. Default: as the code says where it is one of
   * the protocol's own (`denied`, `busy`, `rateLimited`, … do), otherwise false.
   */
  readonly refused?: boolean;
  readonly cause?: unknown;
}

/** Thrown by a handler, it reaches the caller as it is. Everything else that is thrown does not. */
export class CallFailure extends Error {
  override readonly name = "CallFailure";
  /** A word for programs: the app's own, or one of the protocol's. */
  readonly code: string;
  readonly data: unknown;
  readonly retryAfterMs: number | undefined;
  readonly refused: boolean;

  constructor(code: string, message: string, details: CallFailureDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.data = details.data;
    this.retryAfterMs = details.retryAfterMs;
    this.refused = details.refused ?? isRefusal(code);
  }
}

function isRefusal(code: string): boolean {
  return Object.hasOwn(FAILURE_CODES, code) && FAILURE_CODES[code as FailureCode].refused;
}

/** The message that carries it. */
export function failureOf(id: number, failure: CallFailure): Failure {
  const { code, message, data, retryAfterMs, refused } = failure;
  return {
    type: "failure",
    id,
    code,
    message,
    ...(data !== undefined && { data }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(refused && { refused }),
  };
}
