/**
 * Lifetimes. Whatever a session, an adapter or a fetch opens is opened in a scope, and goes with
 * it.
 */
import { guarded, reportUncaught } from "./errors.ts";

/** A lifetime. What is opened in a scope is closed with it, last opened first. */
export class Scope {
  readonly #controller = new AbortController();
  readonly #cleanups: (() => void)[] = [];
  readonly #onError: (error: unknown) => void;
  /** Aborted when the scope closes, before any cleanup runs. */
  readonly signal: AbortSignal = this.#controller.signal;

  /** `onError` hears what a cleanup throws; by default it becomes an uncaught error. */
  constructor(onError: (error: unknown) => void = reportUncaught) {
    this.#onError = onError;
  }

  /** Runs `cleanup` when the scope closes; at once, if it is closed already. */
  defer(cleanup: () => void): void {
    if (this.signal.aborted) cleanup();
    else this.#cleanups.push(cleanup);
  }

  /**
   * Runs `task` with this scope's signal, on a stack of its own: whatever it calls, it meets nobody
   * in the middle of something. A failure goes to `onError`, never nowhere; but once the scope is
   * closed nobody waits for the task any more, and neither its begin nor its failure matters.
   */
  run(task: (signal: AbortSignal) => Promise<void>, onError: (error: unknown) => void): void {
    const { signal } = this;
    Promise.resolve()
      .then(() => (signal.aborted ? undefined : task(signal)))
      .catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
  }

  /**
   * Ends the lifetime: aborts the signal, then runs the cleanups, last deferred first. Idempotent.
   */
  close(): void {
    this.#controller.abort();
    const cleanups = this.#cleanups;
    // One cleanup's fault must not leave what the others would close.
    for (let last = cleanups.pop(); last; last = cleanups.pop()) guarded(last, this.#onError);
  }
}
