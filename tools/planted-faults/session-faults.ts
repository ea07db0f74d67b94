/** Faults of what a session says and hears, of calls, credentials and the words of the wire. */
import type { PlantedFault } from "./planted-fault.ts";

const client = "packages/client/src/";
const session = `${client}session/protocol-session.ts`;
const calls = `${client}session/calls.ts`;
const auth = `${client}adapters/auth-adapter.ts`;

const ofSession = ["protocol-session", "calls", "outbox"].map(
  (name) => `packages/client/test/session/${name}.test.ts`,
);
const ofDurable = ["packages/client/test/realtime/durable-session.test.ts"];
const ofAuth = ["packages/client/test/adapters/auth-adapter.test.ts"];
const ofTransport = ["packages/client/test/transport/websocket-transport.test.ts"];
const ofWire = [
  "packages/protocol/test/json-codec.test.ts",
  "packages/protocol/test/payload-fault.test.ts",
];

export const sessionFaults: readonly PlantedFault[] = [
  {
    what: "a socket that was closed while dialling opens, and is kept",
    rows: "B09, C7",
    path: `${client}transport/websocket-transport.ts`,
    find: `if (this.#isOver) socket.close(1000); else this.#onEvent`,
    replace: `this.#onEvent`,
    tests: ofTransport,
  },
  {
    what: "what a socket says after its end is heard",
    rows: "B05, L1",
    path: session,
    find: `if (this.#isClosed) return; switch (event.type)`,
    replace: `switch (event.type)`,
    tests: ofSession,
  },
  {
    what: "a session ends and leaves its socket open",
    rows: "B04, B09",
    path: session,
    find: `this.#transport?.close(code, detail);`,
    replace: ``,
    tests: ofSession,
  },
  {
    what: "a malformed frame is passed over",
    rows: "L31, S5",
    path: session,
    find: `if (typeof messages === "string") return this.#violated(messages);`,
    replace: `if (typeof messages === "string") return;`,
    tests: ofSession,
  },
  {
    what: "a gap in the updates is passed over",
    rows: "B36, S4",
    path: session,
    find: `if (!data.follows(message)) return this.#violated("updates");`,
    replace: ``,
    tests: ofSession,
  },
  {
    what: "the ids of calls begin anew with each session",
    rows: "B28, L28",
    path: calls,
    find: `this.#link = undefined; for (const call of this.#takeAll())`,
    replace: `this.#link = undefined; lastIssuedId = 0; for (const call of this.#takeAll())`,
    tests: ofSession,
  },
  {
    what: "a call is written before it is registered",
    rows: "B26, L35",
    path: calls,
    find: `this.#written.push(call);`,
    replace: `queueMicrotask(() => queueMicrotask(() => this.#written.push(call)));`,
    tests: ofSession,
  },
  {
    what: "what may have run is sent again, though nobody said that it may",
    rows: "B34, S2",
    path: calls,
    find: `if (whenOffline !== "fail" && (repeatable || !isSent)) this.#wait(call);`,
    replace: `if (whenOffline !== "fail") this.#wait(call);`,
    tests: ofSession,
  },
  {
    what: "a call waits without end",
    rows: "B33, S2",
    path: calls,
    find: `else this.#giveUp(call, "timedOut");`,
    replace: ``,
    tests: ofSession,
  },
  {
    what: "calls are written before the welcome",
    rows: "L29",
    path: session,
    find: `this.#outbox.sayFirst(helloOf(facts, sessionId, token, wanted));`,
    replace: `this.#outbox.sayFirst(helloOf(facts, sessionId, token, wanted)); this.#outbox.open(this.#limits, false);`,
    tests: ofSession,
  },
  {
    what: "a full socket is filled further",
    rows: "S4",
    path: `${client}session/outbox.ts`,
    find: `calls.inFlight < this.#callsMax && !this.#isFull(transport)`,
    replace: `calls.inFlight < this.#callsMax`,
    tests: ofSession,
  },
  {
    what: "the answer of an older token fetch is taken",
    rows: "L18, L19, C5",
    path: auth,
    find: `if (fetch.isClosed) return; this.#endFetch(keptUntil);`,
    replace: `this.#endFetch(keptUntil);`,
    tests: ofAuth,
  },
  {
    what: "the words of a token provider travel in traces",
    rows: "B25, C5",
    path: auth,
    find: `.catch((error: unknown) => fail(nameOf(error)));`,
    replace: `.catch((error: unknown) => fail(String(error)));`,
    tests: ofAuth,
  },
  {
    what: "what one user asked is said in the name of the next",
    rows: "L41, C5",
    path: `${client}realtime/realtime-client.ts`,
    find: `if (account && event.account !== account) this.#calls.abandon("accountChanged");`,
    replace: ``,
    tests: ["packages/testing/test/stories/credentials.test.ts"],
  },
  {
    what: "one listener's fault keeps the value from the others",
    rows: "B08, L23, C11",
    path: `${client}base/source.ts`,
    find: `if (this.#listeners.has(tell)) guarded(() => listener(value), this.#onError);`,
    replace: `if (this.#listeners.has(tell)) listener(value);`,
    tests: ["packages/client/test/base/source.test.ts"],
  },
  {
    what: "a prototype key comes in",
    rows: "S5",
    path: "packages/protocol/src/payload-fault.ts",
    find: `if (key === "__proto__") return "prototypeKey";`,
    replace: ``,
    tests: ofWire,
  },
  {
    what: "a frame may nest as deep as it likes",
    rows: "S5, V3",
    path: "packages/protocol/src/json-codec.ts",
    find: `payloadFault(value, limits.nesting + FRAME_LEVELS)`,
    replace: `payloadFault(value, Infinity)`,
    tests: ofWire,
  },
  {
    what: "an answer of the wrong kind is believed",
    rows: "S5",
    path: `${client}session/pending-call.ts`,
    find: `if (request.type !== "fetch") return message.type === "result"; return message.type !== "result" && message.bucket === request.bucket;`,
    replace: `return true;`,
    tests: ofSession,
  },
  {
    what: "what comes for a bucket that was just left is believed",
    rows: "B05, Y1",
    path: `${client}realtime/durable-session.ts`,
    find: `if (updates.hasLeft(bucket)) return undefined;`,
    replace: ``,
    tests: ofDurable,
  },
  {
    what: "a slow listener pauses the socket before the welcome",
    rows: "S4",
    path: `${client}realtime/update-subscriptions.ts`,
    find: `this.#left = []; return [`,
    replace: `this.#left = []; if (this.#isPaused) link.pauseReading(); return [`,
    tests: ["packages/testing/test/stories/updates.test.ts"],
  },
];
