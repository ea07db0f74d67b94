/** How a handler fails on purpose, in words that reach the caller. */
import { FAILURE_CODES } from "@holdfast/protocol";
import type { Failure, FailureCode } from "@holdfast/protocol";

import { delayOf, nameOf } from "./wire-value.ts";

/** What a failure says besides its code. */
export interface CallFailureDetails {
  /** For programs; it must fit the codec. */
  readonly data?: unknown;
  /** When a repetition makes sense, in ms from now. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Thrown by a handler, it reaches the caller as it is. Everything else that is thrown does not. */
export class CallFailure extends Error {
  override readonly name = "CallFailure";
  /** A word for programs: the app's own, or one of the protocol's. */
  readonly code: string;
  readonly data: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, details: CallFailureDetails = {}) {
    super(message, { cause: details.cause });
    this.code = nameOf(code, "A failure's code");
    this.data = details.data;
    this.retryAfterMs = delayOf(details.retryAfterMs);
  }
}

/** The message that carries what a handler threw. It ran, so the message never says `refused`. */
export function failureOf(id: number, failure: CallFailure): Failure {
  const { code, message, data, retryAfterMs } = failure;
  return {
    type: "failure",
    id,
    code,
    message,
    ...(data !== undefined && { data }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

const MESSAGES: Readonly<Partial<Record<FailureCode, string>>> = {
  badInput: "the input nests too deep",
  keyReused: "the key belongs to another method or another input",
  unknownMethod: "the server has no such method",
  draining: "the server is about to end and takes no new calls",
  busy: "too many calls of this session wait",
  cancelled: "the caller cancelled",
  timedOut: "the call's time was up",
  badOutput: "the handler's output breaks the contract",
  internal: "the handler failed",
};

/** A failure by the server's own judgement. */
export function ownFailure(id: number, code: FailureCode, message?: string): Failure {
  const { refused } = FAILURE_CODES[code];
  const text = message ?? MESSAGES[code] ?? code;
  return { type: "failure", id, code, message: text, ...(refused && { refused }) };
}
