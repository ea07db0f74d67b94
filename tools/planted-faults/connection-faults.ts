/**
 * Faults of what decides about the connection, and of its driver. Most of them are left to the
 * exploration of all reachable models and to random afternoons, which know nothing of the code.
 */
import type { PlantedFault } from "./planted-fault.ts";

const home = "packages/client/src/connection/";
const machine = `${home}connection-machine.ts`;
const moves = `${home}connection-moves.ts`;
const attempt = `${home}connection-attempt.ts`;
const model = `${home}connection-model.ts`;
const health = `${home}connection-health-monitor.ts`;
const manager = `${home}connection-manager.ts`;

const tests = "packages/client/test/connection/";
const exploration = [`${tests}exploration.test.ts`];
const afternoons = [`${tests}connection-properties.test.ts`];
const stories = [
  "connection-stories",
  "connection-moves",
  "connection-health-monitor",
  "connection-manager",
].map((name) => `${tests}${name}.test.ts`);
const waits = [`${tests}backoff-policy.test.ts`];

export const connectionFaults: readonly PlantedFault[] = [
  {
    what: "an old session's word counts",
    rows: "B04, B05, L6, invariant 5",
    path: machine,
    find: `return isStaleSession(model, event.sessionId);`,
    replace: `return false;`,
    tests: exploration,
  },
  {
    what: "a timer that is no longer pending acts",
    rows: "L1, L4, L5",
    path: model,
    find: `pendingDeadlines(model, policy)[name] ?? Infinity`,
    replace: `pendingDeadlines(model, policy)[name] ?? 0`,
    tests: exploration,
  },
  {
    what: "a state leaves its timers to the next",
    rows: "L3, invariant 3",
    path: moves,
    find: `turn.model.deadlines = deadlines; progress`,
    replace: `Object.assign(turn.model.deadlines, deadlines); progress`,
    tests: exploration,
  },
  {
    what: "a dial that failed is not closed: a ghost can open later",
    rows: "B07, B09, invariant 2",
    path: moves,
    find: `if (isLive(turn.model.state)) act(turn, "closeTransport"`,
    replace: `if (turn.model.state === "open") act(turn, "closeTransport"`,
    tests: exploration,
  },
  {
    what: "there is no floor between dials",
    rows: "B13, L11, invariant 6",
    path: model,
    find: `Math.max(lastDialAt + policy.dialFloorMs, serverUntil)`,
    replace: `Math.max(lastDialAt, serverUntil)`,
    tests: afternoons,
  },
  {
    what: "the server asked for a later dial, and is not heeded",
    rows: "C6, C13",
    path: model,
    find: `Math.max(lastDialAt + policy.dialFloorMs, serverUntil)`,
    replace: `lastDialAt + policy.dialFloorMs`,
    tests: exploration,
  },
  {
    what: "being open once forgets all failures",
    rows: "L10, invariant 7",
    path: attempt,
    find: `progress(turn, "open",`,
    replace: `recover(turn); progress(turn, "open",`,
    tests: exploration,
  },
  {
    what: "a failure does not count",
    rows: "B03, B07",
    path: moves,
    find: `turn.model.attempt++;`,
    replace: ``,
    tests: afternoons,
  },
  {
    what: "the network's return forgets all failures",
    rows: "L11, C10, invariant 7",
    path: machine,
    find: `turn.model.quality = quality;`,
    replace: `turn.model.quality = quality; turn.model.attempt = 0;`,
    tests: exploration,
  },
  {
    what: "stop leaves the wish to be connected",
    rows: "L2, L16, invariant 1",
    path: moves,
    find: `turn.model.wanted = false;`,
    replace: ``,
    tests: exploration,
  },
  {
    what: "the network's hint ends a connection that still answers",
    rows: "B02, C10",
    path: moves,
    find: `if (missing && !(isLive(state) && missing === "network")) park`,
    replace: `if (missing) park`,
    tests: exploration,
  },
  {
    what: "a trigger dials while another dial runs",
    rows: "B03, B14, invariant 2",
    path: moves,
    find: `else if (!missing && !isLive(state) && state !== "backoff") dial`,
    replace: `else if (!missing && state !== "backoff") dial`,
    tests: afternoons,
  },
  {
    what: "back from the background, nobody asks whether the connection lives",
    rows: "B01, L13",
    path: machine,
    find: `if (turn.model.state === "open") doubt(turn); else dialNow(turn, reason);`,
    replace: `if (turn.model.state !== "open") dialNow(turn, reason);`,
    tests: stories,
  },
  {
    what: "only a ping's own pong is life",
    rows: "L24",
    path: health,
    find: `delete deadlines.pong; delete deadlines.probe; constraints.network = true;`,
    replace: `constraints.network = true;`,
    tests: stories,
  },
  {
    what: "traffic from the server hides a dead uplink",
    rows: "L9, C8",
    path: health,
    find: `deadlines.ownPong ??= ownPongBy(turn);`,
    replace: ``,
    tests: stories,
  },
  {
    what: "a late alarm condemns at once",
    rows: "C8",
    path: machine,
    find: `now - at > policy.lateMs`,
    replace: `now < at`,
    tests: exploration,
  },
  {
    what: "a grace outlives its session",
    rows: "L3",
    path: moves,
    find: `turn.model.deadlines = deadlines; progress`,
    replace: `const { grace } = turn.model.deadlines; turn.model.deadlines = grace ? { ...deadlines, grace } : deadlines; progress`,
    tests: exploration,
  },
  {
    what: "a rejected credential is renewed for ever",
    rows: "B23, B24, L63",
    path: `${home}connection-credentials.ts`,
    find: `const isFirst = !turn.model.authRejections++;`,
    replace: `const isFirst = ++turn.model.authRejections > 0;`,
    tests: exploration,
  },
  {
    what: "the first retry of a whole fleet comes in step",
    rows: "L12, C6",
    path: `${home}backoff-policy.ts`,
    find: `cause === "fleet") return random * windowMs;`,
    replace: `cause === "fleet") return windowMs;`,
    tests: waits,
  },
  {
    what: "an event that comes within an event is handled in its midst",
    rows: "B06, C1",
    path: manager,
    find: `if (this.#mailbox.push(event) > 1) return; for (const next of this.#mailbox) this.#receive(next); this.#mailbox.length = 0;`,
    replace: `this.#receive(event);`,
    tests: stories,
  },
  {
    what: "silence is judged before the frame that already waits",
    rows: "C8",
    path: manager,
    find: `this.#cancelAlarm = clock.turn(ring);`,
    replace: `ring();`,
    tests: stories,
  },
  {
    what: "sleep is not noticed",
    rows: "B01, C9",
    path: manager,
    find: `if (event.type !== "woke" && sleptBetween(last, this.#last, due[0]?.[1])) this.#handle({ type: "woke" });`,
    replace: ``,
    tests: stories,
  },
];
