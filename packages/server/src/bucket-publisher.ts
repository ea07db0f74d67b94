/**
 * What may be appended to a bucket: checks an update against the contract and the limits, and gives
 * it its place within a unit of work.
 */
import { bucketKind, EncodeError, isName } from "@holdfast/protocol";
import type { BucketKey, Contract, WireLimits } from "@holdfast/protocol";

import type { Clock } from "./base/clock.ts";
import type { Published, PublishOptions } from "./call-context.ts";
import type { ServerCodec } from "./outbox.ts";
import { SharedMessage } from "./outbox.ts";
import type { PreparedPushes } from "./prepared-pushes.ts";
import type { StoreTransaction } from "./server-store.ts";

/** Why an update was not appended. */
export type PublishErrorCode =
  /** The contract has no such kind of bucket, or the key is no name of the wire. */
  | "unknownBucket"
  /** The data does not fit the contract, or its validator threw or is asynchronous. */
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

export class BucketPublisher {
  readonly #contract: Contract;
  readonly #codec: ServerCodec;
  readonly #limits: WireLimits;
  readonly #clock: Clock;
  readonly #prepared: PreparedPushes;

  /** `codec` is the one by which the size of an update is measured. */
  constructor(
    contract: Contract,
    codec: ServerCodec,
    limits: WireLimits,
    clock: Clock,
    prepared: PreparedPushes,
  ) {
    this.#contract = contract;
    this.#codec = codec;
    this.#limits = limits;
    this.#clock = clock;
    this.#prepared = prepared;
  }

  /** Throws `PublishError` before anything was appended, or what the store throws. */
  append(
    tx: StoreTransaction,
    bucket: BucketKey,
    data: unknown,
    { at = this.#clock.wallNow() }: PublishOptions = {},
  ): Published {
    const checked = this.#check(bucket, data);
    const time = Math.floor(at);
    if (!Number.isSafeInteger(time) || time < 0) {
      throw new PublishError("badData", "An update's time must be epoch milliseconds.");
    }
    const { epoch, head } = tx.head(bucket);
    const update = { seq: head + 1, at: time, data: checked };
    const message = new SharedMessage({
      type: "updates",
      bucket,
      epoch,
      after: head,
      upTo: update.seq,
      updates: [update],
    });
    this.#measure(message);
    const { seq } = tx.append(bucket, checked, time);
    // What was measured is what will be pushed: one encoding serves both.
    this.#prepared.add(bucket, epoch, update, message);
    return { bucket, epoch, seq, at: time };
  }

  #check(bucket: BucketKey, data: unknown): unknown {
    const isKnown = Object.hasOwn(this.#contract.buckets, bucketKind(bucket));
    if (!isKnown || !isName(bucket, this.#limits.nameLength)) {
      throw new PublishError("unknownBucket", "There is no such bucket.");
    }
    const schema = this.#contract.buckets[bucketKind(bucket)]?.data;
    if (!schema) return data;
    const result = validated(() => schema["~standard"].validate(data));
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

function validated<Result>(validate: () => Result): Result {
  try {
    return validate();
  } catch (error) {
    throw new PublishError("badData", "A bucket's validator threw.", error);
  }
}
