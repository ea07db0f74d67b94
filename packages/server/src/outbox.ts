/**
 * What waits to be written to one session. Messages are encoded as they come, so that one which
 * cannot be written fails alone; what is said in one tick leaves in one frame, within the limits.
 */
import { EncodeError } from "@holdfast/protocol";
import type {
  ClientMessage,
  Codec,
  Failure,
  FailureCode,
  Frame,
  Page,
  Result,
  ServerMessage,
  Update,
  WireLimits,
} from "@holdfast/protocol";

import { ownFailure } from "./call-failure.ts";
import { firstHalf, pageWith } from "./half-page.ts";

/**
 * So many messages are worth a frame of their own before the tick ends: the client works on them
 * while the server goes on. With 64 calls in flight and two processors it nearly doubles the rate.
 */
const WORTH_A_FRAME = 32;
/** Large messages wait for the end of the tick, where the buffer is judged. */
const WORTH_A_FRAME_BYTES_MAX = 65_536;

/** A codec as a server uses it. */
export type ServerCodec = Codec<ClientMessage, ServerMessage>;

/** One message for many sessions, encoded once for each codec. */
export class SharedMessage {
  #make: () => ServerMessage;
  readonly #encoded = new Map<ServerCodec, EncodedPart>();
  /** Kept, so that what cannot be said is not tried again for each of many. */
  #faults: Map<ServerCodec, EncodeError> | undefined;

  constructor(message: ServerMessage) {
    this.#make = () => message;
  }

  /** Encodings that are there stay; for other codecs it is what this makes of the same message. */
  continueAs(make: () => ServerMessage): void {
    this.#make = make;
  }

  /** Throws `EncodeError`. */
  in(codec: ServerCodec, nestingMax: number): EncodedPart {
    let encoded = this.#encoded.get(codec);
    if (!encoded) {
      encoded = this.#encode(codec, nestingMax);
      this.#encoded.set(codec, encoded);
    }
    return encoded;
  }

  #encode(codec: ServerCodec, nestingMax: number): EncodedPart {
    const known = this.#faults?.get(codec);
    if (known) throw known;
    try {
      const part = codec.encode(this.#make(), nestingMax);
      return { part, bytes: codec.sizeOf(part) };
    } catch (error) {
      if (error instanceof EncodeError) (this.#faults ??= new Map()).set(codec, error);
      throw error;
    }
  }
}

interface EncodedPart {
  readonly part: unknown;
  readonly bytes: number;
}

export class Outbox {
  readonly #codec: ServerCodec;
  readonly #limits: WireLimits;
  #waiting: EncodedPart[] = [];
  #bytes = 0;

  constructor(codec: ServerCodec, limits: WireLimits) {
    this.#codec = codec;
    this.#limits = limits;
  }

  /**
   * Adds a message. An answer that cannot be written, or not in one frame, becomes a failure, and
   * the reason is returned for the report; any other such message is our own bug and throws.
   */
  add(message: ServerMessage): EncodeError | undefined {
    try {
      this.#keep(this.#encode(message));
      return undefined;
    } catch (error) {
      const isAnswer = message.type === "result" || message.type === "failure";
      if (!(error instanceof EncodeError) || !isAnswer) throw error;
      this.#keep(this.#encode(substitute(message, error)));
      return error;
    }
  }

  /**
   * Adds of a page what a frame can hold, and returns that: pages are measured as they are stored,
   * and a codec may need more for the same. An update that cannot be said even by itself is left
   * out, and `leftOut` hears its number: nobody would ever get past it.
   */
  addPage(page: Page, leftOut: (seq: number) => void): Page {
    for (let said = page; ;) {
      try {
        this.#keep(this.#encode(said));
        return said;
      } catch (error) {
        if (!(error instanceof EncodeError)) throw error;
        if (error instanceof TooLarge && said.upTo - said.after > 1) {
          said = firstHalf(said);
          continue;
        }
        const rest = said.updates.filter((update) => this.#canSay(said, update));
        if (rest.length === said.updates.length) throw error;
        const kept = new Set(rest);
        for (const update of said.updates) if (!kept.has(update)) leftOut(update.seq);
        said = pageWith(said, rest);
      }
    }
  }

  #canSay(page: Page, update: Update): boolean {
    const { seq } = update;
    try {
      this.#encode(pageWith({ ...page, after: seq - 1, upTo: seq }, [update]));
      return true;
    } catch (error) {
      if (error instanceof EncodeError) return false;
      throw error;
    }
  }

  /**
   * Adds a message unless it has more bytes than these, or a frame, or cannot be written. Returns
   * how many it has; 0: it was not added.
   */
  addWithin(message: ServerMessage, bytesMax: number): number {
    try {
      return this.#keepWithin(this.#measured(message), bytesMax);
    } catch (error) {
      return noneFor(error);
    }
  }

  /** The same of a message that many get. */
  addShared(message: SharedMessage): number {
    try {
      return this.#keepWithin(message.in(this.#codec, this.#limits.nesting), Infinity);
    } catch (error) {
      return noneFor(error);
    }
  }

  /** Enough waits that it should not wait for the end of the tick. */
  get isWorthAFrame(): boolean {
    return this.#waiting.length >= WORTH_A_FRAME && this.#bytes <= WORTH_A_FRAME_BYTES_MAX;
  }

  #keepWithin(encoded: EncodedPart, bytesMax: number): number {
    if (encoded.bytes > Math.min(bytesMax, this.#limits.frameBytes)) return 0;
    this.#keep(encoded);
    return encoded.bytes;
  }

  #keep(encoded: EncodedPart): void {
    this.#waiting.push(encoded);
    this.#bytes += encoded.bytes;
  }

  /** Takes everything out, in order, in as few frames as the limits allow. */
  take(): readonly Frame[] {
    const waiting = this.#waiting;
    if (waiting.length === 0) return [];
    this.#waiting = [];
    this.#bytes = 0;
    const frames: Frame[] = [];
    let parts: unknown[] = [];
    // Joining n parts adds at most n + 1 bytes.
    let bytes = 1;
    for (const { part, bytes: size } of waiting) {
      const isFull = parts.length >= this.#limits.messagesPerFrame;
      if (parts.length > 0 && (isFull || bytes + size + 1 > this.#limits.frameBytes)) {
        frames.push(this.#codec.join(parts));
        parts = [];
        bytes = 1;
      }
      parts.push(part);
      bytes += size + 1;
    }
    frames.push(this.#codec.join(parts));
    return frames;
  }

  #encode(message: ServerMessage): EncodedPart {
    const encoded = this.#measured(message);
    if (encoded.bytes > this.#limits.frameBytes) throw new TooLarge();
    return encoded;
  }

  #measured(message: ServerMessage): EncodedPart {
    const part = this.#codec.encode(message, this.#limits.nesting);
    return { part, bytes: this.#codec.sizeOf(part) };
  }
}

/** Nothing was added, where the message is to blame. */
function noneFor(error: unknown): 0 {
  if (error instanceof EncodeError) return 0;
  throw error;
}

/** It can be encoded, but no frame can hold it. */
export class TooLarge extends EncodeError {
  constructor() {
    super("notEncodable");
  }
}

/** The failure that takes the place of an output that cannot be sent. */
export function outputFailure(id: number, error: EncodeError, what: string = "output"): Failure {
  const isLarge = error instanceof TooLarge || error.code === "tooDeep";
  const code: FailureCode = isLarge ? "tooLarge" : "badOutput";
  return ownFailure(id, code, `the ${what} cannot be sent`);
}

function substitute({ type, id }: Result | Failure, error: EncodeError): Failure {
  return outputFailure(id, error, type === "result" ? "output" : "failure's data");
}
