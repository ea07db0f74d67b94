/** One call that has not settled: what was asked, by when, and who is told. */
import type { Call, Cancel, Failure, Fetch, Page, Result, TooFarBehind } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import { CallError } from "../base/errors.ts";
import type { AskOptions } from "./call-options.ts";

/** What may be asked of a server, but for its id: a call, a page of a log, or the end of a key. */
export type Request =
  | Omit<Call, "id" | "timeoutMs">
  | Omit<Fetch, "id">
  | Required<Omit<Cancel, "id">>;

/** What a server answers where it does as it was asked. */
export type Answer = Result | Page | TooFarBehind;

/** A call that has not settled. Leaving the book of calls is what entitles to settle it. */
export interface PendingCall {
  /**
   * 0 while it waits; once written, its id on the wire. A call that is written again gets another.
   */
  id: number;
  /** It was written in a session that is over. */
  mayHaveRun: boolean;
  readonly request: Request;
  /** When it times out, by `Clock.now`. */
  readonly deadline: Millis;
  readonly options: AskOptions;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: CallError) => void;
}

/** What a failure that the server told makes of the call. */
export function failureOf(failure: Failure, call: PendingCall): CallError {
  const { code, message, data, retryAfterMs, refused } = failure;
  const comesBack = refused && (code === "busy" || code === "draining");
  // A refusal speaks of this sending only, not of those before.
  const mayHaveRun = call.mayHaveRun || undefined;
  const details = { code, data, retryAfterMs, retryable: comesBack || undefined, mayHaveRun };
  return new CallError(refused ? "refused" : "failed", message, details);
}

/** Was such an answer asked for? Pages answer fetches alone, each of its own bucket. */
export function isAnswerTo({ request }: PendingCall, message: Answer | Failure): boolean {
  if (message.type === "failure") return true;
  if (request.type !== "fetch") return message.type === "result";
  return message.type !== "result" && message.bucket === request.bucket;
}
