/** Publishing: checks an update, gives it its place in the bucket, and pushes it to subscribers. */
import { bucketKind, EncodeError } from "@holdfast/protocol";
import type { BucketKey, Contract, WireLimits } from "@holdfast/protocol";

import type { BucketLog } from "./bucket-log.ts";
import type { Published, PublishOptions } from "./call-context.ts";
import { SharedMessage } from "./outbox.ts";
import type { ServerCodec } from "./outbox.ts";
import type { Subscribers } from "./subscribers.ts";

export type PublishErrorCode =
  /** The contract has no such kind of bucket, or the key is too long. */
  | "unknownBucket"
  /** The data does not fit the contract, or its validator is asynchronous. */
  | "badData"
  /** Larger than `limits.updateBytes`, counted with the message around it. */
  | "tooLarge"
  /** The codec cannot write it. */
  | "notEncodable";

/** An update was not appended. Its text holds no data. */
export class PublishError extends Error {
  override readonly name = "PublishError";
  readonly code: PublishErrorCode;

  constructor(code: PublishErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** `Publish` without its types, as the inside has it: the contract is checked at run time. */
export type PublishAny = (bucket: BucketKey, data: unknown, options?: PublishOptions) => Published;

export class BucketPublisher {
  readonly #contract: Contract;
  readonly #log: BucketLog;
  readonly #subscribers: Subscribers;
  readonly #codec: ServerCodec;
  readonly #limits: WireLimits;

  /** `codec` is the one by which the size of an update is measured. */
  constructor(
    contract: Contract,
    log: BucketLog,
    subscribers: Subscribers,
    codec: ServerCodec,
    limits: WireLimits,
  ) {
    this.#contract = contract;
    this.#log = log;
    this.#subscribers = subscribers;
    this.#codec = codec;
    this.#limits = limits;
  }

  /** Is there such a bucket? Every key of a kind in the contract names one. */
  knows(bucket: BucketKey): boolean {
    return Object.hasOwn(this.#contract.buckets, bucketKind(bucket));
  }

  /** Synchronous from the check to the push, so that numbers and pushes have the same order. */
  publish(bucket: BucketKey, data: unknown, options: Required<PublishOptions>): Published {
    const checked = this.#check(bucket, data);
    if (!Number.isSafeInteger(options.at) || options.at < 0) {
      throw new PublishError("badData", "An update's time must be epoch milliseconds.");
    }
    const { epoch, head } = this.#log.head(bucket);
    const update = { seq: head + 1, at: options.at, data: checked };
    const message = new SharedMessage({
      type: "updates",
      bucket,
      epoch,
      after: head,
      upTo: update.seq,
      updates: [update],
    });
    this.#measure(message);
    this.#log.append(bucket, update);
    this.#subscribers.push(bucket, message);
    return { bucket, epoch, seq: update.seq, at: update.at };
  }

  #check(bucket: BucketKey, data: unknown): unknown {
    const isName = bucket.length <= this.#limits.nameLength && !bucket.includes("\0");
    if (!this.knows(bucket) || !isName) {
      throw new PublishError("unknownBucket", "There is no such bucket.");
    }
    const schema = this.#contract.buckets[bucketKind(bucket)]?.data;
    if (!schema) return data;
    const result = schema["~standard"].validate(data);
    if (result instanceof Promise) {
      // Nobody waits for it, and what it rejects with must not end the process.
      result.catch(() => undefined);
      throw new PublishError("badData", "A bucket's validator must be synchronous.");
    }
    if (result.issues) throw new PublishError("badData", "The update breaks the contract.");
    return result.value;
  }

  #measure(message: SharedMessage): void {
    try {
      const { bytes } = message.in(this.#codec, this.#limits.nesting);
      if (bytes <= this.#limits.updateBytes) return;
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      const code = error.code === "tooDeep" ? "tooLarge" : "notEncodable";
      throw new PublishError(code, "The update cannot be encoded.", error);
    }
    throw new PublishError("tooLarge", `The update is over ${this.#limits.updateBytes} bytes.`);
  }
}
