/** Faults planted in clients, stores and servers, each of which the simulator alone must notice. */
import { expect, test } from "vitest";

import { plant } from "./support/planted-world.ts";
import type { PlantedFault } from "./support/planted-world.ts";

const CONNECTION = "client/src/connection";
const TRANSACTIONS = "client/src/transactions";
const SYNC = "client/src/sync";

type Row = readonly [what: string, file: string, find: string, replace: string, seed: number];

/**
 * What is forgotten; where; the text that stands there; what stands there instead; and a run that
 * notices it, which is tried first.
 */
const FAULTS: readonly Row[] = [
  [
    "an alarm acts that is no longer pending (L1)",
    `${CONNECTION}/connection-model.ts`,
    `pendingDeadlines(model, policy)[name] ?? Infinity`,
    `pendingDeadlines(model, policy)[name] ?? 0`,
    1,
  ],
  [
    "no floor between dials",
    `${CONNECTION}/connection-model.ts`,
    `Math.max(lastDialAt + policy.dialFloorMs, serverUntil)`,
    `Math.max(lastDialAt, serverUntil)`,
    1,
  ],
  [
    "the failures are forgotten at open",
    `${CONNECTION}/connection-attempt.ts`,
    `progress(turn, "open",`,
    `recover(turn); progress(turn, "open",`,
    1,
  ],
  [
    "a dead path is never noticed",
    `${CONNECTION}/connection-health-monitor.ts`,
    `deadlines[kind] = answerBy(turn, kind); deadlines.ownPong ??= ownPongBy(turn);`,
    ``,
    2,
  ],
  [
    "a key is not stored with its effect (L39)",
    "server/src/stores/memory.ts",
    `if (call) this.#keys.addResult(`,
    `if (call && tx.appended.length < 0) this.#keys.addResult(`,
    1,
  ],
  [
    "a call does not carry its key",
    "client/src/realtime/keyed-calls.ts",
    `...(key && { key })`,
    ``,
    1,
  ],
  [
    "a cursor is saved before its data (B41)",
    "client/src/stores/document-hooks.ts",
    `return (await documents()).commit(bucket, known, to, changes);`,
    `await (await documents()).commit(bucket, known, to, []);
     return (await documents()).commit(bucket, to, to, changes);`,
    1,
  ],
  [
    "a hint is not followed (B46)",
    `${SYNC}/bucket.ts`,
    `learn(turn, { epoch, seq: head }); turn.model.isPaused = true; turn.model.pushedTo = undefined;`,
    ``,
    10,
  ],
  [
    "debt that is paid is never written off (Y5)",
    `${SYNC}/debt-book.ts`,
    `const paid = buckets.filter((bucket) => !this.#owed.has(bucket));`,
    `const paid: BucketKey[] = [];`,
    1,
  ],
  [
    "what one user asked is said in the name of the next (L41)",
    "client/src/realtime/realtime-client.ts",
    `if (account && event.account !== account) this.#calls.abandon("accountChanged");`,
    ``,
    1,
  ],
  [
    "a renewal that the server asked for is answered from the cache",
    "client/src/adapters/auth-adapter.ts",
    `(this.#isForced || !isForced)`,
    `true`,
    6,
  ],
  [
    "the account's store is left open",
    "client/src/realtime/account-scope.ts",
    `scope.defer(() => this.#close(store));`,
    ``,
    1,
  ],
  [
    "a cancelled key may still take effect",
    "server/src/stores/memory.ts",
    `this.#keys.addCancelled(call, storedCount(now, "a time"));`,
    ``,
    11,
  ],
  [
    "records of a tab that died are adopted by nobody (L40)",
    "client/src/stores/memory.ts",
    `(other) => !owners.has(other)`,
    `() => false`,
    1,
  ],
  [
    "an app that could not store is taken to have stored (L51)",
    `${SYNC}/bucket-executor.ts`,
    `this.#end(workId, failed(kind, error));`,
    `this.#end(workId, kind === "applyFailed" ? { type: "committed", workId, outcome: undefined } as never : failed(kind, error));`,
    1,
  ],
  [
    "the number counts without its epoch",
    `${SYNC}/bucket-settling.ts`,
    `if (cursor && cursor.epoch !== server?.epoch) model.reason = "newEpoch";`,
    ``,
    1,
  ],
  [
    "an effect is not undone (B31)",
    `${TRANSACTIONS}/transaction-end.ts`,
    `hide(turn, entry, true);`,
    ``,
    1,
  ],
  [
    "a lane has two on their way (L37)",
    `${TRANSACTIONS}/transaction-lane.ts`,
    `lane === undefined ? id : \`:\${lane}\``,
    `id`,
    3,
  ],
  [
    "what waits for another does not wait",
    `${TRANSACTIONS}/transaction-dispatch.ts`,
    `&& !record.blockers.length`,
    ``,
    6,
  ],
  [
    "what may have run is taken back without asking (L34)",
    `${TRANSACTIONS}/transaction-end.ts`,
    `if (!entry.mayHaveRun && !isForeign) withdraw(turn, entry);`,
    `withdraw(turn, entry);`,
    1,
  ],
  [
    "a write that failed counts as done",
    `${TRANSACTIONS}/transaction-saving.ts`,
    `for (const entry of added) fail(turn, entry, "storeFailed", { code });`,
    `for (const entry of writing) { entry.stored = entry.record; queue.dirty.delete(entry); }`,
    1,
  ],
  [
    "what a path does not take piles up in the socket",
    "client/src/session/outbox.ts",
    `if (bufferedBytes <= SEND_SOFT_MARK) {`,
    `if (bufferedBytes >= 0) {`,
    2,
  ],
  [
    "an older socket is kept beside a newer one",
    "server/src/session-driver.ts",
    `registry.add(this)?.dispatch({ type: "superseded" });`,
    `registry.add(this);`,
    2,
  ],
];

/** So many runs it may take where the run named above no longer notices it. */
const RUNS_MAX = 60;

interface Finding {
  readonly seed: number;
  readonly property: string;
}

async function firstFinding(fault: PlantedFault, first: number): Promise<Finding | undefined> {
  const { planOf, simulate } = await plant(fault);
  const seeds = [first, ...Array.from({ length: RUNS_MAX }, (_, n) => n + 1)];
  for (const seed of seeds) {
    const { violation } = await simulate(planOf(seed));
    if (violation) return { seed, property: violation.property };
  }
  return undefined;
}

test.each(FAULTS)(
  "the simulator notices: %s",
  { timeout: 120_000 },
  async (_, file, find, replace, seed) => {
    const finding = await firstFinding({ file, find, replace }, seed);
    expect(finding).toBeDefined();
    expect(finding?.property).not.toMatch(/^it breaks/);
  },
);

test("a fault whose place is gone fails instead of proving nothing", async () => {
  const gone = { file: `${SYNC}/sync.ts`, find: "this stands nowhere", replace: "" };
  await expect(plant(gone)).rejects.toThrow("0 times, not once");
});
