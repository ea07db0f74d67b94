/**
 * One fuzz run: so many frames from one seed, each thrown at every target. It ends at the first
 * finding: something threw, something changed the prototypes, or a frame took too long.
 */
import type { Frame } from "@holdfast/protocol";

import { seededRandom } from "../../packages/client/src/base/random.ts";
import { fullClientMessages, fullServerMessages } from "../../packages/protocol/test/examples.ts";
import { FrameMutator } from "./frame-mutator.ts";
import { fuzzTargets, type FuzzTarget } from "./fuzz-target.ts";

export { fuzzTargets };

/** The longest that any frame may take at any target, in milliseconds. The largest take some 20. */
const FRAME_MS_MAX = 500;

export interface FuzzOptions {
  readonly seed: number;
  /** How many frames at most. */
  readonly frames: number;
  /** Asked now and then: has it been long enough? */
  readonly isOver?: () => boolean;
  /** A clock in milliseconds, to find frames that take too long: best of the processor's time. */
  readonly now: () => number;
  /** The targets; by default all. */
  readonly targets?: readonly FuzzTarget[];
}

export interface FuzzReport {
  readonly frames: number;
  /** How often each target came to each verdict. */
  readonly verdicts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** The longest that a frame took. */
  readonly slowestMs: number;
  readonly finding?: {
    readonly target: string;
    readonly what: string;
    /** The number of the frame, from 1: the same seed makes it again. */
    readonly number: number;
    readonly frame: Frame;
  };
}

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seed, frames, now, targets = fuzzTargets() } = options;
  const seeds = [...Object.values(fullClientMessages), ...Object.values(fullServerMessages)];
  const mutator = new FrameMutator(seededRandom(seed), seeds);
  const verdicts = new Map(targets.map(({ name }) => [name, new Map<string, number>()]));
  const names = prototypeNames();
  let slowestMs = 0;
  let number = 0;
  while (number < frames) {
    if (number % 100 === 0 && options.isOver?.()) break;
    number++;
    const frame = mutator.next();
    for (const target of targets) {
      const startedAt = now();
      const verdict = await verdictOf(target, frame);
      const ms = now() - startedAt;
      slowestMs = Math.max(slowestMs, ms);
      const what = faultOf(verdict, ms) ?? (prototypeNames() === names ? undefined : "prototypes");
      if (what !== undefined) {
        const finding = { target: target.name, what, number, frame };
        return { frames: number, verdicts, slowestMs, finding };
      }
      const counts = verdicts.get(target.name);
      counts?.set(String(verdict), (counts.get(String(verdict)) ?? 0) + 1);
    }
  }
  return { frames: number, verdicts, slowestMs };
}

async function verdictOf(target: FuzzTarget, frame: Frame): Promise<string | Error> {
  try {
    return await target.take(frame);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function faultOf(verdict: string | Error, ms: number): string | undefined {
  if (verdict instanceof Error) return verdict.stack ?? verdict.message;
  return ms > FRAME_MS_MAX ? `it took ${Math.round(ms)} ms` : undefined;
}

/** What every object has. */
function prototypeNames(): number {
  let count = 0;
  for (const _ in {}) count++;
  return count + Object.getOwnPropertyNames(Object.prototype).length;
}
