/** Faults planted in the machine, each of which the exploration alone must notice. */
import { explore } from "@holdfast/testing/exploration";
import { expect, test } from "vitest";

import { POLICIES } from "./support/explored.ts";
import { plant } from "./support/planted-fault.ts";

const MACHINE = "connection-machine.ts";
const MOVES = "connection-moves.ts";
const ATTEMPT = "connection-attempt.ts";
const CREDENTIALS = "connection-credentials.ts";
const HEALTH = "connection-health-monitor.ts";
const MODEL = "connection-model.ts";

/** What is forgotten; where; the text that stands there; what stands there instead. */
const FAULTS: readonly (readonly [what: string, file: string, find: string, replace: string])[] = [
  [
    "an old session's word counts (B05)",
    MACHINE,
    `return isStaleSession(model, event.sessionId);`,
    `return false;`,
  ],
  [
    "an alarm acts before its time",
    MACHINE,
    `event.type === "alarm" && now < deadlineOf(model, event.deadline, policy)`,
    `event.type === "alarm" && deadlineOf(model, event.deadline, policy) === Infinity`,
  ],
  [
    "an alarm acts that is no longer pending (L1)",
    MODEL,
    `pendingDeadlines(model, policy)[name] ?? Infinity`,
    `pendingDeadlines(model, policy)[name] ?? 0`,
  ],
  [
    "a state leaves its deadline behind",
    MOVES,
    `turn.model.deadlines = deadlines; progress`,
    `Object.assign(turn.model.deadlines, deadlines); progress`,
  ],
  [
    "a dial that times out is not closed before backoff (B09)",
    MOVES,
    `if (isLive(turn.model.state)) act(turn, "closeTransport"`,
    `if (turn.model.state === "open") act(turn, "closeTransport"`,
  ],
  [
    "the floor between dials is bypassed",
    MODEL,
    `Math.max(lastDialAt + policy.dialFloorMs, serverUntil)`,
    `Math.max(lastDialAt, serverUntil)`,
  ],
  [
    "the server's wish for a later dial is ignored",
    MODEL,
    `Math.max(lastDialAt + policy.dialFloorMs, serverUntil)`,
    `Math.max(lastDialAt + policy.dialFloorMs, Math.min(lastDialAt, serverUntil))`,
  ],
  ["a dial is not remembered", MOVES, `turn.model.lastDialAt = turn.now;`, ``],
  ["a dial keeps the number of the last session", MOVES, `turn.model.sessionId++;`, ``],
  [
    "open alone forgets the failures",
    ATTEMPT,
    `progress(turn, "open",`,
    `recover(turn); progress(turn, "open",`,
  ],
  ["a failure counts twice", MOVES, `turn.model.attempt++;`, `turn.model.attempt += 2;`],
  ["a failure does not count (B07)", MOVES, `turn.model.attempt++;`, ``],
  [
    "a session that ends for a new one dials although something blocks",
    MOVES,
    `(missingTo(turn) ? park : dial)(turn, reason)`,
    `dial(turn, reason)`,
  ],
  [
    "a grace outlives its session (L3)",
    MOVES,
    `turn.model.deadlines = deadlines; progress`,
    `const { grace } = turn.model.deadlines; turn.model.deadlines = grace ? { ...deadlines, grace } : deadlines; progress`,
  ],
  [
    "a second report lengthens the grace",
    MACHINE,
    `if (background === "keep" || !isNews) return;`,
    `if (background === "keep") return;`,
  ],
  ["a dial's deadline outlives the dial", ATTEMPT, `delete turn.model.deadlines.connect;`, ``],
  [
    "a handshake has no deadline",
    ATTEMPT,
    `turn.model.deadlines.handshake = turn.now + turn.policy.handshakeMs;`,
    ``,
  ],
  ["stop leaves the will to connect (L16)", MOVES, `turn.model.wanted = false;`, ``],
  [
    "a welcome is taken before the handshake",
    ATTEMPT,
    `if (turn.model.state !== "authenticating") return;`,
    `if (turn.model.state === "open") return;`,
  ],
  [
    "a probe without an answer is asked again and again",
    HEALTH,
    `isLate && !health.isSecond`,
    `kind === "probe"`,
  ],
  ["a late alarm condemns at once", MACHINE, `now - at > policy.lateMs`, `now < at`],
  [
    "silence while we pause reading ends the session",
    HEALTH,
    `inboundPaused || bufferedBytes < health.bufferedBytes`,
    `bufferedBytes < health.bufferedBytes`,
  ],
  [
    "a renewal that runs has no deadline",
    MOVES,
    `if (turn.model.renewal === "pending") deadlines.renewal`,
    `if (turn.model.renewal === "owed") deadlines.renewal`,
  ],
  [
    "a rejected credential is renewed for ever",
    CREDENTIALS,
    `const isFirst = !turn.model.authRejections++;`,
    `const isFirst = ++turn.model.authRejections > 0;`,
  ],
  [
    "a token that is due is asked for only once",
    MACHINE,
    `turn.model.deadlines.tokenRenewal = turn.now + turn.policy.tokenRetryMs;`,
    `delete turn.model.deadlines.tokenRenewal;`,
  ],
  [
    "a token that came while dialling is forgotten",
    ATTEMPT,
    `if (turn.model.tokenOwed) act(turn, "sendToken", { forced: false });`,
    ``,
  ],
  [
    "the network's hint ends what runs (B02)",
    MOVES,
    `if (missing && !(isLive(state) && missing === "network")) park`,
    `if (missing) park`,
  ],
  [
    "the network's hint alone blocks for ever",
    MOVES,
    `if (missingTo(turn) === "network")`,
    `if (missingTo(turn) === "none")`,
  ],
  [
    "a trigger dials while another dial runs (B14)",
    MOVES,
    `else if (!missing && !isLive(state) && state !== "backoff") dial`,
    `else if (!missing && state !== "backoff") dial`,
  ],
  [
    "a frozen page keeps its connection",
    MACHINE,
    `turn.model.constraints.notFrozen = false; settle(turn, "appFrozen");`,
    `turn.model.constraints.notFrozen = false;`,
  ],
  [
    "nobody listens for the answer to a probe",
    MACHINE,
    `if (turn.model.state === "open" && on !== wantsLife(model))`,
    `if (turn.model.state === "open" && !on && wantsLife(model))`,
  ],
  [
    "a model that others hold is changed",
    "connection-turn.ts",
    `draft.deadlines = Object.assign({}, model.deadlines);`,
    ``,
  ],
];

test.each(FAULTS)(
  "exploration alone notices: %s",
  { timeout: 60_000 },
  async (_, file, find, replace) => {
    const transition = await plant({ file, find, replace });
    const finding =
      explore({ transition, policy: POLICIES.phone }).finding ??
      explore({ transition, policy: POLICIES.desktop }).finding;
    console.log(finding ? `${finding.invariant}\n  ${finding.path.join("\n  ")}` : "not found");
    expect(finding).toBeDefined();
  },
);

test("a fault whose place is gone fails instead of proving nothing", async () => {
  const gone = { file: MACHINE, find: "this stands nowhere", replace: "" };
  await expect(plant(gone)).rejects.toThrow(/stands there 0 times/);
});
