/**
 * The app's side of the bargain, in memory: rows and the cursor that they follow, changed together.
 * Commits can fail, can wait to be let through, and can lose against another tab.
 */
import type {
  ApplyOutcome,
  BucketHooks,
  Cursor,
  Snapshot,
  UpdateBatch,
} from "../../../src/sync/apply-updates.ts";
import type { LogServer } from "./log-server.ts";

/** More than the delays between tries allow in any of our worlds. */
const IN_VAIN_MAX = 1_000;

export interface Stored {
  readonly cursor: Cursor;
  readonly rows: readonly unknown[];
}

export class AppStore {
  readonly stored = new Map<string, Stored>();
  readonly batches: UpdateBatch[] = [];
  readonly snapshots: string[] = [];
  /** So many of the next commits throw. */
  failures = 0;
  /** So many of the next snapshots throw. */
  snapshotFailures = 0;
  /** Commits wait in `waiting` to be let through. */
  isSlow = false;
  readonly waiting: (() => void)[] = [];
  /** The buckets that are being stored, and whether one ever was twice at a time. */
  busy = new Set<string>();
  wasDoubled = false;
  /** How often it was asked in vain. A client that asks without end is let off, and known by it. */
  #inVain = 0;
  get wasPestered(): boolean {
    return this.#inVain > IN_VAIN_MAX;
  }

  cursor(bucket: string): Cursor | undefined {
    return this.stored.get(bucket)?.cursor;
  }

  commit(
    bucket: string,
    from: Cursor | undefined,
    to: Cursor,
    rows: (before: readonly unknown[]) => readonly unknown[],
  ): ApplyOutcome | Promise<ApplyOutcome> {
    const act = (): ApplyOutcome => {
      if (this.failures > 0) {
        this.failures = this.wasPestered ? 0 : this.failures - 1;
        this.#inVain++;
        throw new Error("the disk is full");
      }
      const before = this.stored.get(bucket);
      const isSame = before?.cursor.epoch === from?.epoch && before?.cursor.seq === from?.seq;
      if (!isSame) return { moved: before?.cursor };
      this.stored.set(bucket, { cursor: to, rows: rows(before?.rows ?? []) });
    };
    return this.slowly(bucket, act);
  }

  /** Does it now, or once it is let through. */
  slowly<T>(bucket: string, act: () => T): T | Promise<T> {
    const { busy } = this;
    if (busy.has(bucket)) this.wasDoubled = true;
    if (!this.isSlow) return act();
    busy.add(bucket);
    return new Promise((resolve, reject) => {
      this.waiting.push(() => {
        busy.delete(bucket);
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Nobody waits any more for what is being stored. */
  forsake(): void {
    this.busy = new Set();
  }

  /** The next commit that waits is let through. */
  letThrough(): boolean {
    const act = this.waiting.shift();
    act?.();
    return act !== undefined;
  }

  hooks(): BucketHooks {
    return {
      cursor: (bucket) => this.cursor(bucket),
      apply: (batch) => {
        this.batches.push(batch);
        const news = batch.updates.map(({ data }) => data);
        return this.commit(batch.bucket, batch.from, batch.to, (rows) => [...rows, ...news]);
      },
    };
  }

  /** The same, with snapshots of what the server shows. */
  snapshotHooks(server: LogServer): BucketHooks {
    const snapshot: NonNullable<BucketHooks["snapshot"]> = ({ bucket, reason }) => {
      this.snapshots.push(`${bucket} ${reason}`);
      if (this.snapshotFailures-- > 0) return Promise.reject(new Error("no snapshot"));
      this.snapshotFailures = 0;
      return Promise.resolve(this.snapshotOf(server, bucket));
    };
    return { ...this.hooks(), from: "start", snapshot };
  }

  snapshotOf(server: LogServer, bucket: string): Snapshot {
    const cursor = { epoch: server.log(bucket).epoch, seq: server.head(bucket) };
    const rows = server.visible(bucket);
    return { cursor, commit: (from) => this.commit(bucket, from, cursor, () => rows) };
  }

  /** Another tab of the same app stores up to `count` updates more. */
  anotherTab(server: LogServer, bucket: string, count: number): void {
    const { epoch, oldest } = server.log(bucket);
    const from = this.cursor(bucket);
    if (from ? from.epoch !== epoch || from.seq + 1 < oldest : oldest > 1) return;
    const after = from?.seq ?? 0;
    const upTo = Math.min(server.head(bucket), after + count);
    if (upTo <= after) return;
    this.stored.set(bucket, { cursor: { epoch, seq: upTo }, rows: server.visible(bucket, upTo) });
  }
}
