/**
 * The queue and its store: one operation at a time, each asked for after any event as long as
 * something is not stored as it should be. So nothing that is to be stored can be forgotten, what
 * failed is tried again, and what came meanwhile goes in one write.
 */
import { discard, fail, forget } from "./transaction-end.ts";
import { lose } from "./transaction-claim.ts";
import { isOver, remind, type Entry, type Turn } from "./transaction-model.ts";
import { retryDelayMs } from "./transaction-policy.ts";
import type { TransactionChange } from "./transaction-store.ts";

/** Asks for what the store should do next. */
export function tendStore(turn: Turn): void {
  const { queue, now, effects } = turn;
  if (queue.isStoreBusy || queue.isFrozen) return;
  if (queue.claimAt <= now) {
    queue.claimAt = Infinity;
    effects.push({ type: "claim" });
  } else if (!queue.isClaimed) return;
  else {
    const batch = nextBatch(turn);
    if (batch.length) {
      queue.writing = new Map(
        batch.map((entry) => [entry, isOver(entry) ? undefined : entry.record]),
      );
      effects.push({ type: "write", changes: batch.map((entry) => changeOf(turn, entry)) });
    } else if (queue.wantsOutcomes && queue.foreign.size) {
      queue.wantsOutcomes = false;
      const ids = Array.from(queue.foreign, ({ id }) => id);
      effects.push({ type: "readOutcomes", ids });
    } else return;
  }
  queue.isStoreBusy = true;
}

function nextBatch({ queue, now }: Turn): readonly Entry[] {
  const all = [...queue.dirty];
  const added = all.filter(({ stored }) => !stored);
  const others = queue.writeAt <= now ? all.filter(({ stored }) => stored) : [];
  queue.isCautious &&= all.length > 0;
  if (!queue.isCautious) return [...added, ...others];
  // What failed goes after what failed with it: alone, the latter would be sent after a crash.
  const first = others.filter(({ id, end }) => !end?.error || !queue.dependants.get(id)?.size);
  return [...added, ...first, ...others].slice(0, 1);
}

function changeOf({ wallNow }: Turn, entry: Entry): TransactionChange {
  const { id, record, stored, mayBeAwaited, end } = entry;
  if (!end || !isOver(entry)) return { type: stored ? "put" : "add", record };
  if (!mayBeAwaited) return { type: "remove", id };
  return { type: "remove", id, outcome: { id, endedAt: wallNow, ...end } };
}

/** The running write is durable, but for those that others have adopted. */
export function written(turn: Turn, lost: readonly string[]): void {
  const { queue } = turn;
  const { writing } = queue;
  queue.writing = new Map();
  recovered(turn);
  for (const [entry, record] of writing) {
    turn.touched.add(entry);
    if (lost.includes(entry.id)) {
      lose(turn, entry);
      continue;
    }
    entry.stored = record;
    if (!record) forget(turn, entry);
    else if (record === entry.record && !isOver(entry)) queue.dirty.delete(entry);
  }
}

/** Nothing of the running write was stored. */
export function writeFailed(turn: Turn, code: string): void {
  const { queue } = turn;
  const writing = [...queue.writing.keys()];
  const added = writing.filter(({ stored }) => !stored);
  queue.writing = new Map();
  for (const entry of added) if (entry.end) discard(turn, entry);
  if (writing.length > 1) {
    queue.isStoreBusy = false;
    queue.isCautious = true;
    return;
  }
  const at = troubled(turn, code);
  for (const entry of added) fail(turn, entry, "storeFailed", { code });
  if (added.length) return;
  queue.writeAt = at;
  queue.isCautious = false;
  // Next time the others come first.
  for (const entry of writing) if (queue.dirty.delete(entry)) queue.dirty.add(entry);
}

/** The store works. */
export function recovered({ queue }: Turn): void {
  queue.isStoreBusy = false;
  queue.storeFailures = 0;
  const { setAside, unknown, storeFailure } = queue.trouble;
  if (storeFailure !== undefined) queue.trouble = { setAside, unknown };
}

/** It does not. Returns when to try again. */
export function troubled(turn: Turn, storeFailure: string): number {
  const { queue, policy, now, random } = turn;
  queue.isStoreBusy = false;
  queue.trouble = { ...queue.trouble, storeFailure };
  const at = now + retryDelayMs(policy, ++queue.storeFailures, random);
  remind(turn, at);
  return at;
}
