/** Clients of other tabs, as an inspector hears of them. */
import { clientHarness, ManualClock } from "@holdfast/testing";
import { expect, test } from "vitest";

import type { InspectorError } from "../../src/inspector-error.ts";
import { ChannelFeed, SHARED_MAX, UNANSWERED_MAX } from "../../src/report/channel-feed.ts";
import { LOOKING_MS } from "../../src/report/channel-words.ts";
import { shareClient } from "../../src/share.ts";
import { FakeChannel } from "../fake-channel.ts";
import { reportOf } from "../recording-world.ts";

async function world() {
  const own = await clientHarness().open();
  const channel = new FakeChannel();
  const faults: InspectorError[] = [];
  const feed = new ChannelFeed((fault) => faults.push(fault), channel.end(), own.clock);
  const share = (name: string): (() => void) =>
    shareClient(own.client, { channel: channel.end(), clock: own.clock, name });
  const names = (): string[] => [...feed.reports.current.values()].map(({ name }) => name);
  return { own, channel, faults, feed, share, names };
}

test("clients that are shared appear, whoever came first, and go when they are no longer shared", async () => {
  const { own, feed, share, names } = await world();
  expect(names()).toEqual([]);
  const stopAnn = share("ann");
  const stopBen = share("ben");
  await own.clock.run(2_100);
  expect(names()).toEqual(["ann", "ben"]);
  stopAnn();
  expect(names()).toEqual(["ben"]);
  stopBen();
  feed.close();
});

test("it goes on asking, so that apps know that somebody looks", async () => {
  const { own, feed, share } = await world();
  const stop = share("ann");
  await own.clock.run(30_000);
  own.client.stop();
  await own.clock.run(1_000);
  const [report] = feed.reports.current.values();
  expect(report?.trace.entries.at(-1)?.event.type).toBe("stop");
  stop();
  feed.close();
});

test("what is no report is told and not shown, and the last good one stays", async () => {
  const { own, channel, faults, feed, names } = await world();
  channel.say({ holdfast: "report", id: "a", text: JSON.stringify(reportOf(own)) });
  channel.say({ holdfast: "report", id: "a", text: "{" });
  channel.say({ holdfast: "report", id: "b", text: "null" });
  expect(faults.map(({ kind }) => kind)).toEqual(["notATrace", "notATrace"]);
  expect(names()).toEqual(["ann"]);
  feed.close();
});

test("a flood of clients is cut", async () => {
  const { own, channel, feed, names } = await world();
  const text = JSON.stringify(reportOf(own));
  for (let id = 0; id < SHARED_MAX + 5; id++)
    channel.say({ holdfast: "report", id: String(id), text });
  expect(names()).toHaveLength(SHARED_MAX);
  channel.say({ holdfast: "gone", id: "unknown" });
  expect(names()).toHaveLength(SHARED_MAX);
  feed.close();
});

test("a tab that reloads, again and again, is one client and not all that it was", async () => {
  const { own, channel, feed, names } = await world();
  let page = channel.end();
  for (let load = 1; load <= SHARED_MAX + 5; load++) {
    // The page goes without a word, and its channel with it.
    page.close();
    page = channel.end();
    shareClient(own.client, { channel: page, clock: own.clock, name: `load ${load}` });
    await own.clock.run(LOOKING_MS * 2);
    expect(names().at(-1)).toBe(`load ${load}`);
    expect(names().length).toBeLessThanOrEqual(UNANSWERED_MAX);
  }
  await own.clock.run(LOOKING_MS * (UNANSWERED_MAX + 2));
  expect(names()).toEqual([`load ${SHARED_MAX + 5}`]);
  feed.close();
});

test("a client of which nothing is new stays, also if its page's timers stand still", async () => {
  const { own, channel, feed, names } = await world();
  const still = new ManualClock();
  const options = { channel: channel.end(), clock: still, name: "hidden" };
  const stop = shareClient(own.client, options);
  for (let look = 0; look < 20; look++) {
    still.sleep(LOOKING_MS);
    await own.clock.run(LOOKING_MS);
    expect(names()).toEqual(["hidden"]);
  }
  stop();
  feed.close();
});

test("a page that comes back from the page cache is shown again", async () => {
  const { own, channel, feed, names } = await world();
  channel.say({ holdfast: "report", id: "a", text: JSON.stringify(reportOf(own)) });
  await own.clock.run(LOOKING_MS * (UNANSWERED_MAX + 1));
  expect(names()).toEqual([]);
  channel.say({ holdfast: "report", id: "a", text: JSON.stringify(reportOf(own)) });
  expect(names()).toEqual(["ann"]);
  feed.close();
});

test("closed, it leaves no timer and no open channel", async () => {
  const { own, channel, feed } = await world();
  feed.close();
  own.client.close();
  expect([own.clock.pending, channel.openEnds]).toEqual([0, 0]);
});
