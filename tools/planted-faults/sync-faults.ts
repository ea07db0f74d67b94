/** Faults of what others did and must not be passed over: sync, and what clients store. */
import type { PlantedFault } from "./planted-fault.ts";

const home = "packages/client/src/sync/";
const executor = `${home}bucket-executor.ts`;
const registry = `${home}bucket-registry.ts`;

const inTests = (...names: readonly string[]): string[] =>
  names.map((name) => `packages/client/test/sync/${name}.test.ts`);
const histories = inTests("sync-model");
const ofSync = inTests("sync", "bucket");
const ofExecutor = inTests("bucket-executor");
const ofStores = ["packages/client/test/stores/store-contract.test.ts"];
const ofAccounts = ["packages/client/test/realtime/account-scope.test.ts"];

export const syncFaults: readonly PlantedFault[] = [
  {
    what: "the cursor counts before the data is stored",
    rows: "B41, L55, Y3",
    path: `${home}bucket-settling.ts`,
    find: `start(turn, { type: "apply", batch, runs }`,
    replace: `turn.model.cursor = to; start(turn, { type: "apply", batch, runs }`,
    tests: histories,
  },
  {
    what: "an app that could not store is taken to have stored",
    rows: "B41, L51",
    path: executor,
    find: `this.#end(workId, failed(kind, error));`,
    replace: `this.#end(workId, kind === "applyFailed" ? STORED() : failed(kind, error));`,
    tests: histories,
  },
  {
    what: "an update ahead is applied as if nothing were missing",
    rows: "B36, Y1",
    path: `${home}held-runs.ts`,
    find: `if (run.after > upTo ||`,
    replace: `if (run.after > upTo + 1 ||`,
    tests: histories,
  },
  {
    what: "the number counts without its epoch",
    rows: "Y4, L57",
    path: `${home}bucket-settling.ts`,
    find: `if (cursor && cursor.epoch !== server?.epoch) model.reason = "newEpoch";`,
    replace: ``,
    tests: histories,
  },
  {
    what: "an empty page is asked for again at once",
    rows: "B38, L49",
    path: `${home}bucket.ts`,
    find: `if (isMissing(model)) fail(turn);`,
    replace: `if (!isMissing(model)) fail(turn);`,
    tests: histories,
  },
  {
    what: "debt is forgotten when the bucket is closed",
    rows: "B44, L52, Y5",
    path: registry,
    find: `if (traits?.isStored && server && isRead) {`,
    replace: `if (traits?.isStored && server && isRead && entry.isOpen) {`,
    tests: histories,
  },
  {
    what: "debt that could not be written is not written again",
    rows: "B46, Y5",
    path: `${home}debt-book.ts`,
    find: `for (const bucket of buckets) this.#changed.add(bucket);`,
    replace: ``,
    tests: inTests("debt-book"),
  },
  {
    what: "everybody fetches at once",
    rows: "B45, L58, Y2",
    path: `${home}fetch-limiter.ts`,
    find: `return free > 0 ? best : undefined;`,
    replace: `return free > -9 ? best : undefined;`,
    tests: histories,
  },
  {
    what: "what ends late for a closed bucket counts",
    rows: "L48",
    path: `${home}bucket.ts`,
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
  {
    what: "what the server names before the store is open is lost",
    rows: "Y1",
    path: registry,
    find: `if (this.#isLeft || entry.namedBy !== this.link.remote) entry.namedBy = undefined;`,
    replace: `entry.namedBy = undefined;`,
    tests: inTests("bucket-registry"),
  },
  {
    what: "a cursor that no message can carry is asked with",
    rows: "S5, Y3",
    path: executor,
    find: `isName(cursor.epoch, DEFAULT_WIRE_LIMITS.nameLength) && Number.isSafeInteger(cursor.seq) && cursor.seq >= 0`,
    replace: `isName(cursor.epoch, DEFAULT_WIRE_LIMITS.nameLength)`,
    tests: ofExecutor,
  },
  {
    what: "a step that throws holds its bucket for ever",
    rows: "Y1",
    path: executor,
    find: `if (event.type !== "failed") this.#end(this.#model.workId, failed("fetchFailed", error));`,
    replace: ``,
    tests: ofExecutor,
  },
  {
    what: "a write that was undone hides the next news of others",
    rows: "B47",
    path: "packages/client/src/stores/sqlite-news.ts",
    find: `this.#connection.whenCommitted(() => this.#seen.set(null, row.seen));`,
    replace: `this.#seen.set(null, row.seen);`,
    tests: ["packages/client/test/stores/sqlite.test.ts"],
  },
];
