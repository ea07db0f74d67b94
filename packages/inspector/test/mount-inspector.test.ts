// @vitest-environment happy-dom
/** An inspector in a page that is none: how it comes and goes. What it shows, browsers test. */
import { clientHarness } from "@holdfast/testing";
import { expect, test } from "vitest";

import { inspect } from "../src/index.ts";

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
