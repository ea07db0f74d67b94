/**
 * Who hears of the transactions of one account: the handles of those made here, the app's effects,
 * and the list of what is pending.
 */
import { guarded } from "../base/errors.ts";
import type { Cell } from "../base/source.ts";
import { Optimism } from "./optimism.ts";
import type { PendingTransaction, TransactionDefinition } from "./transaction.ts";
import { TransactionError } from "./transaction-error.ts";
import type { TransactionEffect, TransactionEnd, TransactionPhase } from "./transaction-event.ts";
import type { TransactionRecord } from "./transaction-record.ts";

/** Who waits for a transaction that this client object made. */
export interface Waiter {
  readonly record: TransactionRecord;
  readonly phase: Cell<TransactionPhase>;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: TransactionError) => void;
}

export interface AudienceOptions {
  readonly definitions: ReadonlyMap<string, TransactionDefinition>;
  readonly pending: Cell<readonly PendingTransaction[]>;
  /** Hears what an app's callback throws, and faults of ours. */
  readonly report: (error: unknown) => void;
}

/** Something to tell, rather than to do. */
export type Telling = Extract<TransactionEffect, { type: "phase" | "settle" | "show" | "hide" }>;

const FINAL: readonly TransactionPhase[] = ["done", "failed", "cancelled"];

export class TransactionAudience {
  readonly #options: AudienceOptions;
  readonly #cancel: (id: string) => void;
  readonly #optimism: Optimism;
  readonly #waiters = new Map<string, Waiter>();
  /** Of the handles. A success settles before its last phase, so they outlive their waiters. */
  readonly #phases = new Map<string, Cell<TransactionPhase>>();
  #hasNews = false;
  /** How many waiters each signal can still cancel. */
  readonly #signals = new Map<AbortSignal, number>();
  /** One for all: Node takes the eleventh listener of a signal for a leak, and warns. */
  readonly #onAbort = ({ target }: Pick<Event, "target">): void => {
    for (const [id, { signal }] of this.#waiters) if (signal === target) this.#cancel(id);
  };

  constructor(options: AudienceOptions, cancel: (id: string) => void) {
    this.#options = options;
    this.#cancel = cancel;
    this.#optimism = new Optimism(options.report);
  }

  add(waiter: Waiter): void {
    const { id } = waiter.record;
    this.#waiters.set(id, waiter);
    this.#phases.set(id, waiter.phase);
    this.#count(waiter.signal, 1);
    waiter.signal?.addEventListener("abort", this.#onAbort);
  }

  tell(telling: Telling): void {
    switch (telling.type) {
      case "phase":
        return this.#tellPhase(telling.id, telling.phase);
      case "settle":
        return this.#end(telling.record, telling.end);
      case "show":
        return this.#show(telling.record, telling.input);
      case "hide":
        this.#hasNews = true;
        return this.#optimism.hide(telling.id, telling.isUndone);
    }
  }

  /** Publishes what is pending, if there is news. */
  publish(): void {
    if (this.#hasNews) this.#options.pending.set(this.#optimism.pending);
    this.#hasNews = false;
  }

  /** Nobody is told anything any more but that it is over; `isStored`: it goes on another time. */
  close(isStored: (id: string) => boolean): void {
    const code = "closed";
    for (const [id, { record }] of this.#waiters) {
      if (isStored(id)) this.#take(id)?.reject(new TransactionError(code, { code }));
      else {
        // What waits for it later must see that it never was in the queue.
        this.#phases.get(id)?.set("failed");
        this.#end(record, { phase: "failed", error: { kind: "storeFailed", code } });
      }
    }
    this.#options.pending.set([]);
  }

  #tellPhase(id: string, phase: TransactionPhase): void {
    const cell = this.#phases.get(id);
    if (FINAL.includes(phase)) this.#phases.delete(id);
    if (this.#optimism.setPhase(id, phase)) this.#hasNews = true;
    cell?.set(phase);
  }

  #show(record: TransactionRecord, input: unknown): void {
    this.#hasNews = true;
    const definition = this.#options.definitions.get(record.name);
    this.#optimism.show(record.order, viewOf(record, input), definition);
  }

  #end(record: TransactionRecord, { phase, output, error }: TransactionEnd): void {
    const { definitions, report } = this.#options;
    const { id, name, input } = record;
    const waiter = this.#take(id);
    const definition = definitions.get(name);
    const view = { ...(this.#optimism.find(id) ?? viewOf(record, input)), phase };
    if (!error) {
      waiter?.resolve(output);
      return guarded(() => definition?.onResult?.(output, view), report);
    }
    const failure = new TransactionError(error.kind, error);
    waiter?.reject(failure);
    guarded(() => definition?.onFailure?.(failure, view), report);
  }

  /** Whoever takes a waiter out settles it. */
  #take(id: string): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    if (this.#waiters.delete(id)) this.#count(waiter?.signal, -1);
    return waiter;
  }

  #count(signal: AbortSignal | undefined, change: 1 | -1): void {
    if (!signal) return;
    const count = (this.#signals.get(signal) ?? 0) + change;
    if (count) return void this.#signals.set(signal, count);
    this.#signals.delete(signal);
    signal.removeEventListener("abort", this.#onAbort);
  }
}

/** As its definition's callbacks and `pending` see it. */
export function viewOf(record: TransactionRecord, input: unknown): PendingTransaction {
  const { id, name, createdAt } = record;
  return { id, name, input, createdAt, phase: "saving" };
}
