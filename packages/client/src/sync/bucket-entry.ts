/** One bucket as sync knows it: who wants it, what runs for it, and what is told of it. */
import type { BucketKey } from "@holdfast/protocol";
import { Cell } from "../base/source.ts";
import type { BucketExecutor } from "./bucket-executor.ts";
import { stateOf } from "./bucket-model.ts";
import { CLOSED_BUCKET } from "./bucket-state.ts";
import type { BucketState } from "./bucket-state.ts";
import { BACKGROUND } from "./fetch-limiter.ts";
import { IDLE } from "./sync-activity.ts";
import type { BucketActivity } from "./sync-activity.ts";
import type { SyncRemote } from "./sync-remote.ts";

export class BucketEntry {
  readonly bucket: BucketKey;
  /** Another one for each account. */
  executor: BucketExecutor;
  /** Those who have it open. */
  readonly openings: Set<{ readonly priority: number }> = new Set();
  /** It is in debt, and is kept until that is paid. */
  isBackground = false;
  /** The session in which the server last subscribed us to it by itself. */
  namedBy: SyncRemote | undefined;
  /** What it is counted with. */
  activity: BucketActivity = IDLE;
  readonly state: Cell<BucketState>;

  constructor(bucket: BucketKey, executor: BucketExecutor, onError: (error: unknown) => void) {
    this.bucket = bucket;
    this.executor = executor;
    this.state = new Cell(CLOSED_BUCKET, onError);
  }

  get isOpen(): boolean {
    return this.openings.size > 0;
  }

  get isWanted(): boolean {
    return this.isOpen || this.isBackground || !!this.namedBy;
  }

  /** Nobody wants it, nobody looks at it, and nothing runs for it. */
  get isUnused(): boolean {
    return !this.isWanted && this.state.subscriberCount === 0 && !this.executor.model.work;
  }

  prioritise(): void {
    let priority = BACKGROUND;
    for (const opening of this.openings) priority = Math.max(priority, opening.priority);
    this.executor.priority = priority;
  }

  /** Tells how the bucket stands, if that has changed. */
  publish(): void {
    const before = this.state.current;
    const now = stateOf(this.executor.model);
    const isSame =
      now.phase === before.phase &&
      now.cursor === before.cursor &&
      now.head === before.head &&
      now.error === before.error;
    if (!isSame) this.state.set(now);
  }
}
