/** Faults of the server: sessions, rights, keyed calls, logs and what is pushed of them. */
import type { PlantedFault } from "./planted-fault.ts";

const home = "packages/server/src/";
const feed = `${home}bucket-feed.ts`;
const keyed = `${home}keyed-calls.ts`;
const turn = `${home}server-session-turn.ts`;
const credentials = `${home}server-session-credentials.ts`;

const inTests = (...names: readonly string[]): string[] =>
  names.map((name) => `packages/server/test/${name}.test.ts`);
const ofSession = inTests(
  "server-session",
  "server-session-credentials",
  "server-session-subscriptions",
);
const ofFeed = inTests("bucket-feed");
const ofPump = inTests("bucket-pump");
const ofKeys = inTests("keyed-calls");
const ofServer = inTests("realtime-server", "realtime-server-log", "realtime-server-keys");
const ofStores = inTests("server-store", "server-store-model");

export const serverFaults: readonly PlantedFault[] = [
  {
    what: "an older socket of the same client stays open beside the newer",
    rows: "B04, L59, V3",
    path: `${home}session-driver.ts`,
    find: `registry.add(this)?.dispatch({ type: "superseded" });`,
    replace: `registry.add(this);`,
    tests: ofServer,
  },
  {
    what: "an older session takes the place of a newer one",
    rows: "L59",
    path: credentials,
    find: `if (rivalSession !== undefined && rivalSession >= hello.session)`,
    replace: `if (rivalSession === hello.session)`,
    tests: ofSession,
  },
  {
    what: "the server closes without goAway",
    rows: "L62, C13, V3",
    path: `${home}server-session.ts`,
    find: `say(turn, { type: "goAway", windowMs });`,
    replace: ``,
    tests: ofSession,
  },
  {
    what: "a session is closed without the typed word before",
    rows: "B24, C13",
    path: turn,
    find: `say(turn, refusal); leave(turn`,
    replace: `leave(turn`,
    tests: ofSession,
  },
  {
    what: "the verdict about an older token opens the session",
    rows: "L18, L60",
    path: credentials,
    find: `const isAwaited = event.checkId === model.checkId && deadlines.authenticate !== undefined;`,
    replace: `const isAwaited = deadlines.authenticate !== undefined;`,
    tests: ofSession,
  },
  {
    what: "who says nothing keeps its connection for ever",
    rows: "L60, V3",
    path: `${home}server-session.ts`,
    find: `if (isDue(model.deadlines.hello)) return refuse(turn, "helloTimeout");`,
    replace: ``,
    tests: ofSession,
  },
  {
    what: "everybody may read every bucket",
    rows: "V1",
    path: `${home}bucket-gate.ts`,
    find: `allowed === true ? { bucket } : { bucket, code: "denied" };`,
    replace: `({ bucket });`,
    tests: inTests("bucket-gate"),
  },
  {
    what: "who lost the right goes on hearing of the bucket",
    rows: "V1, V3",
    path: `${home}server-session-subscriptions.ts`,
    find: `turn.effects.push({ type: "leave", bucket }); const standing`,
    replace: `const standing`,
    tests: ofSession,
  },
  {
    what: "a page from elsewhere connects with the user's cookies",
    rows: "V3",
    path: `${home}use/allowed-origin.ts`,
    find: `return host !== undefined && hostOf(origin) === host.toLowerCase();`,
    replace: `return host !== undefined;`,
    tests: ["packages/server/test/use/allowed-origin.test.ts"],
  },
  {
    what: "the key is not stored with the effect",
    rows: "B29, T3",
    path: `${home}stores/memory.ts`,
    find: `if (call) this.#keys.addResult(call, storedJson(output), at, this.#clock.wallNow());`,
    replace: ``,
    tests: ofStores,
  },
  {
    what: "a stored key does not keep its unit from running again",
    rows: "B29, L60, T3",
    path: `${home}stores/memory.ts`,
    find: `if (known) return { type: "known", outcome: known };`,
    replace: ``,
    tests: ofStores,
  },
  {
    what: "a call that runs already is run a second time",
    rows: "T3, L60",
    path: keyed,
    find: `if (running) return this.#join(running, waiter, deadline);`,
    replace: ``,
    tests: ofKeys,
  },
  {
    what: "a key answers for another input",
    rows: "T3",
    path: keyed,
    find: `if (running && !isSame(running.keyed, keyed)) return settle(ownFailure(id, "keyReused"));`,
    replace: ``,
    tests: ofKeys,
  },
  {
    what: "a key that was cancelled takes effect after all",
    rows: "T1, L34",
    path: `${home}stores/memory.ts`,
    find: `this.#keys.addCancelled(call, storedCount(now, "a time"));`,
    replace: ``,
    tests: ofStores,
  },
  {
    what: "two appends of one unit get one number",
    rows: "B48, V1",
    path: `${home}stores/unit-transaction.ts`,
    find: `this.#heads.set(bucket, seq);`,
    replace: `this.#heads.set(bucket, seq - 1);`,
    tests: ofStores,
  },
  {
    what: "what is pushed while the log is read is not held",
    rows: "B36, Y1",
    path: feed,
    find: `this.#held.push(run);`,
    replace: ``,
    tests: ofFeed,
  },
  {
    what: "the log is read first and joined then: what comes between is lost",
    rows: "B36, Y1",
    path: feed,
    find: `this.#session.pump.join(this.#bucket, this); this.#read();`,
    replace: `this.#session.reader.range(this.#bucket, () => this.#session.pump.join(this.#bucket, this)); this.#read();`,
    tests: ofFeed,
  },
  {
    what: "what does not follow is pushed all the same",
    rows: "B36, Y1",
    path: feed,
    find: `if (run.after > this.#position) return this.#fallBehind();`,
    replace: ``,
    tests: ofFeed,
  },
  {
    what: "a slow client is pushed to without end",
    rows: "L59, V3",
    path: feed,
    find: `if (speaksLog && isSlow()) return this.#fallBehind();`,
    replace: ``,
    tests: ofFeed,
  },
  {
    what: "a notice that was missed is never made good",
    rows: "B47, Y1",
    path: `${home}bucket-pump.ts`,
    find: `if (after > pumped.sent) return this.#read(bucket, pumped);`,
    replace: ``,
    tests: ofPump,
  },
  {
    what: "a message that names no bucket costs nothing",
    rows: "V3",
    path: turn,
    find: `spend(turn, Math.max(1, buckets.length));`,
    replace: `spend(turn, buckets.length);`,
    tests: ofSession,
  },
  {
    what: "a call that was told that it failed takes effect all the same",
    rows: "T1",
    path: `${home}call-context.ts`,
    find: `if (this.committed || this.#isOver) throw`,
    replace: `if (this.committed) throw`,
    tests: inTests("running-calls", "keyed-calls"),
  },
  {
    what: "who only listens is told to fetch, and hears nothing more",
    rows: "Y1, V3",
    path: feed,
    find: `if (!this.#session.speaksLog || !this.#isKept) return this.#reopen();`,
    replace: `if (!this.#session.speaksLog) return this.#reopen();`,
    tests: ofFeed,
  },
  {
    what: "an update that a codec cannot say ends the session",
    rows: "B43, V3",
    path: `${home}outbox.ts`,
    find: `if (error instanceof EncodeError) return 0;`,
    replace: ``,
    tests: inTests("outbox", "left-out"),
  },
  {
    what: "who is not known yet can make the server hold a mebibyte",
    rows: "S5, V3",
    path: `${home}use/hello-guard.ts`,
    find: `if (listener.isOpen !== false) return undefined;`,
    replace: `return undefined;`,
    tests: inTests("use/hello-guard"),
  },
  {
    what: "handlers that run on without their sessions are not counted",
    rows: "V3",
    path: `${home}running-calls.ts`,
    find: `this.#parts.abandoned.left(viewer.account, this.#running.length);`,
    replace: ``,
    tests: inTests("running-calls"),
  },
  {
    what: "a flood of renewals asks the application as often",
    rows: "L60, V3",
    path: `${home}credential-check.ts`,
    find: `if (this.#running) { this.#running.abort(); this.#next = { checkId, token }; return; }`,
    replace: `this.#running?.abort();`,
    tests: inTests("credential-check"),
  },
];
