/**
 * The chance of a crash test and its record: one seed draws everything, and a failure tells the
 * seed and what happened last. Real processes keep their own time, so that a seed gives the same
 * decisions, not the same run.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { seededRandom } from "@holdfast/client";

/** What is told of a failure: so many of the newest notes. */
const NOTES_MAX = 60;

export const isDeep: boolean = process.env["HOLDFAST_DEEP"] === "1";

export class Chaos {
  readonly seed: number;
  readonly #random: () => number;
  readonly #since = performance.now();
  readonly #notes: string[] = [];

  constructor(seed: number = seedOfThisRun()) {
    this.seed = seed;
    this.#random = seededRandom(seed);
  }

  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.between(0, items.length - 1)] ?? items[0];
  }

  note(what: string): void {
    const seconds = ((performance.now() - this.#since) / 1_000).toFixed(3);
    this.#notes.push(`${seconds.padStart(9)} s  ${what}`);
    if (this.#notes.length > NOTES_MAX) this.#notes.shift();
  }

  /** Runs a test: its seed is printed first, and what happened last when it fails. */
  async run(name: string, task: () => Promise<void>): Promise<void> {
    console.log(`${name}: seed ${this.seed} (HOLDFAST_SEED=${this.seed} draws the same)`);
    try {
      await task();
    } catch (error) {
      console.log([`${name} failed with seed ${this.seed}, after:`, ...this.#notes].join("\n"));
      throw error;
    }
  }
}

/** The one that was asked for; in CI one that follows from the commit; else a new one. */
function seedOfThisRun(): number {
  const asked = process.env["HOLDFAST_SEED"];
  if (asked !== undefined) return Number(asked);
  if (process.env["CI"] === undefined) return Math.floor(Math.random() * 1e9);
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { stdout } = spawnSync("git", ["rev-parse", "HEAD"], { cwd, encoding: "utf8" });
  return Number.parseInt(stdout?.slice(0, 7) || "1", 16);
}
