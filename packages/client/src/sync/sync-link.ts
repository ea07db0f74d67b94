/** What the present session was asked, and which of its words are of the past. */
import type { BucketKey, BucketPosition } from "@holdfast/protocol";
import type { Cursor } from "./apply-updates.ts";
import type { SyncRemote } from "./sync-remote.ts";

export class SyncLink {
  #remote: SyncRemote | undefined;
  /** Collects what the hello asks for. */
  #hello: BucketPosition[] | undefined;
  /** How many of our `unsubscribe`s have no answer yet. */
  readonly #leaving = new Map<BucketKey, number>();

  /** Of the session that is attached. */
  get remote(): SyncRemote | undefined {
    return this.#remote;
  }

  /** Another session, or none. What `ask` subscribes to, within this call, is for the hello. */
  become(remote: SyncRemote | undefined, ask: () => void): readonly BucketPosition[] {
    this.#remote = remote;
    this.#leaving.clear();
    const positions: BucketPosition[] = (this.#hello = []);
    ask();
    this.#hello = undefined;
    return positions;
  }

  subscribe(bucket: BucketKey, cursor: Cursor | undefined): void {
    const position = cursor ? { bucket, epoch: cursor.epoch, after: cursor.seq } : { bucket };
    if (this.#hello) this.#hello.push(position);
    else this.#remote?.subscribe([position]);
  }

  unsubscribe(bucket: BucketKey): void {
    if (!this.#remote) return;
    this.#leaving.set(bucket, (this.#leaving.get(bucket) ?? 0) + 1);
    this.#remote.unsubscribe([bucket]);
  }

  /** Until our `unsubscribe` is answered, what comes belongs to a subscription that is gone. */
  isLeaving(bucket: BucketKey): boolean {
    return this.#leaving.has(bucket);
  }

  /** One of our `unsubscribe`s was answered. */
  left(bucket: BucketKey): void {
    const open = (this.#leaving.get(bucket) ?? 0) - 1;
    if (open > 0) this.#leaving.set(bucket, open);
    else this.#leaving.delete(bucket);
  }
}
