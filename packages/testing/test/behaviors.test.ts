/** Each behaviour, as a client meets it. The table is the kit's own list of what servers do. */
import { describe, expect, test } from "vitest";

import {
  accepts,
  acceptsThenDrops,
  answersHttp,
  blackHoles,
  choosesSubprotocol,
  goesAway,
  hearsNothing,
  neverAnswers,
  opensNeverWelcomes,
  opensTooLate,
  refuses,
  refusesConnections,
  refusesWithRetryAfter,
  rejectsTheToken,
  saysBadFrame,
  stops,
} from "../src/behaviors.ts";
import { clientHarness } from "../src/harness.ts";
import type { Behavior } from "../src/scripted-server.ts";

/** A behaviour, and what the client says of its first session's end. */
const rows: readonly [
  name: string,
  behavior: Behavior,
  reason: string,
  detail: string,
  withinMs: number,
][] = [
  ["accepts then drops", acceptsThenDrops(), "transportClosed", "1006", 1],
  [
    "drops after a minute",
    acceptsThenDrops({ afterMs: 60_000 }),
    "transportClosed",
    "1006",
    60_001,
  ],
  ["refuses connections", refusesConnections(), "openFailed", "refused", 1],
  ["answers with HTTP 503", answersHttp(503), "openFailed", "refused", 1],
  ["answers with HTTP 429 and a delay", answersHttp(429, 9_000), "openFailed", "refused", 1],
  ["never answers", neverAnswers(), "connectTimeout", "", 10_001],
  ["opens too late", opensTooLate(), "connectTimeout", "", 10_001],
  ["opens and never welcomes", opensNeverWelcomes(), "handshakeTimeout", "", 10_001],
  ["chooses another subprotocol", choosesSubprotocol("mqtt"), "protocolViolated", "subprotocol", 1],
  ["rejects the token", rejectsTheToken(), "authRejected", "badToken", 1],
  ["refuses", refuses("slowConsumer"), "refused", "slowConsumer", 1],
  ["refuses with a delay", refusesWithRetryAfter(5_000), "refused", "busy", 1],
  ["stops", stops(), "serverStop", "accountDisabled", 1],
  ["black-holes", blackHoles(), "pingTimeout", "", 10_000],
  ["hears nothing", hearsNothing(), "pingTimeout", "", 30_001],
  ["says a bad frame", saysBadFrame(), "protocolViolated", "notParseable", 1],
  ["says a binary frame", saysBadFrame(new Uint8Array(3)), "protocolViolated", "wrongFrameKind", 1],
];

for (const [name, behavior, reason, detail, withinMs] of rows) {
  test(`a server that ${name}: ${reason}${detail && ` (${detail})`}`, async () => {
    const own = clientHarness({ behaviors: [behavior] });
    own.client.start();
    await own.clock.run(withinMs);
    const failures = own.snapshots.flatMap(({ lastFailure }) => lastFailure ?? []);
    expect(failures[0]).toMatchObject({ reason, detail });
    own.client.close();
    // A dial that opens too late does so on its own account.
    if (behavior.name !== "opensTooLate") await own.clock.run(20_000);
    expect(own.clock.pending).toBe(0);
  });
}

describe("a server that accepts", () => {
  test("answers calls by script, with their input, or not at all", async () => {
    const answer = ({ method, input }: { method: string; input?: unknown }): unknown =>
      method === "double" ? Number(input) * 2 : undefined;
    const own = await clientHarness({ behaviors: [accepts({ answer })] }).open();
    expect(await own.clock.finish(own.client.call("double", 21))).toBe(42);
    const ignored = own.client.call("other", 1, { timeoutMs: 100 });
    await expect(own.clock.finish(ignored)).rejects.toMatchObject({ kind: "timedOut" });
    const plain = await clientHarness().open();
    expect(await plain.clock.finish(plain.client.call("echo", "same"))).toBe("same");
  });

  test("confirms subscriptions of the hello and later ones, and their end", async () => {
    const own = clientHarness();
    const phases: string[] = [];
    own.client.subscribe(
      "early",
      () => {},
      ({ phase }) => phases.push(`early ${phase}`),
    );
    await own.open();
    const cancel = own.client.subscribe(
      "late",
      () => {},
      ({ phase }) => {
        phases.push(`late ${phase}`);
      },
    );
    await own.clock.settle();
    cancel();
    await own.clock.settle();
    expect(phases).toEqual(["early waiting", "early live", "late waiting", "late live"]);
    expect(own.said("unsubscribe")).toHaveLength(1);
    expect(own.client.state.current).toBe("connected");
  });

  test("names the limits, window and token's end that the test wants", async () => {
    const welcome = { windowMs: 77, tokenExpiresAt: 1_800_000_000_000 + 600_000 };
    const own = await clientHarness({ behaviors: [accepts({ welcome })] }).open();
    await own.clock.run(600_000);
    expect(own.said("token").length).toBeGreaterThan(0);
  });
});

test("a server that goes away is left in time, and serves until then", async () => {
  const behaviors = [goesAway({ windowMs: 2_000 }), accepts()];
  const own = await clientHarness({ behaviors }).open();
  const first = own.server.last;
  expect(await own.clock.finish(own.client.call("echo", 1))).toBe(1);
  await own.clock.run(4_000);
  expect(first.closed).toBeDefined();
  expect(own.snapshot).toMatchObject({ state: "open", attempt: 0 });
});
