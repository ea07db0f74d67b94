/**
 * Lifetimes. Whatever a session, an adapter or a fetch opens is opened in a scope, and goes with
 * it.
 */
import { reportUncaught } from "./errors.ts";

/** A lifetime. What is opened in a scope is closed with it, last opened first. */
export class Scope {
  readonly #controller = new AbortController();
  readonly #cleanups = new Set<() => void>();
  readonly #onError: (error: unknown) => void;

  /** `onError` hears what a cleanup throws; by default it becomes an uncaught error. */
  constructor(onError: (error: unknown) => void = reportUncaught) {
    this.#onError = onError;
  }

  /** Aborted when the scope closes, before any cleanup runs. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Runs `cleanup` when the scope closes; at once, if it is closed already. The returned function
   * takes it back, for what ended by itself.
   */
  defer(cleanup: () => void): () => void {
    if (this.signal.aborted) {
      cleanup();
      return () => {};
    }
    const entry = (): void => cleanup(); // The same function may be deferred twice.
    this.#cleanups.add(entry);
    return () => void this.#cleanups.delete(entry);
  }

  /** A scope that closes with this one, or earlier. */
  child(): Scope {
    const child = new Scope(this.#onError);
    child.defer(this.defer(() => child.close()));
    return child;
  }

  /**
   * Runs `task` with this scope's signal. A failure goes to `onError`, never nowhere; but once the
   * scope is closed nobody waits for the task any more, and its failure is dropped.
   */
  run(task: (signal: AbortSignal) => Promise<void>, onError: (error: unknown) => void): void {
    const { signal } = this;
    const attempt = async (): Promise<void> => task(signal);
    attempt().catch((error: unknown) => {
      if (!signal.aborted) onError(error);
    });
  }

  /**
   * Ends the lifetime: aborts the signal, then runs the cleanups, last deferred first. Idempotent.
   */
  close(): void {
    if (this.signal.aborted) return;
    this.#controller.abort();
    for (const cleanup of [...this.#cleanups].reverse()) {
      // One cleanup's fault must not leave what the others would close.
      try {
        cleanup();
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#cleanups.clear();
  }
}
