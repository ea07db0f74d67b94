/** The command line of the simulator: what it takes, and a batch of runs as it says it. */
import type { Clock } from "@holdfast/client";

import { lineOf, storyOf, Totals } from "./report.ts";
import { planOf } from "./run-plan.ts";
import type { RunPlan } from "./run-plan.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulation.ts";

export interface SimulateCommand {
  /** Of the first run; each further one has the next. */
  readonly seed: number;
  readonly runs: number;
  /** Virtual minutes of faults; undefined: by the seed. */
  readonly minutes: number | undefined;
  /** End the batch after so many real minutes; undefined: after `runs`. */
  readonly forMinutes: number | undefined;
}

export const SIMULATE_USAGE =
  "simulate [--seed N] [--runs M] [--minutes VIRTUAL] [--for REAL_MINUTES]";

/** So many runs to find the faults that a failure needs. */
const SHRINK_TRIES_MAX = 80;

/** Throws an `Error` with a sentence for people. */
export function parseSimulateCommand(args: readonly string[]): SimulateCommand {
  const values = new Map<string, number>();
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at] ?? "";
    const value = Number(args[at + 1]);
    if (!["--seed", "--runs", "--minutes", "--for"].includes(name) || !(value >= 0))
      throw new Error(`Not understood: ${name} ${args[at + 1] ?? ""}\n${SIMULATE_USAGE}`);
    values.set(name, value);
  }
  const forMinutes = values.get("--for");
  return {
    seed: values.get("--seed") ?? 1,
    runs: values.get("--runs") ?? (forMinutes === undefined ? 1 : Infinity),
    minutes: values.get("--minutes"),
    forMinutes,
  };
}

/**
 * Runs the batch and says each line. Resolves with whether every run held, and a large batch met
 * every fault and every reason.
 */
export async function runBatch(
  { seed, runs, minutes, forMinutes = Infinity }: SimulateCommand,
  clock: Pick<Clock, "now">,
  say: (line: string) => void,
): Promise<boolean> {
  const totals = new Totals();
  const startedAt = clock.now();
  const endsAt = startedAt + forMinutes * 60_000;
  for (let n = 0; n < runs && clock.now() < endsAt; n++) {
    const plan = planOf(seed + n, { minutes });
    const since = clock.now();
    const result = await simulate(plan);
    say(lineOf(result, clock.now() - since));
    totals.add(result);
    if (result.violation) for (const line of await explained(plan)) say(line);
  }
  for (const line of totals.lines(clock.now() - startedAt)) say(line);
  return totals.holds;
}

/** The shortest list of faults that breaks the same property, and what happens then. */
async function explained(plan: RunPlan): Promise<readonly string[]> {
  const whole = await simulate(plan);
  const property = whole.violation?.property;
  const fails = async (strokes: RunPlan["strokes"]): Promise<boolean> =>
    (await simulate({ ...plan, strokes })).violation?.property === property;
  const strokes = await shrink(plan.strokes, fails, SHRINK_TRIES_MAX);
  return storyOf({ ...(await simulate({ ...plan, strokes })), plan }, strokes);
}
