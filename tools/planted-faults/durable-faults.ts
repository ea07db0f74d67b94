/** Faults of what must not be lost or doubled: transactions, optimism, sync, their stores. */
import type { PlantedFault } from "./planted-fault.ts";

const transactions = "packages/client/src/transactions/";
const sync = "packages/client/src/sync/";
const answer = `${transactions}transaction-answer.ts`;
const dispatch = `${transactions}transaction-dispatch.ts`;
const end = `${transactions}transaction-end.ts`;
const optimism = `${transactions}optimism.ts`;

const lives = ["packages/client/test/transactions/transaction-queue-properties.test.ts"];
const ofOptimism = ["packages/client/test/transactions/optimism.test.ts"];
const histories = ["packages/client/test/sync/sync-model.test.ts"];
const ofSync = [
  "packages/client/test/sync/sync.test.ts",
  "packages/client/test/sync/bucket.test.ts",
];
const ofStores = ["packages/client/test/stores/store-contract.test.ts"];
const ofAccounts = ["packages/client/test/realtime/account-scope.test.ts"];

export const durableFaults: readonly PlantedFault[] = [
  {
    what: "it is sent before the disk knows that it may have run",
    rows: "T2, L39",
    path: dispatch,
    find: `if (entry.stored !== record) return;`,
    replace: ``,
    tests: lives,
  },
  {
    what: "it is sent again when the server may have forgotten its key",
    rows: "T3, B29",
    path: dispatch,
    find: `return wallNow - (record.sentAt ?? 0) < keptMs;`,
    replace: `return true;`,
    tests: lives,
  },
  {
    what: "what waits for another does not wait",
    rows: "T4, B32",
    path: dispatch,
    find: `&& !record.blockers.length`,
    replace: ``,
    tests: lives,
  },
  {
    what: "two of a lane are on their way",
    rows: "T4, L37",
    path: `${transactions}transaction-lane.ts`,
    find: `lane === undefined ? id : \`:\${lane}\``,
    replace: `id`,
    tests: lives,
  },
  {
    what: "an answer of an older sending counts",
    rows: "B28, L38",
    path: answer,
    find: `if (!entry || (sending !== entry.call && sending !== entry.cancel)) return;`,
    replace: `if (!entry) return;`,
    tests: lives,
  },
  {
    what: "a lost answer is taken for never sent",
    rows: "B29, T1",
    path: answer,
    find: `const didNotRun = answer.type === "unsent"`,
    replace: `const didNotRun = answer.type === "unsent" || answer.type === "lost"`,
    tests: lives,
  },
  {
    what: "what may have run is cancelled without asking",
    rows: "L34, T1",
    path: end,
    find: `if (!entry.mayHaveRun && !isForeign) withdraw(turn, entry);`,
    replace: `withdraw(turn, entry);`,
    tests: lives,
  },
  {
    what: "a session that opens wakes nobody",
    rows: "B30, L40",
    path: `${transactions}transaction-queue.ts`,
    find: `dispatch(turn); tendStore(turn);`,
    replace: `if (event.type !== "sessionOpened") dispatch(turn); tendStore(turn);`,
    tests: lives,
  },
  {
    what: "no deadline is kept",
    rows: "L43, T5",
    path: `${transactions}transaction-queue.ts`,
    find: `else if (deadlineAt <= wallNow) revoke(turn, entry, "deadline");`,
    replace: ``,
    tests: lives,
  },
  {
    what: "the effect of what failed is not undone",
    rows: "T1",
    path: optimism,
    find: `if (isUndone) this.#edit(one, at, remove); else remove();`,
    replace: `remove();`,
    tests: ofOptimism,
  },
  {
    what: "effects are undone in the order in which they were applied",
    rows: "T1",
    path: optimism,
    find: `for (const effect of effects().reverse())`,
    replace: `for (const effect of effects())`,
    tests: ofOptimism,
  },
  {
    what: "the cursor counts before the data is stored",
    rows: "B41, L55, Y3",
    path: `${sync}bucket-settling.ts`,
    find: `start(turn, { type: "apply", batch, runs }`,
    replace: `turn.model.cursor = to; start(turn, { type: "apply", batch, runs }`,
    tests: histories,
  },
  {
    what: "an app that could not store is taken to have stored",
    rows: "B41, L51",
    path: `${sync}bucket-executor.ts`,
    find: `this.#end(workId, failed(kind, error));`,
    replace: `this.#end(workId, kind === "applyFailed" ? STORED() : failed(kind, error));`,
    tests: histories,
  },
  {
    what: "an update ahead is applied as if nothing were missing",
    rows: "B36, Y1",
    path: `${sync}held-runs.ts`,
    find: `if (run.after > upTo ||`,
    replace: `if (run.after > upTo + 1 ||`,
    tests: histories,
  },
  {
    what: "the number counts without its epoch",
    rows: "Y4, L57",
    path: `${sync}bucket-settling.ts`,
    find: `if (cursor && cursor.epoch !== server?.epoch) model.reason = "newEpoch";`,
    replace: ``,
    tests: histories,
  },
  {
    what: "an empty page is asked for again at once",
    rows: "B38, L49",
    path: `${sync}bucket.ts`,
    find: `if (isMissing(model)) fail(turn);`,
    replace: `if (!isMissing(model)) fail(turn);`,
    tests: histories,
  },
  {
    what: "debt is forgotten when the bucket is closed",
    rows: "B44, L52, Y5",
    path: `${sync}bucket-registry.ts`,
    find: `if (traits?.isStored && server && isRead) {`,
    replace: `if (traits?.isStored && server && isRead && entry.isOpen) {`,
    tests: histories,
  },
  {
    what: "debt that could not be written is not written again",
    rows: "B46, Y5",
    path: `${sync}debt-book.ts`,
    find: `for (const bucket of buckets) this.#changed.add(bucket);`,
    replace: ``,
    tests: ["packages/client/test/sync/debt-book.test.ts"],
  },
  {
    what: "everybody fetches at once",
    rows: "B45, L58, Y2",
    path: `${sync}fetch-limiter.ts`,
    find: `return free > 0 ? best : undefined;`,
    replace: `return free > -9 ? best : undefined;`,
    tests: histories,
  },
  {
    what: "what ends late for a closed bucket counts",
    rows: "L48",
    path: `${sync}bucket.ts`,
    find: `if (isStoring) model.work = { type: "drain" };`,
    replace: ``,
    tests: [...histories, ...ofSync],
  },
  {
    what: "a slower tab moves the cursor back",
    rows: "B37, Y3",
    path: "packages/client/src/stores/memory.ts",
    find: `if (!isSameCursor(stored, from)) return { moved: stored };`,
    replace: ``,
    tests: ofStores,
  },
  {
    what: "a store that opens when its account has gone is kept",
    rows: "L18, L41",
    path: "packages/client/src/realtime/account-scope.ts",
    find: `scope.defer(() => this.#close(store)); heedLeaving();`,
    replace: `scope.defer(() => this.#close(store));`,
    tests: ofAccounts,
  },
];
