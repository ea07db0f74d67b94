/** Random lives of the {@link QueueWorld}: what happens, as numbers that shrink well. */
import * as fc from "fast-check";

import type { QueueWorld } from "./queue-world.ts";

/** One thing that happens; the numbers choose to whom. */
export type Happening = readonly [what: number, tab: number, which: number, how: number];

const DEADLINES = [86_400_000, 86_400_000, 86_400_000, 3_000, 60_000, 9_000_000];
const PAUSES = [10, 300, 1_100, 1_600, 5_100, 31_000, 1_000_000, 4_000_000, 7_300_000];

/** The likelier ones more than once. */
const WHAT: readonly ((world: QueueWorld, tab: number, which: number, how: number) => void)[] = [
  (world, tab, which, how) => world.make(tab, which, how, DEADLINES[how % DEADLINES.length] ?? 0),
  (world, tab, which, how) => world.make(tab, which, how + 1, DEADLINES[how % 3] ?? 0),
  (world, tab, which, how) => world.make(tab, which, how + 1, DEADLINES[how % 3] ?? 0),
  (world, tab) => world.finishOperation(tab, false),
  (world, tab) => world.finishOperation(tab, false),
  (world, tab) => world.finishOperation(tab, false),
  (world, tab) => world.finishOperation(tab, false),
  (world, tab) => world.finishOperation(tab, false),
  (world, tab) => world.finishOperation(tab, true),
  (world, tab) => world.openSession(tab),
  (world, tab) => world.openSession(tab),
  (world, tab) => world.openSession(tab),
  (world, tab, which, how) => world.closeSession(tab, which % 2 === 0, how % 2 === 0),
  (world, _, which, how) => world.serve(which, how),
  (world, _, which, how) => world.serve(which, how),
  (world, _, which, how) => world.serve(which, how),
  (world, _, which) => world.deliver(which),
  (world, _, which) => world.deliver(which),
  (world, _, which) => world.deliver(which),
  (world, _, which) => world.timeOut(which),
  (world, _, which) => world.ack(which),
  (world, _, which) => world.repeatAnswer(which),
  (world, tab, which) => world.cancel(tab, which),
  (world, tab, which) => world.cancel(tab, which),
  (world, tab) => world.reach(tab),
  (world, tab) => world.storeChanged(tab),
  (world, _, which) => world.pass(PAUSES[which % PAUSES.length] ?? 0),
  (world, _, which) => world.pass(PAUSES[which % 4] ?? 0),
  (world, tab, which) => world.crash(tab, which % 2 === 0),
  (world, tab) => world.freeze(tab),
  (world, tab) => world.thaw(tab),
  (world, tab) => world.stall(tab),
];

export const LIFE: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.tuple(
    fc.nat(WHAT.length - 1),
    fc.nat(3).map((tab) => (tab === 3 ? 1 : 0)),
    fc.nat(60),
    fc.nat(60),
  ),
  { maxLength: 60, size: "max" },
);

/** Lives it, heals the world, and judges. */
export function lived(world: QueueWorld, life: readonly Happening[]): void {
  for (const [what, tab, which, how] of life) WHAT[what]?.(world, tab, which, how);
  world.heal();
  world.verdict();
}
