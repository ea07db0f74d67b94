/**
 * Group commit: what is asked for in one tick shares one durable transaction. Here is when groups
 * begin, how large they grow, and how long another process is waited for; what a transaction is
 * stays with the store.
 */
import type { Cancel, Clock, Millis } from "../base/clock.ts";
import { StoreError } from "../store-error.ts";
import { storeFault } from "./sqlite-fault.ts";

/** A group ends at so many jobs, or after so much work, and the event loop has its turn. */
const GROUP_JOBS_MAX = 512;
const GROUP_MS_MAX = 20;
/** So many jobs wait. Past it they are refused as `overloaded`. */
const WAITING_MAX = 65_536;
/** How often a file that another process holds is tried, and for how long: then `busy`. */
const BUSY_RETRY_MS = 10;
const BUSY_MS_MAX = 5_000;

/** One thing to be done in a transaction. */
export interface GroupJob {
  /** What it throws undoes the whole group. */
  perform(): void;
  /** It is durable. */
  settle(): void;
  /** Nothing of it stands. */
  fail(error: StoreError): void;
}

/** The transaction around a group. `begin` and `commit` may throw; then `rollback` follows. */
export interface GroupTransaction {
  begin(): void;
  commit(): void;
  /** Does not throw. */
  rollback(): void;
  /** Tells of what was committed, before the jobs settle. Does not throw. */
  tell(): void;
}

export class CommitGroups {
  readonly #clock: Clock;
  readonly #transaction: GroupTransaction;
  #waiting: GroupJob[] = [];
  #cancelNext: Cancel | undefined;
  #busySince: Millis | undefined;
  #isRunning = false;
  #isInTransaction = false;
  #isClosing = false;
  #onIdle: (() => void) | undefined;

  constructor(clock: Clock, transaction: GroupTransaction) {
    this.#clock = clock;
    this.#transaction = transaction;
  }

  /** Is a group's transaction open? Then some job is being performed. */
  get isInTransaction(): boolean {
    return this.#isInTransaction;
  }

  /** Also from within a job. */
  add(job: GroupJob): void {
    if (this.#isClosing) job.fail(new StoreError("closed"));
    else if (this.#waiting.length >= WAITING_MAX) job.fail(new StoreError("overloaded"));
    else {
      this.#waiting.push(job);
      this.#cancelNext ??= this.#clock.turn(this.#run);
    }
  }

  /** Takes no more; calls back when all that waits is done. Once. */
  close(onIdle: () => void): void {
    this.#isClosing = true;
    this.#onIdle = onIdle;
    if (!this.#isRunning) this.#goOn();
  }

  readonly #run = (): void => {
    this.#cancelNext = undefined;
    this.#isRunning = true;
    if (this.#begin()) this.#runGroup();
    this.#isRunning = false;
    this.#goOn();
  };

  #goOn(): void {
    if (this.#waiting.length > 0) {
      this.#cancelNext ??= this.#clock.turn(this.#run);
      return;
    }
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    this.#onIdle?.();
    this.#onIdle = undefined;
  }

  /** False when there is no transaction, and those who wait wait on or have failed. */
  #begin(): boolean {
    try {
      this.#transaction.begin();
      this.#busySince = undefined;
      return true;
    } catch (error) {
      this.#transaction.rollback();
      const fault = storeFault(error);
      const now = this.#clock.now();
      this.#busySince ??= now;
      if (fault.code === "busy" && now - this.#busySince < BUSY_MS_MAX) {
        this.#cancelNext ??= this.#clock.at(now + BUSY_RETRY_MS, this.#run);
        return false;
      }
      this.#busySince = undefined;
      for (const job of this.#waiting.splice(0)) job.fail(fault);
      return false;
    }
  }

  #runGroup(): void {
    const until = this.#clock.now() + GROUP_MS_MAX;
    let count = 0;
    let fault: StoreError | undefined;
    this.#isInTransaction = true;
    try {
      do this.#waiting[count++]?.perform();
      while (count < Math.min(this.#waiting.length, GROUP_JOBS_MAX) && this.#clock.now() < until);
      this.#transaction.commit();
    } catch (error) {
      this.#transaction.rollback();
      fault = storeFault(error);
    }
    this.#isInTransaction = false;
    const group = this.#waiting.splice(0, count);
    this.#transaction.tell();
    for (const job of group) {
      if (fault) job.fail(fault);
      else job.settle();
    }
  }
}
