/** Random afternoons of a client: what is told to the manager, what its sessions say, mishaps. */
import type { ConnectionEvent } from "@holdfast/client/machine";
import * as fc from "fast-check";

import { FACT_VARIANTS, type FactTold } from "../../../../testing/src/exploration/event-variant.ts";
import type { PlausibleWorld } from "./plausible-world.ts";

/** What comes from outside, the likelier ones more than once. */
export const TOLD: readonly ConnectionEvent[] = [
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

/** One afternoon: who lives it, and what happens in it. */
export interface Afternoon {
  readonly seed: number;
  readonly device: "desktop" | "phone";
  readonly isSignedIn: boolean;
  readonly acts: readonly Act[];
}

export const afternoons: fc.Arbitrary<Afternoon> = fc.record({
  seed: fc.integer(),
  device: fc.constantFrom("desktop" as const, "phone" as const),
  isSignedIn: fc.boolean(),
  acts: fc.array(acts, { minLength: 20, maxLength: 90, size: "max" }),
});
