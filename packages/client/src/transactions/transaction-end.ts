/**
 * The ends of a transaction, and what they mean for those that wait for it. A success is told at
 * once, for the server remembers it. Every other end is told when the store has forgotten the
 * record: until then a crash could still make it happen after all.
 */
import type { TransactionErrorKind } from "./transaction-error.ts";
import { leaveLane } from "./transaction-lane.ts";
import { change, hide, remind, type Entry, type Turn } from "./transaction-model.ts";

/** It has had its effect. `awaits`: open buckets that will bring it, and where. */
export function succeed(
  turn: Turn,
  entry: Entry,
  output: unknown,
  awaits: readonly (readonly [string, number])[],
): void {
  const { queue, policy, now } = turn;
  const end = { phase: "done", output } as const;
  land(turn, entry);
  entry.end = end;
  leaveLane(turn, entry);
  turn.effects.push({ type: "settle", record: entry.record, end });
  for (const dependant of queue.dependants.get(entry.id) ?? []) {
    const blockers = dependant.record.blockers.filter((id) => id !== entry.id);
    change(turn, dependant, { blockers });
  }
  for (const [bucket, seq] of awaits) entry.awaits.set(bucket, seq);
  entry.awaitsUntil = now + policy.ownUpdateMs;
  remind(turn, entry.awaitsUntil);
  queue.awaiting.add(entry);
  finish(turn, entry);
}

/** Ends a success that awaits nothing more: what is confirmed shows its effect. */
export function finish(turn: Turn, entry: Entry): void {
  turn.touched.add(entry);
  if (entry.awaits.size) return;
  turn.queue.awaiting.delete(entry);
  hide(turn, entry, false);
  discard(turn, entry);
}

/** It has no effect, or nobody can say; whatever waits for it fails too. */
export function fail(
  turn: Turn,
  entry: Entry,
  kind: TransactionErrorKind,
  details: { readonly code?: string; readonly data?: unknown } = {},
): void {
  if (entry.end) return;
  entry.end = {
    phase: kind === "cancelled" ? "cancelled" : "failed",
    error: { kind, ...details },
  };
  land(turn, entry);
  // What another has adopted hears from there how it ended.
  for (const dependant of turn.queue.dependants.get(entry.id) ?? [])
    if (!dependant.isForeign) fail(turn, dependant, "blockerFailed");
  hide(turn, entry, true);
  discard(turn, entry);
}

/** The user, or the deadline, no longer wants it. */
export function revoke(turn: Turn, entry: Entry, cancelledBy: "user" | "deadline"): void {
  const { end, isForeign, record } = entry;
  if (end || record.phase === "cancelling" || (isForeign && cancelledBy === "deadline")) return;
  change(turn, entry, { phase: "cancelling", cancelledBy });
  entry.notBefore = 0;
  // Of what another has adopted the wish is kept, in case that it comes back.
  if (!entry.mayHaveRun && !isForeign) withdraw(turn, entry);
}

/** What was revoked has no effect. */
export function withdraw(turn: Turn, entry: Entry): void {
  fail(turn, entry, entry.record.cancelledBy === "deadline" ? "timedOut" : "cancelled");
}

/** Nothing of it is on its way any more; what still comes is stale. */
export function land({ queue }: Turn, entry: Entry): void {
  entry.call = entry.cancel = 0;
  queue.inFlight.delete(entry);
  queue.flown.delete(entry);
}

/** It has ended: out of the store, if it is there or will be. */
export function discard(turn: Turn, entry: Entry): void {
  if (entry.stored || turn.queue.writing.has(entry)) turn.queue.dirty.add(entry);
  else forget(turn, entry);
}

/** The store holds nothing of it. */
export function forget(turn: Turn, entry: Entry): void {
  const { queue, effects } = turn;
  const { id, end, record } = entry;
  queue.entries.delete(id);
  queue.dirty.delete(entry);
  queue.foreign.delete(entry);
  queue.dependants.delete(id);
  for (const blocker of record.blockers) queue.dependants.get(blocker)?.delete(entry);
  leaveLane(turn, entry);
  turn.touched.delete(entry);
  if (!end) return;
  if (entry.phase !== end.phase) effects.push({ type: "phase", id, phase: end.phase });
  if (end.error) effects.push({ type: "settle", record, end });
}
