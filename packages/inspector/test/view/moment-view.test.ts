/** What is told of one moment. */
import { expect, test } from "vitest";

import { momentView } from "../../src/view/moment-view.ts";
import { accepts, acceptsThenDrops, opened, recorded } from "../recording-world.ts";

test("an open connection: nothing blocks, and its numbers are told", async () => {
  const own = await opened();
  await own.clock.run(6_000);
  const recording = recorded(own);
  const beat = recording.beats.at(-1);
  const view = beat && momentView(recording, beat);
  expect(view).toMatchObject({
    state: "open",
    title: "Open",
    mood: "good",
    reason: "opened",
    blocked: "Nothing blocks.",
  });
  expect(view?.constraints.map(({ label, holds, blocks }) => [label, holds, blocks])).toEqual([
    ["Signed in", true, false],
    ["Network", true, false],
    ["App in front", true, false],
    ["Page awake", true, false],
  ]);
  expect(view?.facts).toContainEqual({ label: "Session", value: "#1" });
  expect(view?.facts).toContainEqual({ label: "Last failure", value: "none" });
});

test("the whole model can be read", async () => {
  const recording = recorded(await opened());
  const beat = recording.beats.at(-1);
  const view = beat && momentView(recording, beat);
  expect(JSON.parse(view?.model ?? "")).toEqual(JSON.parse(JSON.stringify(beat?.model)));
});

test("what blocks is named, and what is missing but does not block is not", async () => {
  const own = await opened();
  own.credentials.signOut();
  own.lifecycle.background();
  const recording = recorded(own);
  const beat = recording.beats.at(-1);
  const view = beat && momentView(recording, beat);
  expect(view?.blocked).toBe("Blocked until: signed in.");
  expect(
    view?.constraints.filter(({ holds }) => !holds).map(({ name, blocks }) => [name, blocks]),
  ).toEqual([
    ["auth", true],
    ["appActive", false],
  ]);
});

test("stopped: only start leads out", async () => {
  const own = await opened();
  own.client.stop();
  const recording = recorded(own);
  const beat = recording.beats.at(-1);
  expect(beat && momentView(recording, beat).blocked).toMatch(/only start leads out/);
});

test("a failure is told with its detail and its time of day", async () => {
  const own = await opened({ behaviors: [acceptsThenDrops(), accepts()] });
  await own.reach("backoff");
  const recording = recorded(own);
  const beat = recording.beats.at(-1);
  const view = beat && momentView(recording, beat);
  const failure = view?.facts.find(({ label }) => label === "Last failure");
  expect(failure?.value).toMatch(/^transportClosed 1006, \d\d:\d\d:\d\d\.\d{3}$/);
  expect(view?.facts).toContainEqual({ label: "Failures", value: "1" });
});
