/**
 * Whose records are whose: what a claim of the store brings, what another client object has taken,
 * and how that ended there.
 */
import { fail, finish, land, revoke, succeed } from "./transaction-end.ts";
import type { TransactionErrorKind } from "./transaction-error.ts";
import type { TransactionEvent } from "./transaction-event.ts";
import { byTurn, joinLane } from "./transaction-lane.ts";
import { change, entryOf, hide, remind, show, type Entry, type Turn } from "./transaction-model.ts";
import type { TransactionRecord } from "./transaction-record.ts";
import { OUTCOME_KEPT_MS, type TransactionOutcome } from "./transaction-store.ts";

/** All records that are ours now. */
export function claimed(
  turn: Turn,
  { loaded, setAside, adopted }: Extract<TransactionEvent, { type: "claimed" }>,
): void {
  const { queue, policy, now, touched } = turn;
  const { entries } = queue;
  const wasAway = !queue.isClaimed;
  queue.isClaimed = true;
  queue.claimedAt = now;
  queue.claimAt = Math.min(queue.claimAt, now + policy.claimMs);
  queue.wantsOutcomes = true;
  remind(turn, queue.claimAt);
  const unknown = loaded.filter(({ rules }) => !rules).map(({ record }) => record.id);
  queue.trouble = { ...queue.trouble, setAside, unknown };
  const ours = new Set(loaded.map(({ record }) => record.id));
  for (const entry of entries.values())
    if (wasAway && entry.stored && !ours.has(entry.id)) lose(turn, entry);
  const news: Entry[] = [];
  let isBack = false;
  for (const { record, rules, migrated } of loaded) {
    const known = entries.get(record.id);
    // Between two claims of one that is awake, what it has in mind is newer than what is stored;
    // unless it stood still, and another took the record, may have sent it, and left it again.
    if (known && (wasAway || known.isForeign || adopted.includes(record.id))) {
      takeBack(turn, known, record);
      isBack = true;
    }
    if (known) continue;
    const entry = entryOf(record, record, rules, (migrated ?? record).input);
    news.push(entry);
    touched.add(entry);
    // What may have run must be sent as it was: the server compares.
    if (migrated && !entry.mayHaveRun) change(turn, entry, migrated);
  }
  if (!wasAway && !isBack && !news.length) return;
  admit(turn, news);
  for (const entry of entries.values()) waitForBlockers(turn, entry);
  // What came may be past its deadline.
  queue.alarmAt = now;
}

/** Puts loaded entries in their places, and those that are not stored yet behind them (L40). */
function admit(turn: Turn, news: readonly Entry[]): void {
  const { queue } = turn;
  const { entries, lanes } = queue;
  const last = news.reduce((most, { record }) => Math.max(most, record.order), 0);
  queue.lastOrder = Math.max(queue.lastOrder, last);
  const unsaved = [...entries.values()].filter(({ stored }) => !stored);
  // If the wall's clock was set back, new ones got numbers that are taken.
  const isBehind = (unsaved[0]?.record.order ?? Infinity) > last;
  const moved = isBehind ? [] : unsaved.filter(({ isShown }) => isShown);
  for (const entry of [...moved].reverse()) hide(turn, entry, true);
  if (!isBehind) for (const entry of unsaved) change(turn, entry, { order: ++queue.lastOrder });
  const all = [...entries.values(), ...news].sort((a, b) => a.record.order - b.record.order);
  entries.clear();
  lanes.clear();
  for (const entry of all) entries.set(entry.id, entry);
  for (const entry of [...all].sort(byTurn)) if (entry.end?.phase !== "done") joinLane(turn, entry);
  const shown = new Set([...news, ...moved]);
  for (const entry of all) if (shown.has(entry)) show(turn, entry);
}

/**
 * Of what an entry waits for, forgets what is done; if something has failed, it fails too. What
 * nobody knows was done before, or never was; a record that cannot be read is neither.
 */
export function waitForBlockers(turn: Turn, entry: Entry): void {
  const { entries, dependants, isClaimed, trouble } = turn.queue;
  const { blockers } = entry.record;
  const open = blockers.filter((id) => {
    const blocker = entries.get(id);
    if (blocker) return blocker.end?.phase !== "done";
    return !isClaimed || trouble.setAside.some((aside) => aside.id === id);
  });
  if (open.length < blockers.length) change(turn, entry, { blockers: open });
  if (open.some((id) => entries.get(id)?.end)) return fail(turn, entry, "blockerFailed");
  for (const id of open) dependants.set(id, (dependants.get(id) ?? new Set()).add(entry));
}

/** The record is ours again, after a time in which it may have been another's. */
function takeBack(turn: Turn, entry: Entry, record: TransactionRecord): void {
  turn.touched.add(entry);
  const { phase, cancelledBy } = entry.record;
  entry.stored = record;
  entry.isForeign = false;
  entry.mayBeAwaited = true;
  turn.queue.foreign.delete(entry);
  if (entry.end?.phase === "done") return;
  // Any other end was decided without knowing what happened meanwhile, and was not told yet.
  entry.end = undefined;
  entry.record = record;
  entry.mayHaveRun ||= record.sentAt !== undefined;
  if (phase === "cancelling") revoke(turn, entry, cancelledBy ?? "user");
}

/** Another client object has adopted it, and makes an end of it. */
export function lose(turn: Turn, entry: Entry): void {
  const { queue } = turn;
  queue.dirty.delete(entry);
  land(turn, entry);
  if (entry.end?.phase === "done") {
    entry.stored = undefined;
    entry.awaits.clear();
    return finish(turn, entry);
  }
  // Whatever we had decided, it is not ours to decide. It goes on holding its lane.
  entry.end = undefined;
  entry.isForeign = true;
  queue.foreign.add(entry);
  turn.touched.add(entry);
}

/** How adopted transactions ended, as far as is known. */
export function outcomesRead(turn: Turn, outcomes: readonly TransactionOutcome[]): void {
  const { entries, foreign } = turn.queue;
  for (const { id, phase, output, error } of outcomes) {
    const entry = entries.get(id);
    if (!entry?.isForeign) continue;
    entry.stored = undefined;
    const { kind, ...details } = error ?? { kind: "outcomeUnknown" };
    if (phase === "done") succeed(turn, entry, output, []);
    else fail(turn, entry, kind as TransactionErrorKind, details);
  }
  // Outcomes are not kept for ever.
  for (const entry of foreign) {
    if (turn.wallNow < entry.record.deadlineAt + 2 * OUTCOME_KEPT_MS) continue;
    entry.stored = undefined;
    fail(turn, entry, "outcomeUnknown");
  }
}
