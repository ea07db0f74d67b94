/**
 * One queue with a disk and a server that do what the test says, without promise or clock. States
 * are reached by events that could really happen.
 */
import type { RemoteAnswer } from "../../../src/transactions/call-remote.ts";
import type {
  LoadedRecord,
  TransactionEffect,
  TransactionEnd,
  TransactionEvent,
  TransactionPhase,
} from "../../../src/transactions/transaction-event.ts";
import { emptyQueue, type TransactionQueue } from "../../../src/transactions/transaction-model.ts";
import {
  DEFAULT_TRANSACTION_POLICY,
  type TransactionPolicy,
} from "../../../src/transactions/transaction-policy.ts";
import { step } from "../../../src/transactions/transaction-queue.ts";
import type { TransactionRecord } from "../../../src/transactions/transaction-record.ts";
import type {
  SetAside,
  TransactionChange,
  TransactionOutcome,
} from "../../../src/transactions/transaction-store.ts";

export const HOUR_MS = 3_600_000;
/** What the server says of its keys, unless a test says otherwise. */
export const RETENTION_MS = 48 * HOUR_MS;

export interface Making {
  readonly lane?: string;
  readonly blockers?: readonly string[];
  readonly deadlineMs?: number;
  readonly isRepeatable?: boolean;
  readonly hasFailedBlocker?: boolean;
}

/** A record's fields, and its deadline as an app would say it. */
export interface Recording extends Partial<TransactionRecord> {
  readonly deadlineMs?: number;
}

export class QueueRig {
  readonly policy: TransactionPolicy;
  queue: TransactionQueue;
  now = 1_000_000;
  wallNow = 1_800_000_000_000;
  /** The dice: 0.5 leaves waits as they are. */
  random = 0.5;
  /** Writes succeed at once. Else they wait for `store` or `storeFails`. */
  isAuto = true;
  readonly disk = new Map<string, TransactionRecord>();
  /** On the disk, and another's. */
  readonly theirs = new Set<string>();
  readonly outcomes = new Map<string, TransactionOutcome>();
  /** Everything asked for, but phases and the store's operations. */
  readonly log: string[] = [];
  readonly writes: (readonly TransactionChange[])[] = [];
  readonly phases = new Map<string, TransactionPhase>();
  readonly ends = new Map<string, TransactionEnd>();
  readonly effects: TransactionEffect[] = [];
  operation: TransactionEffect | undefined;
  readonly #sendings = new Map<string, number>();
  readonly #mailbox: TransactionEvent[] = [];
  #isDraining = false;

  constructor(policy: Partial<TransactionPolicy> = {}) {
    this.policy = { ...DEFAULT_TRANSACTION_POLICY, ...policy };
    this.queue = emptyQueue(this.now);
  }

  tell(event: TransactionEvent): this {
    this.#mailbox.push(event);
    if (this.#isDraining) return this;
    this.#isDraining = true;
    for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) {
      const { now, wallNow, random } = this;
      const effects = step(this.queue, next, { now, wallNow, random }, this.policy);
      for (const effect of effects) this.#perform(effect);
    }
    this.#isDraining = false;
    return this;
  }

  /** The first claim brings these. */
  claim(
    loaded: readonly LoadedRecord[] = [],
    setAside: readonly SetAside[] = [],
    adopted: readonly string[] = [],
  ): this {
    if (this.operation?.type !== "claim") this.tell({ type: "alarm" });
    for (const { record } of loaded) this.disk.set(record.id, record);
    this.operation = undefined;
    return this.tell({ type: "claimed", loaded, setAside, adopted });
  }

  online(keyRetentionMs: number | undefined = RETENTION_MS): this {
    return this.tell({ type: "sessionOpened", keyRetentionMs });
  }

  /** A server that keeps no keys. */
  onlineWithoutKeys(): this {
    return this.tell({ type: "sessionOpened", keyRetentionMs: undefined });
  }

  offline(isViolation = false): this {
    return this.tell({ type: "sessionClosed", isViolation });
  }

  make(id: string, making: Making = {}): this {
    const { isRepeatable: repeatable = false, hasFailedBlocker = false, ...rest } = making;
    const record = { ...this.record(id, rest), owner: "me" };
    return this.tell({ type: "made", record, rules: { repeatable }, hasFailedBlocker });
  }

  /** As it would be stored. */
  record(id: string, { deadlineMs = 24 * HOUR_MS, ...rest }: Recording = {}): TransactionRecord {
    return {
      recordVersion: 1,
      id,
      owner: "me",
      order: 0,
      name: "add",
      inputVersion: 1,
      method: "add",
      input: { id },
      blockers: [],
      phase: "queued",
      createdAt: this.wallNow,
      deadlineAt: this.wallNow + deadlineMs,
      attempts: 0,
      violations: 0,
      ...rest,
    };
  }

  /** As a claim would bring it. */
  loaded(id: string, rest: Recording = {}, repeatable = false): LoadedRecord {
    return { record: this.record(id, rest), rules: { repeatable } };
  }

  cancel(id: string): this {
    return this.tell({ type: "cancelRequested", id });
  }

  /** A claim that brings what is on the disk, but for what others have `taken`, now or before. */
  claimAgain(taken: readonly string[] = []): this {
    for (const id of taken) this.theirs.add(id);
    const records = [...this.disk.values()].filter(({ id }) => !this.theirs.has(id));
    return this.claim(records.map((record) => ({ record, rules: { repeatable: false } })));
  }

  readOutcomes(): this {
    this.operation = undefined;
    return this.tell({ type: "outcomesRead", outcomes: [...this.outcomes.values()] });
  }

  /** The running write succeeds. */
  store(lost: readonly string[] = []): this {
    const { operation } = this;
    if (operation?.type !== "write") throw new Error("nothing is being written");
    this.operation = undefined;
    for (const change of operation.changes) this.#change(change, lost);
    return this.tell({ type: "written", lost });
  }

  storeFails(code = "quota"): this {
    const { operation } = this;
    this.operation = undefined;
    if (operation?.type === "claim") return this.tell({ type: "claimFailed", code });
    if (operation?.type === "write") return this.tell({ type: "writeFailed", code });
    return this.tell({ type: "outcomesFailed", code });
  }

  result(id: string, awaits: readonly (readonly [string, number])[] = []): this {
    return this.answer(id, { type: "result", output: `${id}!` }, { awaits });
  }

  failure(
    id: string,
    code: string,
    more: { refused?: true; retryAfterMs?: number; data?: unknown } = {},
  ): this {
    const isTransient = ["internal", "timedOut", "busy", "cancelled"].includes(code);
    return this.answer(id, { type: "failure", code, message: "", ...more }, { isTransient });
  }

  /** Answers the last sending of `id`, or of `cancel id`. */
  answer(
    what: string,
    answer: RemoteAnswer,
    more: { isTransient?: boolean; awaits?: readonly (readonly [string, number])[] } = {},
  ): this {
    const { isTransient = false, awaits = [] } = more;
    const id = what.replace("cancel ", "");
    const sending = this.sending(what);
    return this.tell({ type: "answered", id, sending, answer, isTransient, awaits });
  }

  sending(what: string): number {
    const sending = this.#sendings.get(what);
    if (sending === undefined) throw new Error(`"${what}" was never sent`);
    return sending;
  }

  /** Lets time pass, and the alarm ring when it is due; of hours only in the last minute. */
  pass(ms: number): this {
    const until = this.now + ms;
    if (ms > HOUR_MS) this.#moveTo(until - 60_000);
    while (this.queue.alarmAt <= until) {
      this.#moveTo(this.queue.alarmAt);
      const { alarmAt } = this.queue;
      this.tell({ type: "alarm" });
      if (this.queue.alarmAt <= alarmAt && alarmAt <= this.now) throw new Error("no progress");
    }
    this.#moveTo(until);
    return this;
  }

  /** Sleep: time has passed, and nothing rang. */
  sleep(ms: number): this {
    this.#moveTo(this.now + ms);
    return this;
  }

  /** What was asked for since the last time this was asked. */
  news(): readonly string[] {
    return this.log.splice(0);
  }

  /** What its user knows of it: phase, and kind and code of the error. */
  fate(id: string): string {
    const { phase, error } = this.ends.get(id) ?? {};
    const told = error ? [error.kind, error.code].filter(Boolean).join(" ") : (phase ?? "");
    return [this.phases.get(id) ?? "saving", told].filter(Boolean).join(": ");
  }

  #moveTo(now: number): void {
    this.wallNow += Math.max(0, now - this.now);
    this.now = Math.max(this.now, now);
  }

  #perform(effect: TransactionEffect): void {
    this.effects.push(effect);
    switch (effect.type) {
      case "phase":
        return void this.phases.set(effect.id, effect.phase);
      case "settle":
        if (this.ends.has(effect.record.id)) throw new Error(`${effect.record.id} settled twice`);
        return void this.ends.set(effect.record.id, effect.end);
      case "write":
        this.operation = effect;
        this.writes.push(effect.changes);
        if (this.isAuto) this.store();
        return;
      case "claim":
        this.operation = effect;
        // Only the first is the test's business.
        if (this.isAuto && this.queue.isClaimed) this.claimAgain();
        return;
      case "readOutcomes":
        this.operation = effect;
        if (this.isAuto) this.readOutcomes();
        return;
      case "release":
        return void this.log.push("release");
      case "send":
        this.#sendings.set(effect.id, effect.sending);
        return void this.log.push(`send ${effect.id}`);
      case "sendCancel":
        this.#sendings.set(`cancel ${effect.id}`, effect.sending);
        return void this.log.push(`cancel ${effect.id}`);
      case "show":
        return void this.log.push(`show ${effect.record.id}`);
      case "hide":
        return void this.log.push(`${effect.isUndone ? "undo" : "hide"} ${effect.id}`);
    }
  }

  #change(change: TransactionChange, lost: readonly string[]): void {
    if (change.type === "remove") {
      if (lost.includes(change.id)) return;
      this.disk.delete(change.id);
      if (change.outcome) this.outcomes.set(change.id, change.outcome);
    } else if (!lost.includes(change.record.id)) this.disk.set(change.record.id, change.record);
  }
}
