/**
 * Lifetimes. Whatever a session, an adapter or a fetch opens is opened in a scope, and goes with
 * it.
 */
import { guarded, reportUncaught } from "./errors.ts";

/** A lifetime. What is opened in a scope is closed with it, last opened first. */
export class Scope {
  /** Made when somebody asks for the signal: with its event target it weighs more than a scope. */
  #controller: AbortController | undefined;
  /** Only `close` sets it. */
  isClosed = false;
  readonly #cleanups: (() => void)[] = [];
  readonly #onError: (error: unknown) => void;
  /** `onError` hears what a cleanup throws; by default it becomes an uncaught error. */
  constructor(onError: (error: unknown) => void = reportUncaught) {
    this.#onError = onError;
  }

  /** Aborted when the scope closes, before any cleanup runs. */
  get signal(): AbortSignal {
    const controller = (this.#controller ??= new AbortController());
    if (this.isClosed) controller.abort();
    return controller.signal;
  }

  /** Runs `cleanup` when the scope closes; at once, if it is closed already. */
  defer(cleanup: () => void): void {
    if (this.isClosed) cleanup();
    else this.#cleanups.push(cleanup);
  }

  /**
   * Ends the lifetime: aborts the signal, then runs the cleanups, last deferred first. Idempotent.
   */
  close(): void {
    this.isClosed = true;
    this.#controller?.abort();
    const cleanups = this.#cleanups;
    // One cleanup's fault must not leave what the others would close.
    for (let last = cleanups.pop(); last; last = cleanups.pop()) guarded(last, this.#onError);
  }
}
