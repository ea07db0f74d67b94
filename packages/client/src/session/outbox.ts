/**
 * What waits to be written in one session. Messages wait unencoded until the end of the tick; what is
 * said in one tick travels in one frame, and a single message is not delayed for company. Above the
 * soft mark of the platform's buffer only what is urgent is written.
 */
import type { ClientMessage, WireLimits } from "@holdfast/protocol";
import type { Cancel, Millis } from "../base/clock.ts";
import type { Transport } from "../transport/transport.ts";
import type { PendingCall } from "./pending-calls.ts";
import type { SessionContext } from "./session-options.ts";

/** Bytes in the platform's buffer above which only urgent messages are written. */
export const SEND_SOFT_MARK = 262_144;

/**
 * The largest frame that is ever written, whatever the server would take. With the soft mark it
 * bounds what the platform must hold. A call that is larger fails with `tooLarge`.
 */
export const SEND_HARD_MARK = 4_194_304;

/** How long the buffer may stay above the soft mark, without shrinking, until it is reported. */
export const SEND_STALL_MS = 2_000;

/** How often the buffer is looked at while something waits for it. */
const POLL_MS = 20;

/** For how many microtasks on end a tick may go on saying things before it is taken to have ended. */
const TICK_HOPS_MAX = 16;

export class Outbox {
  readonly #context: OutboxContext;
  readonly #transport: OutboxTransport;
  readonly #urgent: ClientMessage[] = [];
  readonly #ordinary: ClientMessage[] = [];
  #limits: WireLimits;
  /** Both false before the welcome. */
  #takes = { ordinary: false, calls: false };
  #isClosed = false;
  /** The id of the last call that the transport took. */
  #sentId = 0;
  #said = 0;
  #isScheduled = false;
  #cancelPoll: Cancel | undefined;
  #stall: { least: number; since: Millis; isReported: boolean } | undefined;

  /** `limits`: those of the hello, until `open` brings the server's. */
  constructor(context: OutboxContext, transport: OutboxTransport, limits: WireLimits) {
    this.#context = context;
    this.#transport = transport;
    this.#limits = limits;
  }

  get sentId(): number {
    return this.#sentId;
  }

  /** The session is open: ordinary messages and calls may be written, within the server's limits. */
  open(limits: WireLimits, takesOrdinary: boolean): void {
    this.#limits = limits;
    this.#takes = { ordinary: takesOrdinary, calls: true };
    this.poke();
  }

  /** Calls that were not written yet stay where they wait. */
  stopTakingCalls(): void {
    this.#takes.calls = false;
  }

  /** Writes before all else, and also above the soft mark: hello, ping, cancel, token. */
  sayFirst(message: ClientMessage): void {
    this.#urgent.push(message);
    this.poke();
  }

  /** Writes once the session is open, in the order in which it was said. */
  say(message: ClientMessage): void {
    this.#ordinary.push(message);
    this.poke();
  }

  /** Something waits: flushes at the end of this tick. */
  poke(): void {
    this.#said++;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#afterTick(this.#said, TICK_HOPS_MAX);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelPoll?.();
  }

  /**
   * A tick has ended when a microtask passes in which nothing more is said. So the answers of one
   * frame, and all that their awaiters say next, lead to one frame.
   */
  #afterTick(said: number, hops: number): void {
    queueMicrotask(() => {
      if (this.#said !== said && hops > 0) return this.#afterTick(this.#said, hops - 1);
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    let carried: Encoded | undefined;
    while (!this.#isClosed) {
      // What is carried was taken already: it goes out even if the buffer is full by now.
      const mayFill = this.#transport.bufferedBytes <= SEND_SOFT_MARK;
      const frame: Encoded[] = [];
      let bytes = 1;
      for (;;) {
        const next: Encoded | undefined = carried ?? this.#next(mayFill);
        carried = next;
        if (!next) break;
        bytes += next.bytes + 1;
        const isFull = bytes > this.#frameBytes || frame.length >= this.#limits.messagesPerFrame;
        if (isFull && frame.length > 0) break;
        frame.push(next);
        carried = undefined;
      }
      if (frame.length === 0 || this.#isClosed) break;
      this.#send(frame);
    }
    if (!this.#isClosed) this.#watchBuffer();
  }

  #send(frame: readonly Encoded[]): void {
    const { codec } = this.#context.options;
    let isTaken = false;
    try {
      isTaken = this.#transport.send(codec.join(frame.map(({ part }) => part)));
    } catch {
      // The platform's words may quote the frame.
    }
    if (!isTaken) return this.#failed("notTaken");
    for (const { callId } of frame) if (callId) this.#sentId = callId;
  }

  /** The next message that may be written, encoded. Calls that cannot be written fail on the way. */
  #next(mayFill: boolean): Encoded | undefined {
    const urgent = this.#urgent.shift();
    if (urgent) return this.#encodeOwn(urgent);
    if (!mayFill) return undefined;
    const ordinary = this.#takes.ordinary ? this.#ordinary.shift() : undefined;
    if (ordinary) return this.#encodeOwn(ordinary);
    while (this.#hasCallToWrite) {
      const call = this.#context.options.calls.take();
      const encoded = call && this.#encodeCall(call);
      if (encoded) return encoded;
    }
    return undefined;
  }

  /** The server stops reading, pings included, when too many calls execute: so they wait here. */
  get #hasCallToWrite(): boolean {
    const { calls } = this.#context.options;
    if (!this.#takes.calls || calls.waiting === 0) return false;
    return calls.inFlight < this.#limits.callsExecuting;
  }

  get #frameBytes(): number {
    return Math.min(this.#limits.frameBytes, SEND_HARD_MARK);
  }

  #encodeOwn(message: ClientMessage): Encoded | undefined {
    const encoded = this.#encode(message, 0);
    if (encoded.bytes <= this.#frameBytes) return encoded;
    this.#failed("tooLarge");
    return undefined;
  }

  #encodeCall(call: PendingCall): Encoded | undefined {
    const { calls, clock } = this.#context.options;
    const { id, method, input, deadline } = call;
    const isName = method && method.length <= this.#limits.nameLength && !method.includes("\0");
    if (!isName) {
      calls.turnDown(call, "neverSent", { code: "badMethod", retryable: false });
      return undefined;
    }
    try {
      const timeoutMs = Math.max(1, Math.ceil(deadline - clock.now()));
      const encoded = this.#encode({ type: "call", id, method, input, timeoutMs }, id);
      if (encoded.bytes <= this.#frameBytes) return encoded;
      calls.turnDown(call, "tooLarge", {});
    } catch (cause) {
      calls.turnDown(call, "neverSent", { code: "notEncodable", retryable: false, cause });
    }
    return undefined;
  }

  #encode(message: ClientMessage, callId: number): Encoded {
    const { codec } = this.#context.options;
    const part = codec.encode(message, this.#limits.nesting);
    return { part, bytes: codec.sizeOf(part), callId };
  }

  /** The transport would not take a frame, or one of our own messages fits no frame. */
  #failed(detail: string): void {
    this.#context.end({ type: "sendFailed", detail });
  }

  /** Looks again soon while something waits for the buffer to drain. */
  #watchBuffer(): void {
    const { clock } = this.#context.options;
    const least = this.#transport.bufferedBytes;
    const hasOrdinary = this.#takes.ordinary && this.#ordinary.length > 0;
    if (least <= SEND_SOFT_MARK || !(hasOrdinary || this.#hasCallToWrite)) {
      this.#stall = undefined;
      return;
    }
    const now = clock.now();
    this.#stall ??= { least, since: now, isReported: false };
    if (least < this.#stall.least) Object.assign(this.#stall, { least, since: now });
    this.#cancelPoll?.();
    this.#cancelPoll = clock.at(now + POLL_MS, () => this.#flush());
    if (this.#stall.isReported || now - this.#stall.since < SEND_STALL_MS) return;
    this.#stall.isReported = true;
    this.#context.tell({ type: "sendStalled" });
  }
}

/** A message on its way into a frame. `callId`: 0 when it is no call. */
interface Encoded {
  readonly part: unknown;
  readonly bytes: number;
  readonly callId: number;
}

type OutboxTransport = Pick<Transport, "send" | "bufferedBytes">;

interface OutboxContext extends Pick<SessionContext, "tell" | "end"> {
  readonly options: Pick<SessionContext["options"], "clock" | "codec" | "calls">;
}
