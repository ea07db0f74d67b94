/**
 * A process that runs some tests against changed sources, as its parent sees it: started when it is
 * first asked, ended and started again when a change hangs it.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { MutationAnswer, MutationQuestion } from "./mutation-runner.ts";

const runner = fileURLToPath(new URL("mutation-runner.ts", import.meta.url));

/** How long the unchanged sources may take, to load and to run twice. */
const START_MS_MAX = 600_000;

/** A change whose tests run for this long is in an endless loop: it was noticed. */
const stuckAfterMs = (usualMs: number): number => 10_000 + 10 * usualMs;

export class MutationProcess {
  readonly #tests: readonly string[];
  #child: ChildProcess | null = null;
  #usualMs = 0;

  /** `tests`: globs from the root. */
  constructor(tests: readonly string[]) {
    this.#tests = tests;
  }

  /**
   * Runs the tests with one file reading otherwise. Null: they did not end. Throws when they fail
   * without any change.
   */
  async ask(question: MutationQuestion): Promise<MutationAnswer | null> {
    if (!this.#child) await this.#start();
    this.#child?.send(question);
    const answer = await this.#answer(stuckAfterMs(this.#usualMs));
    if (!answer) this.stop();
    return answer;
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }

  async #start(): Promise<void> {
    this.#child = fork(runner, [...this.#tests], {
      execArgv: ["--import", "tsx"],
      env: { ...process.env, HOLDFAST_MUTATION: "1" },
    });
    const answer = await this.#answer(START_MS_MAX);
    if (!answer) throw new Error("the tests did not start");
    if (answer.caught) throw new Error(`fails without any change: ${answer.by}`);
    this.#usualMs = answer.ms;
  }

  /** The next answer; null when the process ends or says nothing in time. */
  async #answer(withinMs: number): Promise<MutationAnswer | null> {
    const child = this.#child;
    if (!child) return null;
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), withinMs);
    const ended = (): void => over.abort();
    child.once("exit", ended);
    try {
      const [answer] = (await once(child, "message", { signal: over.signal })) as [MutationAnswer];
      return answer;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      child.off("exit", ended);
    }
  }
}
