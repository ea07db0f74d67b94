import { expect, test } from "vitest";

import { accepts, refusesConnections } from "../src/behaviors.ts";
import { clientHarness } from "../src/harness.ts";
import { ManualClock } from "../src/manual-clock.ts";
import { ScriptedServer } from "../src/scripted-server.ts";

test("each dial meets the next behaviour, and the last one stays", () => {
  const clock = new ManualClock();
  const met: string[] = [];
  const server = new ScriptedServer(
    clock,
    () => met.push("first"),
    () => met.push("last"),
  );
  for (let dial = 0; dial < 3; dial++) server.openTransport("wss://a.test", [], () => {});
  expect(met).toEqual(["first", "last", "last"]);
  expect(server.transports).toHaveLength(3);
  expect(server.dialedAt).toEqual([clock.now(), clock.now(), clock.now()]);
});

test("a server without a behaviour never answers", () => {
  const clock = new ManualClock();
  new ScriptedServer(clock).openTransport("wss://a.test", [], () => {
    throw new Error("said something");
  });
  clock.advance(60_000);
  expect(clock.pending).toBe(0);
});

test("it may change its mind for the dials to come", async () => {
  const own = clientHarness({ behaviors: [refusesConnections()] });
  own.client.start();
  await own.clock.run(10_000);
  own.server.behave(accepts());
  await own.reach("open");
});

test("what a behaviour does later is not done once the dial is over, and leaves no alarm", () => {
  const clock = new ManualClock();
  const done: string[] = [];
  const server = new ScriptedServer(clock, ({ later }) => {
    later(() => done.push("soon"));
    later(() => done.push("late"), 1_000);
    later(() => done.push("cancelled"))();
  });
  const transport = server.openTransport("wss://a.test", [], () => {});
  clock.advance(500);
  transport.close(1000, "");
  expect(clock.pending).toBe(0);
  clock.advance(1_000);
  expect(done).toEqual(["soon"]);
});
