/** Transactions' way to the server: calls of the open session, which fail with it. */
import type { Result } from "@holdfast/protocol";
import { CallError, OptionsError, reportUncaught } from "../base/errors.ts";
import type { Calls } from "../session/calls.ts";
import type { Request } from "../session/pending-call.ts";
import type { CallRemote, RemoteAnswer } from "../transactions/call-remote.ts";

/** How long a cancellation by key may take, in milliseconds. */
const CANCEL_TIMEOUT_MS = 15_000;

/** Binds the port to a client's calls. */
export function keyedCalls(calls: Calls): CallRemote {
  const ask = (
    request: Request,
    timeoutMs: number,
    settle: (answer: RemoteAnswer) => void,
    onAck?: () => void,
  ): void => {
    const options = { timeoutMs, whenOffline: "fail", ...(onAck && { onAck }) } as const;
    calls.ask(request, options).then(
      // Pages answer fetches only.
      (answer) => settle(answer as Result),
      (error: unknown) => settle(answerOf(error)),
    );
  };
  return {
    send: ({ method, input, key, timeoutMs }, settle, acked) =>
      ask({ type: "call", method, input, ...(key && { key }) }, timeoutMs, settle, acked),
    cancel: (key, settle) => ask({ type: "cancel", key }, CANCEL_TIMEOUT_MS, settle),
  };
}

/** The fate of a call in the words of transactions. */
function answerOf(error: unknown): RemoteAnswer {
  // It never was a call.
  if (error instanceof OptionsError)
    return { type: "failure", code: error.kind, message: error.message, refused: true };
  if (!(error instanceof CallError)) {
    reportUncaught(error);
    return { type: "lost" };
  }
  const { kind, code, message, data, retryAfterMs, mayHaveRun } = error;
  if (kind === "refused" || kind === "failed") {
    const refused = kind === "refused" || undefined;
    return { type: "failure", code: code ?? "", message, data, retryAfterMs, refused };
  }
  if (kind === "tooLarge") return { type: "unwritable", reason: "tooLarge" };
  if (code === "notEncodable") return { type: "unwritable", reason: code };
  return { type: mayHaveRun ? "lost" : "unsent" };
}
