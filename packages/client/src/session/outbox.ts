/**
 * What waits to be written in one session. Messages wait unencoded until the end of the tick; what
 * is said in one tick travels in one frame, and a single message is not delayed for company. While
 * the platform's buffer is above its soft mark no calls are written.
 */
import { DEFAULT_WIRE_LIMITS } from "@holdfast/protocol";
import type { ClientMessage, Codec, WireLimits } from "@holdfast/protocol";
import type { Cancel, Clock, Millis } from "../base/clock.ts";
import type { Transport } from "../transport/transport.ts";
import type { CallLink, Calls } from "./calls.ts";

/** Bytes in the platform's buffer above which calls wait. */
export const SEND_SOFT_MARK = 262_144;

/**
 * The largest frame that is ever written, whatever the server would take. With the soft mark it
 * bounds what the platform must hold. A call that is larger fails with `tooLarge`.
 */
export const SEND_HARD_MARK = 4_194_304;

/** How long the buffer may stay above the soft mark, without shrinking, until it is reported. */
export const SEND_STALL_MS = 2_000;

/** How often the buffer is looked at while calls wait for it. */
const POLL_MS = 20;

/** What an outbox is made of. */
export interface OutboxOptions {
  readonly clock: Clock;
  readonly codec: Pick<Codec<unknown, ClientMessage>, "encode" | "sizeOf" | "join">;
  readonly calls: Calls;
}

/**
 * What an outbox reports: a frame could not be written, the buffer does not shrink, no call is in
 * flight.
 */
export type OutboxFact = "sendFailed" | "sendStalled" | "drained";

type Report = (fact: OutboxFact, detail?: string) => void;
type OutboxTransport = Pick<Transport, "send" | "bufferedBytes">;

/** A message on its way into a frame. */
interface Encoded {
  readonly part: unknown;
  readonly bytes: number;
  /** The id of a call; 0 for every other message. */
  readonly callId: number;
}

export class Outbox implements CallLink {
  readonly #options: OutboxOptions;
  readonly #report: Report;
  /** Undefined once the session is over, or its socket takes no more. */
  #transport: OutboxTransport | undefined;
  readonly #urgent: ClientMessage[] = [];
  readonly #ordinary: ClientMessage[] = [];
  #takesOrdinary = false;
  #limits = DEFAULT_WIRE_LIMITS;
  /** How many calls may be in flight: none before the welcome, and none while draining. */
  #callsMax = 0;
  /** The id of the last call that the transport took. */
  #sentId = 0;
  #isScheduled = false;
  #isDraining = false;
  #cancelPoll: Cancel | undefined;
  /** The least that a full buffer held, and when it will have held that for too long. */
  #least = Infinity;
  #stallsAt: Millis = Infinity;

  constructor(options: OutboxOptions, transport: OutboxTransport, report: Report) {
    this.#options = options;
    this.#transport = transport;
    this.#report = report;
  }

  /**
   * The session is open: calls may be written, within the server's limits, and maybe the ordinary.
   */
  open(limits: WireLimits, takesOrdinary: boolean): void {
    this.#limits = { ...limits, frameBytes: Math.min(limits.frameBytes, SEND_HARD_MARK) };
    // Of none, every call would wait for its deadline without a word.
    this.#callsMax = limits.callsExecuting || 1;
    this.#takesOrdinary = takesOrdinary;
    this.#options.calls.attach(this);
  }

  /** Writes no more calls; reports `drained` when none is in flight. */
  drain(): void {
    this.#callsMax = 0;
    this.#isDraining = true;
    this.poke();
  }

  /** Writes before all else: hello, ping, cancel, token. */
  sayFirst(message: ClientMessage): void {
    this.#urgent.push(message);
    this.poke();
  }

  /** Writes once the session is open, before calls, in the order in which it was said. */
  say(message: ClientMessage): void {
    this.#ordinary.push(message);
    this.poke();
  }

  /** Something waits: flushes at the end of this tick. */
  poke(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  /** Writes and reports nothing more, and decides the calls that were written. */
  close(): void {
    this.#transport = undefined;
    this.#cancelPoll?.();
    this.#options.calls.detach(this.#sentId);
  }

  #flush(): void {
    const { frameBytes, messagesPerFrame } = this.#limits;
    let parts: unknown[] = [];
    let bytes = 1;
    let lastId = this.#sentId;
    while (this.#transport) {
      const next = this.#next(this.#transport);
      const isFull = !next || bytes + next.bytes + 1 > frameBytes;
      if (parts.length > 0 && (isFull || parts.length >= messagesPerFrame)) {
        this.#send(parts, lastId);
        parts = [];
        bytes = 1;
      }
      if (!next) break;
      parts.push(next.part);
      bytes += next.bytes + 1;
      lastId = next.callId || lastId;
    }
    if (this.#transport && this.#isDraining && !this.#options.calls.inFlight)
      this.#report("drained");
  }

  /** `lastId`: the last call in them, or before them. */
  #send(parts: readonly unknown[], lastId: number): void {
    let isTaken: boolean | undefined;
    try {
      isTaken = this.#transport?.send(this.#options.codec.join(parts));
    } catch {
      // The platform's words may quote the frame.
    }
    // It is closing. Its own word about that follows, with what the peer asks of us.
    if (isTaken) this.#sentId = lastId;
    else if (isTaken === false) this.#transport = undefined;
    else this.#report("sendFailed");
  }

  /**
   * The next message that may be written, encoded. Calls that cannot be written fail on the way.
   */
  #next(transport: OutboxTransport): Encoded | undefined {
    const { calls, codec } = this.#options;
    const { frameBytes, nesting } = this.#limits;
    for (;;) {
      let callId = 0;
      let message = this.#urgent.shift();
      if (this.#takesOrdinary) message ??= this.#ordinary.shift();
      // Past its limit of executing calls the server would stop reading, pings included.
      if (
        !message &&
        calls.waiting &&
        calls.inFlight < this.#callsMax &&
        !this.#isFull(transport)
      ) {
        message = calls.take();
        callId = message?.id ?? 0;
      }
      if (!message) return undefined;
      try {
        const part = codec.encode(message, nesting);
        const bytes = codec.sizeOf(part);
        if (!callId || bytes <= frameBytes) return { part, bytes, callId };
        calls.turnDown(callId, "tooLarge");
      } catch (cause) {
        // What the session itself says; without its hello, it would wait for a welcome in vain.
        if (!callId) {
          this.#report("sendFailed", "notEncodable");
          return undefined;
        }
        calls.turnDown(callId, "neverSent", { code: "notEncodable", retryable: false, cause });
      }
    }
  }

  /**
   * Is the buffer above its soft mark? Then it is looked at again soon, and reported if it stays.
   */
  #isFull({ bufferedBytes }: OutboxTransport): boolean {
    const { clock } = this.#options;
    if (bufferedBytes <= SEND_SOFT_MARK) {
      this.#least = Infinity;
      return false;
    }
    const now = clock.now();
    this.#cancelPoll?.();
    this.#cancelPoll = clock.at(now + POLL_MS, () => this.#flush());
    if (bufferedBytes < this.#least) {
      this.#least = bufferedBytes;
      this.#stallsAt = now + SEND_STALL_MS;
    } else if (now >= this.#stallsAt) {
      this.#stallsAt = Infinity;
      this.#report("sendStalled");
    }
    return true;
  }
}
