/** A client that is shown to another tab. */
import { clientHarness, type ClientHarness } from "@holdfast/testing";
import { expect, test } from "vitest";

import { shareClient } from "../src/share.ts";
import { FakeChannel } from "./fake-channel.ts";

function reportsIn(channel: FakeChannel): string[] {
  return channel.said.flatMap((word) => {
    const { holdfast, text } = Object(word) as { holdfast?: string; text?: string };
    return holdfast === "report" && text !== undefined ? [text] : [];
  });
}

async function shared(): Promise<{ own: ClientHarness; channel: FakeChannel; stop: () => void }> {
  const own = await clientHarness().open();
  const channel = new FakeChannel();
  const stop = shareClient(own.client, { channel: channel.end(), clock: own.clock, name: "ann" });
  return { own, channel, stop };
}

test("until somebody looks, nothing is said and no timer runs", async () => {
  const { own, channel, stop } = await shared();
  const pending = own.clock.pending;
  await own.clock.run(2_000);
  expect(reportsIn(channel)).toEqual([]);
  expect(own.clock.pending).toBe(pending);
  stop();
});

test("whoever looks is told at once, then of what is new, four times a second at most", async () => {
  const { own, channel, stop } = await shared();
  channel.say({ holdfast: "look" });
  expect(reportsIn(channel)).toHaveLength(1);
  expect(reportsIn(channel)[0]).toContain(`"name":"ann"`);
  await own.clock.run(1_000);
  expect(reportsIn(channel)).toHaveLength(1);
  for (let count = 0; count < 20; count++) {
    own.network.goOnline(count % 2 ? "good" : "constrained");
    await own.clock.run(50);
  }
  await own.clock.run(300);
  const told = reportsIn(channel).length;
  expect(told).toBeGreaterThanOrEqual(4);
  expect(told).toBeLessThanOrEqual(7);
  expect(
    reportsIn(channel)
      .at(-1)
      ?.match(/networkChanged/g),
  ).toHaveLength(21);
  stop();
});

test("a second inspector is told although nothing is new", async () => {
  const { own, channel, stop } = await shared();
  channel.say({ holdfast: "look" });
  await own.clock.run(1_000);
  channel.say({ holdfast: "look" });
  await own.clock.run(300);
  expect(reportsIn(channel)).toHaveLength(2);
  stop();
});

test("when nobody looks any more it rests, and when it ends nothing stays behind", async () => {
  const { own, channel, stop } = await shared();
  const pending = own.clock.pending;
  channel.say({ holdfast: "look" });
  expect(own.clock.pending).toBeGreaterThan(pending);
  await own.clock.run(10_500);
  const told = reportsIn(channel).length;
  own.network.goOnline("constrained");
  await own.clock.run(2_000);
  expect(reportsIn(channel)).toHaveLength(told);
  channel.say({ holdfast: "look" });
  stop();
  expect(channel.said.at(-1)).toMatchObject({ holdfast: "gone" });
  expect(channel.openEnds).toBe(0);
  own.client.close();
  expect(own.clock.pending).toBe(0);
});

test("other words on the channel are passed over", async () => {
  const { channel, stop } = await shared();
  for (const word of [null, "look", { holdfast: "report", id: "a", text: "{}" }]) channel.say(word);
  expect(reportsIn(channel)).toEqual(["{}"]);
  stop();
});

test("stopped twice, it says goodbye once", async () => {
  const own = await clientHarness().open();
  // Of a browser's kind: who speaks on it once it is closed hears an error.
  const line = new BroadcastChannel("stopped twice");
  const stop = shareClient(own.client, { channel: line, clock: own.clock });
  stop();
  expect(stop).not.toThrow();
});
