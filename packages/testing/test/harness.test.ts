import { expect, test } from "vitest";

import { accepts, refusesConnections } from "../src/behaviors.ts";
import { FakePlatform } from "../src/fake-platform.ts";
import { clientHarness } from "../src/harness.ts";
import { ManualClock } from "../src/manual-clock.ts";

test("it tells the story of a connection: states, dials, what was said", async () => {
  const own = await clientHarness({ behaviors: [refusesConnections(), accepts()] }).open();
  expect(own.states).toEqual([
    "stopped (userStop)",
    "connectingTransport (started)",
    "backoff (openFailed)",
    "connectingTransport (retry)",
    "authenticating (retry)",
    "open (opened)",
  ]);
  expect(own.dials[0]).toBe(0);
  expect(own.dials).toHaveLength(2);
  expect(own.said("hello")).toMatchObject([{ token: "ada.1", session: 2 }]);
});

test("the same seed gives the same story to the millisecond, another seed another (B21)", async () => {
  const dials = async (seed: number): Promise<number[]> => {
    const own = clientHarness({ seed, behaviors: [refusesConnections()] });
    own.client.start();
    await own.clock.run(60_000);
    return own.dials;
  };
  const [once, again, other] = [await dials(1), await dials(1), await dials(2)];
  expect(again).toEqual(once);
  expect(other).not.toEqual(once);
});

test("it asserts the machine's invariants, and a fault of ours fails the test", async () => {
  const faults: unknown[] = [];
  const own = clientHarness({ onFault: (fault) => faults.push(fault), check: () => "broken" });
  own.client.start();
  await own.clock.run(100);
  expect(String(faults[0])).toContain("broken");
  own.client.close();
});

test("its platform names instances by seed, and holds no real clock", () => {
  const clock = new ManualClock();
  const openTransport = (): never => {
    throw new Error("not here");
  };
  const make = (seed?: number): FakePlatform =>
    new FakePlatform({ clock, openTransport, ...(seed !== undefined && { seed }) });
  expect(make().randomHex(16)).toMatch(/^[0-9a-f]{32}$/);
  expect(make().randomHex(4)).toBe(make(1).randomHex(4));
  expect(make(2).randomHex(4)).not.toBe(make(1).randomHex(4));
  expect(make().clock).toBe(clock);
});
