/**
 * A run of a bucket's updates, on its way to many readers. What all of them get is encoded once for
 * each codec; once more for the sessions of an author, who sees the keys of its own updates.
 */
import type { BucketKey, ServerMessage, Update, UpdateRun } from "@holdfast/protocol";

import { SharedMessage } from "./outbox.ts";
import type { LogUpdate } from "./server-store.ts";

/** For whom a run is read. */
export interface RunReader {
  /** Whose keys it may see; undefined where it speaks no `keys`. */
  readonly author: string | undefined;
  /** What it may see; undefined: everything. */
  readonly sees: ((update: Update) => boolean) | undefined;
}

/** Gapless from `after` to the last of `updates`. */
export class BucketRun {
  readonly bucket: BucketKey;
  readonly epoch: string;
  readonly after: number;
  readonly #updates: readonly LogUpdate[];
  #stored: readonly LogUpdate[] | undefined;
  #plain: SharedMessage | undefined;
  #own: Map<string, SharedMessage> | undefined;
  #singles: readonly BucketRun[] | undefined;
  #gap: SharedMessage | undefined;

  /** `plain`: the message as everybody but its author gets it, where it was encoded before. */
  constructor(
    bucket: BucketKey,
    epoch: string,
    after: number,
    updates: readonly LogUpdate[],
    plain?: SharedMessage,
  ) {
    this.bucket = bucket;
    this.epoch = epoch;
    this.after = after;
    this.#updates = updates;
    this.#plain = plain;
    // It may be encoded for another codec, when the application has changed its object.
    plain?.continueAs(() => this.#messageOf({ author: undefined, sees: undefined }));
  }

  /** As they are stored, whenever they are asked for: most runs are pushed without. */
  get updates(): readonly LogUpdate[] {
    return (this.#stored ??= this.#updates.map((update) => update.stored?.() ?? update));
  }

  get upTo(): number {
    return this.after + this.#updates.length;
  }

  /** The part that follows this number. */
  beyond(seq: number): BucketRun {
    if (seq <= this.after) return this;
    return new BucketRun(this.bucket, this.epoch, seq, this.#updates.slice(seq - this.after));
  }

  /** The same update by update, where it cannot be said at once. */
  get singles(): readonly BucketRun[] {
    const { bucket, epoch } = this;
    return (this.#singles ??= this.#updates.map(
      (update) => new BucketRun(bucket, epoch, update.seq - 1, [update]),
    ));
  }

  /** The push for readers that cannot be told what is in it: all of it is skipped. */
  get gap(): SharedMessage {
    const { bucket, epoch, after, upTo } = this;
    const run = { bucket, epoch, after, upTo, updates: [], skipped: [[after + 1, upTo]] } as const;
    return (this.#gap ??= new SharedMessage({ type: "updates", ...run }));
  }

  /** The push for this reader. */
  messageFor({ author, sees }: RunReader): SharedMessage {
    if (sees) return new SharedMessage(this.#messageOf({ author, sees }));
    if (author === undefined || !this.#isOf(author)) {
      return (this.#plain ??= new SharedMessage(this.#messageOf({ author: undefined, sees })));
    }
    this.#own ??= new Map();
    let own = this.#own.get(author);
    if (!own) this.#own.set(author, (own = new SharedMessage(this.#messageOf({ author, sees }))));
    return own;
  }

  #isOf(author: string): boolean {
    return this.#updates.some(({ key, account }) => key !== undefined && account === author);
  }

  #messageOf(reader: RunReader): ServerMessage {
    return { type: "updates", ...runFor(this, reader) };
  }
}

/** A run as this reader gets it: without what is not for it, and every number accounted for. */
export function runFor(
  run: Pick<BucketRun, "bucket" | "epoch" | "after" | "upTo" | "updates">,
  { author, sees }: RunReader,
): UpdateRun {
  const { bucket, epoch, after, upTo } = run;
  const updates: Update[] = [];
  const skipped: [number, number][] = [];
  for (const { seq, at, data, account, key } of run.updates) {
    const isOwn = key !== undefined && author !== undefined && account === author;
    const update = isOwn ? { seq, at, data, key } : { seq, at, data };
    if (!sees || sees(update)) {
      updates.push(update);
      continue;
    }
    const last = skipped.at(-1);
    if (last?.[1] === seq - 1) last[1] = seq;
    else skipped.push([seq, seq]);
  }
  return { bucket, epoch, after, upTo, updates, ...(skipped.length > 0 && { skipped }) };
}
