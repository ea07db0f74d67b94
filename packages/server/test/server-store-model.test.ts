/**
 * Random lives of a store against a simple model: units that append, throw or write tables of their
 * own, keys used again, cancels, trims, other processes and restarts. After each step everything
 * that can be asked of the store is asked.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type {
  CommitOutcome,
  KeyedOutcome,
  ServerStore,
  StoreNotice,
  StoreTransaction,
} from "../src/server-store.ts";
import { sqliteStore } from "../src/stores/sqlite.ts";
import type { UnitDatabase } from "../src/stores/sqlite.ts";
import { keyed, StoreBed, storeKinds } from "./stores/store-bed.ts";
import type { StoreKind } from "./stores/store-bed.ts";

const BUCKETS = ["a", "b", "c"] as const;
const KEYS = ["k1", "k2", "k3"] as const;
type Bucket = (typeof BUCKETS)[number];
type Key = (typeof KEYS)[number];

interface Unit {
  readonly type: "unit";
  readonly key: Key | undefined;
  readonly appends: readonly (readonly [Bucket, number])[];
  readonly throws: boolean;
  readonly writes: boolean;
}
type Task = Unit | { readonly type: "cancel"; readonly key: Key };
type Step =
  | { readonly type: "tick"; readonly tasks: readonly Task[]; readonly by: 0 | 1 }
  | { readonly type: "trim"; readonly updatesMax: number; readonly rowsMax: number }
  | { readonly type: "restart" };

const unit = fc.record({
  type: fc.constant("unit" as const),
  key: fc.option(fc.constantFrom(...KEYS), { nil: undefined }),
  appends: fc.array(fc.tuple(fc.constantFrom(...BUCKETS), fc.nat(9)), { maxLength: 4 }),
  throws: fc.boolean(),
  writes: fc.boolean(),
});
const cancel = fc.record({ type: fc.constant("cancel" as const), key: fc.constantFrom(...KEYS) });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("tick" as const),
        tasks: fc.array(
          fc.oneof({ weight: 5, arbitrary: unit }, { weight: 1, arbitrary: cancel }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        by: fc.constantFrom(0 as const, 1 as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant("trim" as const),
        updatesMax: fc.nat(4),
        rowsMax: fc.nat(6),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ type: "restart" as const }) },
  ),
  { maxLength: 12 },
);

const THROWN = new Error("as planned");

/** What a store should be, without any care for speed or crashes. */
class Model {
  readonly logs = new Map<string, { data: number; key: Key | undefined }[]>();
  readonly forgotten = new Map<string, number>();
  readonly keys = new Map<Key, KeyedOutcome>();
  /** Rows of the application's own table. */
  notes = 0;

  head = (bucket: string): number => this.logs.get(bucket)?.length ?? 0;
  oldest = (bucket: string): number => (this.forgotten.get(bucket) ?? 0) + 1;

  perform(task: Task): CommitOutcome<number> | KeyedOutcome | Error {
    const known = task.key && this.keys.get(task.key);
    if (task.type === "cancel") {
      const outcome = known ?? { type: "cancelled" };
      this.keys.set(task.key, outcome);
      return outcome;
    }
    if (known) return { type: "known", outcome: known };
    if (task.throws) return THROWN;
    const at: Record<string, number> = {};
    for (const [bucket, data] of task.appends) {
      const log = this.logs.get(bucket) ?? [];
      this.logs.set(bucket, log);
      at[bucket] = log.push({ data, key: task.key });
    }
    if (task.writes) this.notes++;
    const output = task.appends.length;
    if (task.key) {
      const { method, inputHash } = keyed(task.key);
      this.keys.set(task.key, { type: "result", method, inputHash, output, at });
    }
    return { type: "committed", output, at };
  }

  /** How many of the bucket's oldest updates are too many. */
  surplus(bucket: string, updatesMax: number): number {
    return Math.max(this.head(bucket) - this.oldest(bucket) + 1 - updatesMax, 0);
  }
}

/** The store under test; for SQLite two connections to one file, as two processes have. */
class World {
  readonly model = new Model();
  readonly #kind: StoreKind;
  readonly #bed = new StoreBed();
  #stores: ServerStore[] = [];
  /** The last number that the first connection was told of, by bucket; none after a doubt. */
  #told = new Map<string, number>();

  constructor(kind: StoreKind) {
    this.#kind = kind;
    this.#open();
  }

  async perform(step: Step): Promise<void> {
    if (step.type === "tick") await this.#tick(step.tasks, step.by);
    else if (step.type === "trim") await this.#trim(step.updatesMax, step.rowsMax);
    else if (this.#kind === "sqlite") {
      await this.close();
      this.#open();
    }
    await this.#compare();
  }

  async close(): Promise<void> {
    await this.#bed.finish(Promise.all(this.#stores.map((store) => store.close())));
  }

  #open(): void {
    const { clock, path } = this.#bed;
    this.#stores =
      this.#kind === "memory"
        ? [this.#bed.open("memory")]
        : [sqliteStore({ path, clock }), sqliteStore({ path, clock })];
    this.#told.clear();
    this.#first.watch((notice) => this.#hear(notice));
  }

  get #first(): ServerStore {
    const [first] = this.#stores;
    if (!first) throw new Error("closed");
    return first;
  }

  #hear(notice: StoreNotice): void {
    if (notice.type === "doubt") return this.#told.clear();
    const { bucket, after, updates } = notice;
    expect(after).toBe(this.#told.get(bucket) ?? after);
    for (const [index, { seq }] of updates.entries()) expect(seq).toBe(after + 1 + index);
    this.#told.set(bucket, after + updates.length);
  }

  async #tick(tasks: readonly Task[], by: number): Promise<void> {
    const store = this.#stores[by] ?? this.#first;
    const results = await this.#bed.finish(
      Promise.allSettled(
        tasks.map((task): Promise<unknown> =>
          task.type === "cancel"
            ? store.cancel(keyed(task.key), 0)
            : store.commit({
                ...(task.key && { call: keyed(task.key) }),
                run: (tx) => this.#run(task, tx),
              }),
        ),
      ),
    );
    const actual = results.map((result): unknown =>
      result.status === "fulfilled" ? result.value : result.reason,
    );
    expect(actual).toEqual(tasks.map((task) => this.model.perform(task)));
  }

  #run({ appends, writes, throws }: Unit, tx: StoreTransaction): number {
    if (writes && this.#kind === "sqlite") {
      const db = tx.db as UnitDatabase;
      db.exec("create table if not exists notes (n)");
      db.prepare("insert into notes values (1)").run();
    }
    for (const [bucket, data] of appends) tx.append(bucket, data, 0);
    if (throws) throw THROWN;
    return appends.length;
  }

  /** From which bucket rows go first is the store's affair; how many go is not. */
  async #trim(updatesMax: number, rowsMax: number): Promise<void> {
    const { model } = this;
    const retention = { updateAgeMs: Infinity, updatesMax, keyMs: Infinity };
    const gone = await this.#bed.finish(this.#first.trim(retention, 0, rowsMax));
    let sum = 0;
    let surplus = 0;
    for (const { bucket, oldest } of await this.#bed.finish(this.#first.ranges(BUCKETS))) {
      const from = oldest - model.oldest(bucket);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(from).toBeLessThanOrEqual(model.surplus(bucket, updatesMax));
      surplus += model.surplus(bucket, updatesMax);
      sum += from;
      model.forgotten.set(bucket, oldest - 1);
    }
    expect([gone, sum]).toEqual([sum, Math.min(surplus, rowsMax)]);
  }

  async #compare(): Promise<void> {
    const { model } = this;
    for (const store of this.#stores) {
      const ranges = await this.#bed.finish(store.ranges(BUCKETS));
      expect(ranges.map(({ head, oldest }) => [head, oldest])).toEqual(
        BUCKETS.map((bucket) => [model.head(bucket), model.oldest(bucket)]),
      );
      const requests = ranges.map(({ bucket, oldest }) => ({ bucket, after: oldest - 1 }));
      const pages = await this.#bed.finish(store.read(requests, { updates: 99, bytes: 9_999 }));
      for (const { bucket, after, updates } of pages) {
        const expected = (model.logs.get(bucket) ?? []).slice(after);
        expect(updates.map(({ data, key }) => ({ data, key }))).toEqual(expected);
      }
      for (const key of KEYS) {
        const outcome = await this.#bed.finish(store.outcome(keyed(key)));
        expect(outcome).toEqual(model.keys.get(key));
      }
    }
    for (const [bucket, seq] of this.#told) expect(seq).toBe(model.head(bucket));
    if (this.#kind === "sqlite") expect(await this.#notes()).toBe(model.notes);
  }

  async #notes(): Promise<number> {
    const run = (tx: StoreTransaction): unknown => {
      const db = tx.db as UnitDatabase;
      db.exec("create table if not exists notes (n)");
      return db.prepare("select count(*) as count from notes").get()?.["count"];
    };
    const outcome = await this.#bed.finish(this.#first.commit({ run }));
    return outcome.type === "committed" ? Number(outcome.output) : Number.NaN;
  }
}

const isDeep = process.env["HOLDFAST_DEEP"] === "1";

describe.each(storeKinds)("the %s store", (kind) => {
  test("does what the model does, whatever is asked of it", async () => {
    const life = fc.asyncProperty(steps, async (taken) => {
      const world = new World(kind);
      for (const step of taken) await world.perform(step);
      await world.close();
    });
    // A driver may let go of a closed file only when garbage is collected, and files are few.
    const [deep, shallow] = kind === "memory" ? [5_000, 150] : [1_000, 40];
    await fc.assert(life, { numRuns: isDeep ? deep : shallow });
  });
});
