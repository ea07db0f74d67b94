/**
 * The calls of one component: the latest counts. A newer call aborts the one before, and leaving
 * the page aborts the last. What becomes of it is a `Source`.
 */
import {
  CallError,
  Cell,
  type CallOptions,
  type Cancel,
  type RealtimeClient,
  type Source,
} from "@holdfast/client";

/** How the latest call stands. */
export interface CallState<Output> {
  /** `idle`: none was made, or it was cancelled. */
  readonly status: "idle" | "running" | "done" | "failed";
  /** Of the last call that succeeded; it stays while the next one runs. */
  readonly data: Output | undefined;
  /** Why the latest call failed. */
  readonly error: CallError | undefined;
}

/** No call was made: also what a server renders. */
export const NO_CALL: CallState<never> = { status: "idle", data: undefined, error: undefined };

export class CallRun<Output> {
  readonly #call: (input: unknown, options: CallOptions) => Promise<Output>;
  readonly #state = new Cell<CallState<Output>>(NO_CALL);
  #controller: AbortController | undefined;
  #hasLeft = false;

  constructor(client: RealtimeClient, method: string) {
    this.#call = (input, options) => client.call(method, input, options) as Promise<Output>;
  }

  get state(): Source<CallState<Output>> {
    return this.#state;
  }

  /** The component comes to the page, or back to it, before those below it do. */
  arrive(): void {
    this.#hasLeft = false;
  }

  /** The component has left the page: aborts the call that runs. */
  leave(): void {
    this.#hasLeft = true;
    this.cancel();
  }

  /**
   * Makes a call, and aborts the one before. The promise is the call's own; it needs no handler,
   * for `state` has the error too.
   */
  readonly run = (input?: unknown, options: CallOptions = {}): Promise<Output> => {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    // Whoever runs a call of a component that has left learns at once that nobody waits for it.
    if (this.#hasLeft) controller.abort();
    this.#become({ status: "running", error: undefined });
    const unlink = linked(options.signal, controller);
    const { signal } = controller;
    const result = this.#call(input, { ...options, signal });
    const settle = (news: Partial<CallState<Output>>): void => {
      unlink();
      if (this.#controller === controller) this.#become(news);
    };
    result.then(
      (data) => settle({ status: "done", data }),
      (error: unknown) => settle(endOf(error)),
    );
    return result;
  };

  /** Aborts the call that runs, if one does. */
  readonly cancel = (): void => {
    const controller = this.#controller;
    this.#controller = undefined;
    controller?.abort();
    if (this.#state.current.status === "running") this.#become({ status: "idle" });
  };

  #become(news: Partial<CallState<Output>>): void {
    this.#state.set({ ...this.#state.current, ...news });
  }
}

function endOf(error: unknown): Partial<CallState<never>> {
  if (error instanceof CallError) {
    if (error.kind === "aborted") return { status: "idle" };
    return { status: "failed", error };
  }
  const words = "The call could not be made.";
  return { status: "failed", error: new CallError("neverSent", words, { cause: error }) };
}

/** Aborts with the caller's own signal, too. Returns its undo. */
function linked(signal: AbortSignal | undefined, controller: AbortController): Cancel {
  if (!signal) return () => {};
  const abort = (): void => controller.abort();
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  return () => signal.removeEventListener("abort", abort);
}
