/**
 * What may go, goes: asked anew after every event, never on edges that could be missed (B30).
 * Nothing is sent that the store does not know to be possibly sent.
 */
import { fail } from "./transaction-end.ts";
import { change, type Entry, type Turn } from "./transaction-model.ts";

/** How long what is marked as sent may go without a new mark, in ms. */
const MARK_MS = 60_000;

/** Sends the heads of lanes, as many as may be on their way at once. */
export function dispatch(turn: Turn): void {
  const { inFlight, isClaimed, lanes, session } = turn.queue;
  if (!session || !isClaimed) return;
  const { keyRetentionMs } = session;
  // The cancellation of what is on its way needs no room, and goes beside a suspect.
  for (const entry of inFlight)
    if (isReady(turn, entry, keyRetentionMs)) go(turn, entry, keyRetentionMs);
  let room = turn.policy.inFlightMax - inFlight.size;
  let isAlone: boolean | undefined;
  for (const { head } of lanes.values()) {
    if (room <= 0) return;
    if (inFlight.has(head) || !isReady(turn, head, keyRetentionMs)) continue;
    // What a session broke off over goes alone, so that no other is blamed with it.
    isAlone ??= [...inFlight].some(isSuspect);
    if (isAlone || (isSuspect(head) && inFlight.size)) return;
    room--;
    go(turn, head, keyRetentionMs);
    if (isSuspect(head)) return;
  }
}

function isReady({ now }: Turn, entry: Entry, keyRetentionMs: number | undefined): boolean {
  const { record, rules, end, isForeign, notBefore, call, cancel } = entry;
  // What no definition fits can still be cancelled.
  const isIdle =
    record.phase === "cancelling"
      ? !cancel && (!call || keyRetentionMs !== undefined)
      : !call && !!rules;
  return isIdle && !end && !isForeign && !record.blockers.length && notBefore <= now;
}

function go(turn: Turn, entry: Entry, keyRetentionMs: number | undefined): void {
  const { queue, policy, wallNow, effects } = turn;
  const { id, record } = entry;
  if (entry.mayHaveRun && !isSafe(turn, entry, keyRetentionMs))
    return fail(turn, entry, "outcomeUnknown");
  // A mark that stayed without a sending would make the key seem older than it is.
  if (!entry.mayHaveRun && wallNow - (record.sentAt ?? -Infinity) > MARK_MS)
    return change(turn, entry, { sentAt: wallNow });
  if (entry.stored !== record) return;
  const sending = ++queue.lastSending;
  queue.inFlight.add(entry);
  turn.touched.add(entry);
  if (record.phase === "cancelling") {
    entry.cancel = sending;
    return void effects.push({ type: "sendCancel", id, sending });
  }
  entry.call = sending;
  entry.mightHaveRun = entry.mayHaveRun;
  entry.mayHaveRun = true;
  queue.flown.add(entry);
  const { method, input, deadlineAt } = record;
  const timeoutMs = Math.max(1, Math.min(policy.callTimeoutMs, deadlineAt - wallNow));
  const key = keyRetentionMs === undefined ? undefined : id;
  effects.push({ type: "send", id, sending, call: { method, input, key, timeoutMs } });
}

/** May the server be asked again about what may have run? */
function isSafe(
  { policy, wallNow }: Turn,
  { record, rules }: Entry,
  keyRetentionMs: number | undefined,
): boolean {
  if (keyRetentionMs === undefined) return record.phase === "queued" && !!rules?.repeatable;
  const keptMs = Math.max(keyRetentionMs - policy.keyMarginMs, keyRetentionMs / 2);
  return wallNow - (record.sentAt ?? 0) < keptMs;
}

const isSuspect = ({ record }: Entry): boolean => record.violations > 0;
