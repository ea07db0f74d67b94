/** Dice that say what they are rolled for. All chance of a simulation comes from one seed. */
import { seededRandom } from "@holdfast/client";
import type { Millis, Random } from "@holdfast/client";

export class Dice {
  /** The same dice as the port that clients and servers take. */
  readonly random: Random;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.random = seededRandom(seed);
  }

  /** Other dice. They roll the same whatever is rolled here: what is left out moves no other. */
  fork(salt: number): Dice {
    return new Dice(
      Math.imul(this.#seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35),
    );
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  /** A duration from `min` to `max`; each order of magnitude is as likely as another. */
  ms(min: Millis, max: Millis): Millis {
    return Math.round(min * (max / min) ** this.random());
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T {
    const found = from[Math.floor(this.random() * from.length)];
    if (found === undefined) throw new RangeError("nothing to pick from");
    return found;
  }
}
