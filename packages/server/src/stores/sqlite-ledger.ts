/**
 * What the store does within its transactions, synchronously: units with their keys and updates,
 * cancelled keys, pages of the log. When a transaction begins, and who is told, is decided above.
 */
import type { BucketKey } from "@holdfast/protocol";

import type { Clock } from "../base/clock.ts";
import type {
  CallKey,
  CommitOutcome,
  CommitUnit,
  KeyedOutcome,
  LogPage,
  LogRange,
  ReadLimits,
  ReadRequest,
  Retention,
} from "../server-store.ts";
import { storeFault } from "./sqlite-fault.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { SqliteKeys } from "./sqlite-keys.ts";
import { SqliteLog } from "./sqlite-log.ts";
import { SqliteTrim } from "./sqlite-trim.ts";
import { SqliteUnitHandle } from "./sqlite-unit-handle.ts";
import type { UnitDatabase } from "./sqlite-unit-handle.ts";
import { storedJson } from "./stored-value.ts";
import { UnitTransaction } from "./unit-transaction.ts";
import type { Appended, UnitSource } from "./unit-transaction.ts";

/** What became of a unit within its group. */
export type UnitEnd<Output> =
  | CommitOutcome<Output>
  /** It threw, and was undone alone. */
  | { readonly type: "threw"; readonly error: unknown };

export class SqliteLedger implements UnitSource<UnitDatabase> {
  readonly db: SqliteUnitHandle;
  readonly #file: SqliteFile;
  readonly #clock: Clock;
  readonly #log: SqliteLog;
  readonly #keys: SqliteKeys;
  #appended: Appended[] = [];
  #didOthersWrite = false;

  constructor(file: SqliteFile, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
    this.#log = new SqliteLog(file.db);
    this.#keys = new SqliteKeys(file.db);
    this.db = new SqliteUnitHandle(file.db);
  }

  get epoch(): string {
    return this.#file.epoch;
  }

  headOf(bucket: BucketKey): number {
    try {
      return this.#log.ends(bucket).head;
    } catch (error) {
      throw storeFault(error);
    }
  }

  /** Nobody else writes until `commit` or `rollback`. Throws when somebody does. */
  begin(): void {
    this.#file.begin();
    this.#lookForOthers();
  }

  commit(): void {
    this.#file.commit();
  }

  /** Undoes the transaction, if one is open. Does not throw. */
  rollback(): void {
    this.#file.rollback();
    this.#log.forget();
    this.#appended = [];
  }

  /** What was appended since this was last asked. To be asked after a commit. */
  takeAppended(): readonly Appended[] {
    const appended = this.#appended;
    this.#appended = [];
    return appended;
  }

  /** Has another process written since this was last asked? */
  takeDoubt(): boolean {
    const didOthersWrite = this.#didOthersWrite;
    this.#didOthersWrite = false;
    return didOthersWrite;
  }

  /** Whatever the task reads is of one moment. Not within another transaction. */
  reading<Value>(task: () => Value): Value {
    try {
      this.#file.beginReading();
      this.#lookForOthers();
      const value = task();
      this.#file.commit();
      return value;
    } catch (error) {
      this.rollback();
      throw storeFault(error);
    }
  }

  /** Runs the unit, unless its key is taken. What this throws undoes the whole transaction. */
  run<Output>(unit: CommitUnit<UnitDatabase, Output>): UnitEnd<Output> {
    const { call } = unit;
    const known = call && this.#keys.find(call);
    if (known) return { type: "known", outcome: known };
    const tx = new UnitTransaction<UnitDatabase>(this, call);
    let output: Output;
    let json: string | null = null;
    this.db.enter();
    try {
      output = tx.run(unit);
      if (call) json = storedJson(output);
    } catch (error) {
      this.db.undo();
      return { type: "threw", error };
    }
    this.db.keep();
    this.#log.insert(tx.appended);
    for (const appended of tx.appended) this.#appended.push(appended);
    const { at } = tx;
    if (call) this.#keys.addResult(call, json, at, Math.floor(this.#clock.wallNow()));
    return { type: "committed", output, at };
  }

  outcome(call: CallKey): KeyedOutcome | undefined {
    return this.#keys.find(call);
  }

  cancel(call: CallKey, now: number): KeyedOutcome {
    const known = this.#keys.find(call);
    if (known) return known;
    this.#keys.addCancelled(call, now);
    return { type: "cancelled" };
  }

  range(bucket: BucketKey): LogRange {
    const { head, oldest } = this.#log.ends(bucket);
    return { bucket, epoch: this.epoch, head, oldest };
  }

  page({ bucket, after }: ReadRequest, limits: ReadLimits): LogPage {
    const range = this.range(bucket);
    const isWithin = after >= range.oldest - 1 && after < range.head;
    const updates = isWithin ? this.#log.read(bucket, after, limits) : [];
    return { after, upTo: after + updates.length, updates, ...range };
  }

  /** Its steps are to be taken each within a transaction. */
  trim(retention: Retention, now: number, rowsMax: number): SqliteTrim {
    return new SqliteTrim(this.#log, this.#keys, retention, now, rowsMax);
  }

  #lookForOthers(): void {
    if (!this.#file.othersWrote()) return;
    this.#log.forget();
    this.#didOthersWrite = true;
  }
}
