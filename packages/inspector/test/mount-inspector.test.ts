// @vitest-environment happy-dom
/** An inspector in a page that is none: how it comes and goes. What it shows, browsers test. */
import { clientHarness } from "@holdfast/testing";
import { expect, test } from "vitest";

import { inspect, mountInspector, type Inspection } from "../src/index.ts";
import { FakeChannel } from "./fake-channel.ts";
import { reportOf } from "./recording-world.ts";

function all(inspection: Inspection, selector: string): readonly Element[] {
  return [...(inspection.host.shadowRoot?.querySelectorAll(selector) ?? [])];
}

test("closed, it shows no more clients: no timer runs, and none is held on to", async () => {
  const own = await clientHarness().open();
  const pending = own.clock.pending;
  const options = { clock: own.clock, name: "ann" };
  const inspection = inspect(own.client, options);
  expect(own.clock.pending).toBeGreaterThan(pending);
  inspection.close();
  expect(own.clock.pending).toBe(pending);
  const takeAway = inspection.add(own.client, options);
  expect(own.clock.pending).toBe(pending);
  takeAway();
  inspection.close();
  expect([own.clock.pending, document.body.childElementCount]).toEqual([pending, 0]);
});

test("of two files that are opened one after the other the picker names the second", async () => {
  const own = await clientHarness().open();
  const inspection = inspect(own.client, { clock: own.clock, name: "ann" });
  const text = JSON.stringify(reportOf(own).trace);
  const names = (): unknown[] => all(inspection, "option").map(({ textContent }) => textContent);
  for (const name of ["first.json", "second.json"]) {
    inspection.openTrace(text, name);
    await own.clock.run(1);
    expect(names()).toEqual(["ann", name]);
  }
  inspection.close();
});

test("what another client does draws nothing of the one that is shown", async () => {
  const own = await clientHarness().open();
  const channel = new FakeChannel();
  const options = { clock: own.clock, channel: channel.end() };
  const inspection = mountInspector(document.body, options);
  const text = JSON.stringify(reportOf(own));
  channel.say({ holdfast: "report", id: "shown", text });
  const drawn = (): Element | undefined => all(inspection, ".constraints li")[0];
  const before = drawn();
  expect(before).toBeDefined();
  channel.say({ holdfast: "report", id: "other", text });
  channel.say({ holdfast: "report", id: "other", text });
  expect(drawn()).toBe(before);
  channel.say({ holdfast: "report", id: "shown", text });
  expect(drawn()).not.toBe(before);
  channel.say({ holdfast: "gone", id: "other" });
  channel.say({ holdfast: "gone", id: "shown" });
  expect(all(inspection, ".constraints li")).toEqual([]);
  inspection.close();
});
