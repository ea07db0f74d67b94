/** What sync is doing over all buckets, in numbers. */
import { Cell } from "../base/source.ts";
import { isCatchingUp } from "./bucket-model.ts";
import type { BucketModel } from "./bucket-model.ts";

/** How many buckets wait for their turn, fetch (or make a snapshot), and store. */
export interface SyncActivity {
  readonly queued: number;
  readonly fetching: number;
  readonly applying: number;
}

/** One bucket's part in it. */
export interface BucketActivity extends SyncActivity {
  /** 1 while something is missing and something is done about it. */
  readonly updating: number;
}

export const IDLE: BucketActivity = { queued: 0, fetching: 0, applying: 0, updating: 0 };

export function activityOf(model: BucketModel): BucketActivity {
  const work = model.work?.type;
  return {
    queued: Number(model.turn === "queued"),
    fetching: Number(work === "fetch" || work === "snapshot"),
    applying: Number(work === "apply" || work === "commit"),
    updating: Number(isCatchingUp(model)),
  };
}

/** Adds the buckets up. */
export class ActivityMeter {
  readonly activity: Cell<SyncActivity> = new Cell<SyncActivity>({
    queued: 0,
    fetching: 0,
    applying: 0,
  });
  readonly isUpdating: Cell<boolean> = new Cell(false);
  #updating = 0;

  /** One bucket went from `before` to `now`. */
  change(before: BucketActivity, now: BucketActivity): void {
    const { queued, fetching, applying } = this.activity.current;
    const next = {
      queued: queued + now.queued - before.queued,
      fetching: fetching + now.fetching - before.fetching,
      applying: applying + now.applying - before.applying,
    };
    const isSame =
      next.queued === queued && next.fetching === fetching && next.applying === applying;
    if (!isSame) this.activity.set(next);
    this.#updating += now.updating - before.updating;
    const isUpdating = this.#updating > 0;
    if (isUpdating !== this.isUpdating.current) this.isUpdating.set(isUpdating);
  }
}
