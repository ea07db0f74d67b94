/**
 * A run as it is drawn from its seed, before anything happens: the world's layout, what its users
 * do, and which faults strike when. A plan with fewer faults is otherwise the same run.
 */
import type { Millis } from "@holdfast/client";

import { Dice } from "./dice.ts";
import { FAULT_NAMES, FAULTS } from "./faults.ts";
import type { WorldLayout } from "./world.ts";

/** One stroke of a fault. */
export interface FaultStroke {
  /** Names it within its plan. */
  readonly id: number;
  readonly fault: string;
  /** From the beginning of the run. */
  readonly at: Millis;
  readonly lastsMs: Millis;
  /** The index of the device that it strikes. */
  readonly device: number;
}

/** What a user, or the other writer, does. */
export type ActKind =
  | "add"
  | "cancel"
  | "call"
  | "write"
  | "writeMany"
  | "open"
  | "close"
  | "connectNow";

/** Something that a user does. */
export interface Act {
  readonly id: number;
  readonly kind: ActKind;
  readonly at: Millis;
  readonly device: number;
}

/** All that a run will do, drawn from its seed. */
export interface RunPlan {
  readonly seed: number;
  readonly lastsMs: Millis;
  readonly layout: WorldLayout;
  readonly acts: readonly Act[];
  readonly strokes: readonly FaultStroke[];
}

/** What may be asked of a plan. */
export interface PlanOptions {
  /** How long the faults strike, in virtual minutes. Default: 5, now and then up to 8. */
  readonly minutes?: number | undefined;
  /** Only these. Default: a random choice among all. */
  readonly faults?: readonly string[] | undefined;
}

const DEVICES = [
  { name: "phone", account: "ada" },
  { name: "laptop", account: "ada" },
  { name: "tablet", account: "bob" },
  { name: "desk", account: "cleo" },
] as const;

/** How often each act comes, of so many; notes come as many as a run needs besides. */
const ACTS: readonly ActKind[] = [
  ...Array.from({ length: 3 }, () => "cancel" as const),
  ...Array.from({ length: 5 }, () => "call" as const),
  ...Array.from({ length: 6 }, () => "write" as const),
  ...Array.from({ length: 2 }, () => "writeMany" as const),
  ...Array.from({ length: 3 }, () => "open" as const),
  ...Array.from({ length: 3 }, () => "close" as const),
  "connectNow",
];

/** Draws the run of a seed. */
export function planOf(seed: number, { minutes, faults }: PlanOptions = {}): RunPlan {
  const dice = new Dice(seed);
  // Most runs are as small as a counted one may be: more of them see more. Some are longer.
  const isLong = dice.chance(0.15);
  const lastsMs = 60_000 * (minutes ?? (isLong ? dice.whole(6, 8) : 5));
  const devices = DEVICES.slice(0, dice.whole(3, 4)).map((device) => ({
    ...device,
    // A phone, and whatever is carried about.
    graceMs: dice.chance(0.6) ? dice.pick([2_000, 5_000, 30_000]) : undefined,
  }));
  const layout = {
    devices,
    updatesMax: dice.chance(0.5) ? 100_000 : 30,
    tokenLifeMs: dice.chance(0.5) ? 120_000 : 3_600_000,
  };
  const kinds = faults ?? swarm(dice.fork(3));
  const strokes = strokesOf(dice.fork(2), lastsMs, devices.length, kinds);
  const acts = actsOf(dice.fork(1), lastsMs, strokes, isLong ? 60 : 0);
  return { seed, lastsMs, layout, acts, strokes };
}

/** Which faults there are in a run: seldom all, so that none is always hidden by another. */
function swarm(dice: Dice): readonly string[] {
  const share = dice.pick([0.15, 0.3, 0.5]);
  const chosen = FAULT_NAMES.filter(() => dice.chance(share));
  while (chosen.length < 5) {
    const more = dice.pick(FAULT_NAMES);
    if (!chosen.includes(more)) chosen.push(more);
  }
  return chosen;
}

function actsOf(
  dice: Dice,
  lastsMs: Millis,
  strokes: readonly FaultStroke[],
  more: number,
): readonly Act[] {
  const kinds = [
    ...Array.from({ length: dice.whole(106, 116 + more) }, () => "add" as const),
    ...Array.from({ length: dice.whole(50, 90 + more) }, () => dice.pick(ACTS)),
  ];
  const acts = kinds.map((kind, id) => {
    // Most happens where it hurts: right before, while and after something goes wrong.
    const stroke = dice.chance(0.6) ? dice.pick(strokes) : undefined;
    const from = stroke ? stroke.at + dice.pick([0, stroke.lastsMs]) - 300 : 100;
    const at = stroke ? from + dice.whole(0, 1_000) : dice.whole(from, lastsMs);
    const device = stroke && dice.chance(0.8) ? stroke.device : dice.whole(0, 2);
    return { id, kind, at: Math.min(at, lastsMs), device };
  });
  return acts.sort((one, other) => one.at - other.at || one.id - other.id);
}

function strokesOf(
  dice: Dice,
  lastsMs: Millis,
  devices: number,
  kinds: readonly string[],
): readonly FaultStroke[] {
  const count = dice.whole(12, 28);
  // Each kind once, then whatever comes.
  const names = Array.from({ length: count }, (_, n) => kinds[n] ?? dice.pick(kinds));
  const strokes = names.map((fault, id) => ({
    id,
    fault,
    // Some are under way when everything heals.
    at: dice.chance(0.15) ? lastsMs - dice.whole(10, 5_000) : dice.whole(500, lastsMs),
    lastsMs: dice.ms(...durationOf(fault)),
    device: dice.whole(0, devices - 1),
  }));
  return strokes.sort((one, other) => one.at - other.at || one.id - other.id);
}

function durationOf(name: string): readonly [Millis, Millis] {
  const fault = FAULTS[name];
  if (!fault) throw new RangeError(`There is no fault of the name ${name}.`);
  return fault.lastsMs;
}
