/**
 * The real manager on a manual clock, in a world as it might really be, through thousands of random
 * afternoons. Ten thousand of them with `HOLDFAST_DEEP=1`.
 */
import {
  CONNECTION_STATES,
  stoppedModel,
  transition,
  type ConnectionModel,
} from "@holdfast/client/machine";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { FACT_VARIANTS } from "../../../testing/src/exploration/event-variant.ts";
import { POLICIES } from "./support/explored.ts";
import { PlausibleWorld } from "./support/plausible-world.ts";
import { afternoons, TOLD } from "./support/random-afternoon.ts";

const RUNS = process.env["HOLDFAST_DEEP"] ? 10_000 : 2_000;

const counts = { runs: 0, acts: 0, events: 0 };
const met = new Map<string, number>();

test(
  "whatever happens, the invariants hold, nothing is left behind, and a world that heals connects",
  { timeout: 300_000 },
  () => {
    fc.assert(
      fc.property(afternoons, ({ seed, device, isSignedIn, acts: told }) => {
        const world = new PlausibleWorld(seed, POLICIES[device], isSignedIn);
        const root = world.manager.model;
        world.tell({ type: "start" });
        for (const one of told) one.in(world);
        const delayMs = world.heal();
        world.clock.advance(delayMs + 60_000);
        const last = world.manager.model;
        expect(last.state, last.reason).toBe("open");
        expect(world.end()).toBe(0);
        expect(world.violations).toEqual([]);
        note(world, told.length);
        if (seed % 10 === 0) expect(replayed(root, world)).toEqual(world.manager.model);
      }),
      { numRuns: RUNS, seed: 20_260 },
    );
    report();
    expect(counts.acts / counts.runs).toBeGreaterThanOrEqual(50);
    expect([...CONNECTION_STATES].filter((state) => (met.get(`in ${state}`) ?? 0) < 100)).toEqual(
      [],
    );
  },
);

test("each event was met at least a hundred times", () => {
  const types = new Set(
    [...TOLD, ...FACT_VARIANTS.map(({ event }) => event)].map(({ type }) => type),
  );
  const all = [...types, "pongReceived", "alarm", "faulted"];
  expect(all.filter((type) => (met.get(type) ?? 0) < 100)).toEqual([]);
});

/** What the machine makes of the same events with the same stamps. */
function replayed(root: ConnectionModel, { handled, policy }: PlausibleWorld): ConnectionModel {
  expect(root).toEqual(stoppedModel(root, root.since, policy));
  return handled.reduce(
    (model, { event, stamp }) => transition(model, event, stamp, policy).model,
    root,
  );
}

function note({ handled }: PlausibleWorld, actCount: number): void {
  counts.runs += 1;
  counts.acts += actCount;
  counts.events += handled.length;
  for (const { event, before, step } of handled) {
    met.set(event.type, (met.get(event.type) ?? 0) + 1);
    const { state } = step.model;
    if (state !== before.state || !step.stale)
      met.set(`in ${state}`, (met.get(`in ${state}`) ?? 0) + 1);
  }
}

function report(): void {
  const { runs, acts: total, events } = counts;
  console.log(
    `${runs} sequences of ${Math.round(total / runs)} acts and ${Math.round(events / runs)} events`,
  );
  console.log([...met].map(([what, times]) => `${what}: ${times}`).join(", "));
}
