/** What the server's answers, and their absence, mean for a transaction. */
import type { RemoteAnswer } from "./call-remote.ts";
import { fail, revoke, succeed, withdraw } from "./transaction-end.ts";
import type { TransactionEvent } from "./transaction-event.ts";
import { rejoinLane } from "./transaction-lane.ts";
import { change, remind, type Entry, type Turn } from "./transaction-model.ts";
import { retryDelayMs } from "./transaction-policy.ts";

type Failure = Extract<RemoteAnswer, { type: "failure" }>;
type Answered = Extract<TransactionEvent, { type: "answered" }>;

/** A refusal with one of these says: later. So does any failure that names a time. */
const LATER: readonly string[] = ["busy", "draining", "rateLimited"];

/** Codes that may pass, where a definition does not say otherwise. */
export const TRANSIENT_CODES: readonly string[] = ["internal", "timedOut", "busy", "cancelled"];

/** An answer to a call, or to the cancellation of one. */
export function answered(turn: Turn, event: Answered): void {
  const { queue } = turn;
  const { id, sending, answer } = event;
  const entry = queue.entries.get(id);
  // Of a sending that is over, or of nothing at all (B28, L35).
  if (!entry || (sending !== entry.call && sending !== entry.cancel)) return;
  turn.touched.add(entry);
  const isCall = sending === entry.call;
  if (isCall) entry.call = 0;
  else entry.cancel = 0;
  entry.isAcked = false;
  if (!entry.call && !entry.cancel) queue.inFlight.delete(entry);
  if (answer.type === "result") succeed(turn, entry, answer.output, event.awaits);
  else if (isCall) callFailed(turn, entry, event);
  else cancelFailed(turn, entry, event);
}

function callFailed(turn: Turn, entry: Entry, { answer, isTransient }: Answered): void {
  const failure = answer.type === "failure" ? answer : undefined;
  if (answer.type !== "lost") turn.queue.flown.delete(entry);
  // This sending had no effect; that says nothing of those before.
  const didNotRun = answer.type === "unsent" || answer.type === "unwritable" || failure?.refused;
  if (didNotRun) {
    entry.mayHaveRun = entry.mightHaveRun;
    rejoinLane(turn, entry);
  }
  if (entry.record.phase === "cancelling") {
    // If it may have run, its cancellation asks.
    if (!entry.mayHaveRun || failure?.code === "cancelled") withdraw(turn, entry);
    // Without keys nobody can be asked: this answer is all that will be known.
    else if (failure && !isTransient && turn.queue.session?.keyRetentionMs === undefined)
      giveUp(turn, entry, { code: failure.code, data: failure.data }, false);
  } else if (failure) failed(turn, entry, failure, isTransient);
  else if (answer.type === "unwritable") giveUp(turn, entry, { code: answer.reason }, false);
  else postpone(turn, entry, true);
}

function failed(turn: Turn, entry: Entry, failure: Failure, isTransient: boolean): void {
  const { code, data, retryAfterMs } = failure;
  const attempts = entry.record.attempts + 1;
  if (isLater(failure)) postpone(turn, entry, code === "draining", retryAfterMs);
  else if (isTransient && attempts < turn.policy.attemptsMax) {
    change(turn, entry, { attempts, violations: 0 });
    entry.waits = attempts - 1;
    postpone(turn, entry, false);
    // The server's handler may go on: what it comes to must be asked.
  } else if (isTransient && code === "timedOut") revoke(turn, entry, "deadline");
  else {
    // Had an earlier sending succeeded, a keyed call that ran would have brought its result.
    const isWhole = !failure.refused && turn.queue.session?.keyRetentionMs !== undefined;
    giveUp(turn, entry, { code, data }, isWhole);
  }
}

/** `isWhole`: the answer speaks of all sendings so far, not of the last alone. */
function giveUp(
  turn: Turn,
  entry: Entry,
  details: Pick<Failure, "code" | "data">,
  isWhole: boolean,
): void {
  fail(turn, entry, entry.mightHaveRun && !isWhole ? "outcomeUnknown" : "rejected", details);
}

function cancelFailed(turn: Turn, entry: Entry, { answer, isTransient }: Answered): void {
  if (answer.type !== "failure") postpone(turn, entry, true);
  else if (answer.code === "cancelled") withdraw(turn, entry);
  else if (isTransient || isLater(answer)) postpone(turn, entry, false, answer.retryAfterMs);
  else fail(turn, entry, "outcomeUnknown", { code: answer.code });
}

function isLater({ code, refused: isRefused, retryAfterMs }: Failure): boolean {
  return retryAfterMs !== undefined || (!!isRefused && LATER.includes(code));
}

/** Not now (L36): after a while, or when a session opens if that may help. */
function postpone(turn: Turn, entry: Entry, untilSession: boolean, askedMs?: number): void {
  const { policy, now, random } = turn;
  const ownMs = retryDelayMs(policy, ++entry.waits, random);
  // A server that asks for no wait at all must not make a loop.
  const waitMs = Math.max(askedMs ?? ownMs, policy.retryMs / 4);
  entry.notBefore = now + Math.min(waitMs, policy.waitMsMax);
  entry.waitsForSession = untilSession;
  remind(turn, entry.notBefore);
}
