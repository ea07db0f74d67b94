/**
 * The real manager on a manual clock, in a world as it might really be, through thousands of random
 * afternoons. Ten thousand of them with `HOLDFAST_DEEP=1`.
 */
import {
  CONNECTION_STATES,
  stoppedModel,
  transition,
  type ConnectionEvent,
  type ConnectionModel,
} from "@holdfast/client/machine";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { FACT_VARIANTS, type FactTold } from "../../../testing/src/exploration/event-variant.ts";
import { POLICIES } from "./support/explored.ts";
import { PlausibleWorld } from "./support/plausible-world.ts";

const RUNS = process.env["HOLDFAST_DEEP"] ? 10_000 : 2_000;

/** What comes from outside, the likelier ones more than once. */
const TOLD: readonly ConnectionEvent[] = [
  { type: "start" },
  { type: "start" },
  { type: "start" },
  { type: "stop" },
  { type: "connectNow" },
  { type: "credentialsChanged", available: true, account: 1 },
  { type: "credentialsChanged", available: true, account: 1 },
  { type: "credentialsChanged", available: true, account: 2 },
  { type: "credentialsChanged", available: false, account: 0 },
  { type: "networkChanged", available: true, quality: "good" },
  { type: "networkChanged", available: true, quality: "constrained" },
  { type: "networkChanged", available: false, quality: "good" },
  { type: "appForegrounded" },
  { type: "appForegrounded" },
  { type: "appBackgrounded" },
  { type: "appFrozen" },
  { type: "appThawed" },
  { type: "appThawed" },
  { type: "woke" },
  { type: "tokenRenewed" },
  { type: "renewalFailed", detail: "provider" },
];

/** What the live session may say by itself. */
const SAID: readonly FactTold[] = [
  { type: "transportClosed", meaning: "retry", detail: "1006" },
  { type: "transportClosed", meaning: "retry", detail: "1013", retryAfterMs: 3_000 },
  { type: "goingAway", windowMs: 1_000 },
  { type: "useful" },
  { type: "useful" },
  { type: "sendStalled" },
  { type: "sendFailed", detail: "not open" },
  { type: "protocolViolated", detail: "unknownType" },
];

/** How long nothing is told: moments, and now and then minutes. */
const PAUSES = [1, 20, 200, 300, 1_000, 2_500, 6_000, 12_000, 31_000, 180_000];

/** One thing that happens, with a name for a story that fails. */
interface Act {
  readonly [fc.toStringMethod]: () => string;
  readonly in: (world: PlausibleWorld) => void;
}

function act(name: string, happen: Act["in"]): Act {
  return { in: happen, [fc.toStringMethod]: () => name };
}

const MISHAPS: readonly Act[] = [
  act("a frame", (world) => world.frame()),
  act("a frame", (world) => world.frame()),
  act("the peer dies", (world) => world.disturb((socket) => (socket.isDead = true))),
  act("reading is paused or resumed", (world) =>
    world.disturb((socket) => (socket.inboundPaused = !socket.inboundPaused)),
  ),
  act("bytes wait", (world) => world.disturb((socket) => (socket.bufferedBytes = 1_000))),
  act("bytes leave", (world) => world.disturb((socket) => (socket.bufferedBytes = 10))),
  act("the process sleeps 7 s", ({ clock }) => clock.sleep(7_000)),
  act("the wall clock jumps 60 s", ({ clock }) => clock.jumpWall(60_000)),
  act("a fault", (world) => world.tell({ type: "faulted", detail: "TypeError" })),
];

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(...PAUSES)
      .map((ms) => act(`${ms} ms pass`, ({ clock }) => clock.advance(ms))),
  },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...TOLD)
      .map((event) => act(JSON.stringify(event), (world) => world.tell(event))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...SAID)
      .map((fact) => act(JSON.stringify(fact), (world) => world.say(fact))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...FACT_VARIANTS), fc.nat(2))
      .map(([{ event }, older]) =>
        act(`${JSON.stringify(event)} of ${older} sessions ago`, (world) =>
          world.say(event, older),
        ),
      ),
  },
  { weight: 2, arbitrary: fc.constantFrom(...MISHAPS) },
);

const afternoons = fc.record({
  seed: fc.integer(),
  device: fc.constantFrom("desktop" as const, "phone" as const),
  isSignedIn: fc.boolean(),
  acts: fc.array(acts, { minLength: 20, maxLength: 90, size: "max" }),
});

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
