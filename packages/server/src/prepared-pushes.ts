/**
 * Updates that were encoded when their size was measured, until their commit has ended: the push
 * takes the same encoding. What does not match to the letter is encoded anew, so a unit that was
 * undone can never lend its words to another's number.
 */
import type { BucketKey, Update } from "@holdfast/protocol";

import type { SharedMessage } from "./outbox.ts";

interface Prepared {
  readonly epoch: string;
  readonly update: Update;
  readonly message: SharedMessage;
}

export class PreparedPushes {
  readonly #byPlace = new Map<string, Prepared>();

  /** How many wait for the end of their commit. */
  get size(): number {
    return this.#byPlace.size;
  }

  add(bucket: BucketKey, epoch: string, update: Update, message: SharedMessage): void {
    this.#byPlace.set(placeOf(bucket, update.seq), { epoch, update, message });
  }

  /** The encoded push of exactly this update, if there is one. */
  find(bucket: BucketKey, epoch: string, update: Update): SharedMessage | undefined {
    const prepared = this.#byPlace.get(placeOf(bucket, update.seq));
    const isSame =
      prepared?.epoch === epoch &&
      prepared.update.at === update.at &&
      prepared.update.data === update.data;
    return isSame ? prepared.message : undefined;
  }

  /** The commit has ended, one way or the other. */
  forget(bucket: BucketKey, seq: number): void {
    this.#byPlace.delete(placeOf(bucket, seq));
  }
}

/** No bucket's name has a NUL. */
function placeOf(bucket: BucketKey, seq: number): string {
  return `${bucket}\0${seq}`;
}
