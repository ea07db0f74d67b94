/**
 * The queue of one account while it is open: feeds it events, performs its effects, keeps its one
 * alarm, and tells the handles. It decides nothing.
 */
import type { BucketKey } from "@holdfast/protocol";
import type { Cancel, Clock, Millis } from "../base/clock.ts";
import { guarded, nameOf, RealtimeError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import type { Cell } from "../base/source.ts";
import type { CallRemote, RemoteAnswer } from "./call-remote.ts";
import { TRANSIENT_CODES } from "./transaction-answer.ts";
import { TransactionAudience, type AudienceOptions, type Waiter } from "./transaction-audience.ts";
import { copyOf } from "./transaction-copy.ts";
import { TransactionError } from "./transaction-error.ts";
import type { LoadedRecord, TransactionEffect, TransactionEvent } from "./transaction-event.ts";
import {
  emptyQueue,
  NO_TROUBLE,
  type TransactionQueue,
  type TransactionTrouble,
} from "./transaction-model.ts";
import type { TransactionPolicy } from "./transaction-policy.ts";
import { step } from "./transaction-queue.ts";
import type { TransactionRecord } from "./transaction-record.ts";
import type { TransactionStore } from "./transaction-store.ts";

export interface TransactionPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** The `instanceId` of the client object. */
  readonly owner: string;
  readonly remote: CallRemote;
  /** How far an open bucket is applied; undefined: it is not open. */
  readonly reached: (bucket: BucketKey) => { readonly seq: number } | undefined;
  /** Hears what an app's callback throws, and faults of ours. */
  readonly report: (error: unknown) => void;
}

export interface RunOptions extends TransactionPorts, AudienceOptions {
  readonly policy: TransactionPolicy;
  readonly trouble: Cell<TransactionTrouble>;
  /** Called again after it failed. */
  readonly openStore: () => Promise<TransactionStore>;
}

export class TransactionRun {
  readonly #options: RunOptions;
  readonly #queue: TransactionQueue;
  readonly #audience: TransactionAudience;
  readonly #mailbox: TransactionEvent[] = [];
  #isDraining = false;
  #isClosed = false;
  #store: TransactionStore | undefined;
  #unwatch: Cancel | undefined;
  #alarmAt: Millis = Infinity;
  #cancelAlarm: Cancel | undefined;
  constructor(options: RunOptions) {
    this.#options = options;
    this.#queue = emptyQueue(options.clock.now());
    this.#audience = new TransactionAudience(options, (id) => this.cancel(id));
  }

  /** Takes in a new transaction. Its effect shows before this returns. */
  make(waiter: Waiter, hasFailedBlocker: boolean): void {
    const { record } = waiter;
    const { id, name } = record;
    const rules = { repeatable: !!this.#options.definitions.get(name)?.repeatable };
    this.#audience.add(waiter);
    this.dispatch({ type: "made", record, rules, hasFailedBlocker });
    if (waiter.signal?.aborted) this.cancel(id);
  }

  cancel(id: string): void {
    this.dispatch({ type: "cancelRequested", id });
  }

  /** Handles an event to its end; within a handler it waits its turn. Never throws. */
  dispatch(event: TransactionEvent): void {
    if (this.#isClosed) return;
    this.#mailbox.push(event);
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) this.#handle(next);
    this.#isDraining = false;
    this.#publish();
    this.#rearm();
  }

  /** Rejects what is open with `closed`. What is stored goes on at the account's next start. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelAlarm?.();
    this.#unwatch?.();
    this.#release();
    const { entries, writing } = this.#queue;
    // What goes on shows again at the next start: until then it must not stay. A success may.
    for (const { id, end } of [...entries.values()].reverse())
      if (end?.phase !== "done") this.#audience.tell({ type: "hide", id, isUndone: true });
    this.#options.trouble.set(NO_TROUBLE);
    this.#audience.close((id) => {
      const entry = entries.get(id);
      return !!entry && (!!entry.stored || writing.has(entry));
    });
  }

  #handle(event: TransactionEvent): void {
    const { clock, random, policy, report } = this.#options;
    guarded(() => {
      const stamp = { now: clock.now(), wallNow: clock.wallNow(), random: random() };
      for (const effect of step(this.#queue, event, stamp, policy))
        guarded(() => this.#perform(effect), report);
    }, report);
  }

  #perform(effect: TransactionEffect): void {
    if (this.#isClosed) return;
    const { owner, remote } = this.#options;
    switch (effect.type) {
      case "claim":
        return this.#ask("claimFailed", async (store) => {
          const { records, ...rest } = await store.claim(owner);
          if (this.#isClosed) this.#release();
          const loaded = records.map((record) => this.#loaded(record));
          return { ...rest, type: "claimed", loaded };
        });
      case "write":
        return this.#ask("writeFailed", async (store) => {
          return { type: "written", lost: await store.write(owner, effect.changes) };
        });
      case "readOutcomes":
        return this.#ask("outcomesFailed", async (store) => {
          return { type: "outcomesRead", outcomes: await store.outcomes(effect.ids) };
        });
      case "release":
        return this.#release();
      case "send":
        return remote.send(effect.call, this.#hear(effect), () =>
          this.dispatch({ ...effect, type: "acked" }),
        );
      case "sendCancel":
        return remote.cancel(effect.id, this.#hear(effect));
      default:
        return this.#audience.tell(effect);
    }
  }

  #hear({ id, sending }: { id: string; sending: number }): (answer: RemoteAnswer) => void {
    return (answer) => {
      const { reached, definitions, report } = this.#options;
      const at = Object.entries((answer.type === "result" && answer.at) || {});
      const awaits = at.filter(([bucket, seq]) => (reached(bucket)?.seq ?? seq) < seq);
      const code = answer.type === "failure" ? answer.code : "";
      let isTransient = TRANSIENT_CODES.includes(code);
      const definition = definitions.get(this.#queue.entries.get(id)?.record.name ?? "");
      guarded(() => (isTransient = definition?.isTransient?.(code) ?? isTransient), report);
      this.dispatch({ type: "answered", id, sending, answer, isTransient, awaits });
    };
  }

  #loaded(record: TransactionRecord): LoadedRecord {
    const { definitions, policy, report } = this.#options;
    const known = this.#queue.entries.get(record.id);
    // Its rules stand, and a fault in `migrate` is told once, not at every claim.
    if (known) return { record, rules: known.rules };
    const definition = definitions.get(record.name);
    if (!definition) return { record, rules: undefined };
    const { repeatable = false, version, method } = definition;
    if (record.inputVersion === version) return { record, rules: { repeatable } };
    let loaded: LoadedRecord = { record, rules: undefined };
    guarded(() => {
      if (!definition.migrate) return;
      const input: unknown = definition.migrate(record.input, record.inputVersion);
      const made = { ...record, input, inputVersion: version, method };
      const migrated = copyOf(made, policy.recordBytesMax);
      // The store would refuse it with every write, and all that is written with it.
      if (typeof migrated === "string")
        throw new TransactionError("storeFailed", { code: migrated });
      loaded = { record, rules: { repeatable }, migrated };
    }, report);
    return loaded;
  }

  #ask(
    failed: "claimFailed" | "writeFailed" | "outcomesFailed",
    act: (store: TransactionStore) => Promise<TransactionEvent>,
  ): void {
    const ask = async (): Promise<TransactionEvent> => act((this.#store ??= await this.#open()));
    ask().then(
      (event) => this.dispatch(event),
      (error: unknown) => this.dispatch({ type: failed, code: codeOf(error) }),
    );
  }

  async #open(): Promise<TransactionStore> {
    const store = await this.#options.openStore();
    if (!this.#isClosed) this.#unwatch = store.watch(() => this.dispatch({ type: "storeChanged" }));
    return store;
  }

  #release(): void {
    guarded(() => this.#store?.release(this.#options.owner), this.#options.report);
  }

  #publish(): void {
    const { trouble } = this.#options;
    const { trouble: current } = this.#queue;
    if (this.#isClosed) return;
    if (current !== trouble.current) trouble.set(current);
    this.#audience.publish();
  }

  #rearm(): void {
    const at = this.#queue.alarmAt;
    if (at === this.#alarmAt) return;
    this.#cancelAlarm?.();
    this.#alarmAt = at;
    if (this.#isClosed || at === Infinity) return;
    this.#cancelAlarm = this.#options.clock.at(at, () => {
      this.#alarmAt = Infinity;
      this.dispatch({ type: "alarm" });
    });
  }
}

/** What may be told of a failed operation of the store: its kind, where it has one. */
function codeOf(error: unknown): string {
  return error instanceof RealtimeError ? error.kind : nameOf(error);
}
