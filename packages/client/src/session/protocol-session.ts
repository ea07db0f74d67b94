/**
 * One session: one attempt over one transport. It shakes hands, carries calls, updates and pongs, and
 * reports facts stamped with its number. It never reconnects, times nothing and owns no policy; what
 * ends it is reported once, and after that it says nothing and holds nothing.
 */
import { closeMeaning, DEFAULT_WIRE_LIMITS, httpMeaning } from "@holdfast/protocol";
import type { BucketKey, BucketPosition, Frame, ServerMessage } from "@holdfast/protocol";
import type { WireLimits } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import type { Transport, TransportEvent } from "../transport/transport.ts";
import { Dialogue } from "./dialogue.ts";
import { readFirstReply } from "./handshake.ts";
import type { SessionVitals } from "./session-event.ts";
import type {
  ProtocolSessionOptions,
  SessionContext,
  SessionFact,
  SessionStats,
} from "./session-options.ts";

// Of CLOSE_CODES these two are all that a client says: `normal` and `protocolViolation`.
const NORMAL = 1000;
const VIOLATION = 4214;

type Phase = "idle" | "connecting" | "connected" | "authenticating" | "open" | "closed";

export class ProtocolSession {
  readonly stats: SessionStats = {
    staleAnswers: 0,
    messagesAfterEnd: 0,
    messagesAfterUnsubscribe: 0,
  };
  readonly #options: ProtocolSessionOptions;
  #phase: Phase = "idle";
  #transport: Transport | undefined;
  /** Made for the hello, so nothing can be said before it. */
  #dialogue: Dialogue | undefined;
  #limits: WireLimits = DEFAULT_WIRE_LIMITS;
  #lastInboundAt: Millis;
  #pauses = 0;
  #isListenedTo = false;

  constructor(options: ProtocolSessionOptions) {
    this.#options = options;
    this.#lastInboundAt = options.clock.now();
  }

  /** Dials. `transportOpened` or `openFailed` answers. Once per session; nothing after `close`. */
  open(url: string): void {
    if (this.#phase !== "idle") return;
    this.#phase = "connecting";
    const { codec, openTransport } = this.#options;
    const transport = openTransport(url, [codec.subprotocol], (event) =>
      this.#transportSaid(event),
    );
    // It may have failed, and its owner may have closed us, before it was ours.
    if (this.#isClosed) transport.close(NORMAL, "");
    else this.#transport = transport;
  }

  /** Says hello as soon as the token is there. `welcomed`, or what ends the session, answers. */
  startHandshake(): void {
    if (this.#phase !== "connected") return;
    this.#phase = "authenticating";
    const { token } = this.#options;
    if (!token) return this.#greet(undefined);
    // Whatever comes of a token, also one that never comes: it waits for nobody and blocks nobody.
    void new Promise<string | null>((resolve) => resolve(token())).then(
      (value) => (value === null ? this.#end({ type: "tokenMissing" }) : this.#greet(value)),
      // The provider's words may hold a credential.
      () => this.#end({ type: "tokenFailed", detail: "provider" }),
    );
  }

  /** Asks for a `pongReceived` with this nonce. Nothing happens before the hello. */
  ping(nonce: number): void {
    this.#dialogue?.ping(nonce);
  }

  /** Renews the credential in-band, while open. `tokenAccepted` or `refused` answers. */
  sendToken(token: string): void {
    this.#dialogue?.sendToken(token);
  }

  /**
   * Subscribes as soon as the session is open. What comes before the hello is left to `buckets()`. A
   * server that does not name `updates` is not asked.
   */
  subscribe(buckets: readonly BucketPosition[]): void {
    this.#dialogue?.subscribe(buckets);
  }

  /** Unsubscribes. Until the server confirms, what it says of these buckets is dropped. */
  unsubscribe(buckets: readonly BucketKey[]): void {
    this.#dialogue?.unsubscribe(buckets);
  }

  /** Writes no more calls. Reports `drained` when none is in flight, at once if that is so now. */
  drain(): void {
    if (!this.#isClosed) this.#dialogue?.drain();
  }

  /** Reports inbound frames as `frameReceived`, each before its messages, or stops to. */
  listenForLife(on: boolean): void {
    this.#isListenedTo = on;
  }

  /**
   * Stops reading until as many `resumeReading` follow. What was read already is still handled. Where
   * the platform cannot pause, nothing happens.
   */
  pauseReading(): void {
    if (++this.#pauses === 1) this.#transport?.pauseReading();
  }

  resumeReading(): void {
    if (this.#pauses > 0 && --this.#pauses === 0) this.#transport?.resumeReading();
  }

  vitals(): SessionVitals {
    return {
      lastInboundAt: this.#lastInboundAt,
      bufferedBytes: this.#transport?.bufferedBytes ?? 0,
      inboundPaused: this.#pauses > 0 && this.#transport?.canPause === true,
    };
  }

  /** Ends the session in this call stack, whatever it is doing, and reports nothing. Idempotent. */
  close(detail: string): void {
    this.#shut(NORMAL, detail);
  }

  get #isClosed(): boolean {
    return this.#phase === "closed";
  }

  #shut(closeCode: number, detail: string): void {
    if (this.#isClosed) return;
    this.#phase = "closed";
    this.#transport?.close(closeCode, detail);
    this.#dialogue?.close();
  }

  /** The session is over, and this is why. Calls are decided before anybody hears of it. */
  #end(fact: SessionFact, closeCode = NORMAL): void {
    if (this.#isClosed) return;
    this.#shut(closeCode, fact.type);
    this.#tell(fact, true);
  }

  #violated(detail: string): void {
    this.#end({ type: "protocolViolated", detail }, VIOLATION);
  }

  #tell(fact: SessionFact, isLast = false): void {
    if (this.#isClosed && !isLast) return;
    this.#options.onEvent({ sessionId: this.#options.sessionId, ...fact });
  }

  #transportSaid(event: TransportEvent): void {
    // What a transport says after its end, or ours, concerns nobody (B05).
    if (this.#isClosed) return;
    switch (event.type) {
      case "opened":
        return this.#connected(event.subprotocol);
      case "frame":
        return this.#receive(event.frame);
      case "openFailed": {
        const { detail, httpStatus, retryAfterMs } = event;
        const delay = retryAfterMs === undefined ? {} : { retryAfterMs };
        return this.#end({
          type: "openFailed",
          meaning: httpMeaning(httpStatus),
          detail,
          ...delay,
        });
      }
      case "closed": {
        const { code } = event;
        return this.#end({
          type: "transportClosed",
          meaning: closeMeaning(code),
          detail: String(code),
        });
      }
    }
  }

  /** A server, or something before it, may choose another subprotocol than it was offered, or none. */
  #connected(subprotocol: string): void {
    if (subprotocol !== this.#options.codec.subprotocol) return this.#violated("subprotocol");
    this.#phase = "connected";
    this.#tell({ type: "transportOpened" });
  }

  #greet(token: string | undefined): void {
    if (this.#isClosed || !this.#transport) return;
    const context: SessionContext = {
      options: this.#options,
      stats: this.stats,
      tell: (fact) => this.#tell(fact),
      end: (fact) => this.#end(fact),
      violated: (detail) => this.#violated(detail),
    };
    this.#dialogue = new Dialogue(context, this.#transport);
    this.#dialogue.greet(token);
  }

  #receive(frame: Frame): void {
    const { clock, codec } = this.#options;
    this.#lastInboundAt = clock.now();
    if (this.#isListenedTo) this.#tell({ type: "frameReceived" });
    const messages = codec.decode(frame, this.#limits);
    if (typeof messages === "string") return this.#violated(messages);
    for (const message of messages) {
      if (this.#isClosed) this.stats.messagesAfterEnd++;
      else if (this.#phase === "open") this.#dialogue?.hear(message);
      else this.#hearFirst(message);
    }
  }

  /** Before the welcome. A server may refuse at any time, and answers pings once it was greeted. */
  #hearFirst(message: ServerMessage): void {
    const dialogue = this.#dialogue;
    if (dialogue && message.type === "pong") return dialogue.ponged(message);
    const reply = readFirstReply(message, this.#options.expectedAccount);
    if (!reply || (reply.type === "welcomed" && !dialogue)) return this.#violated(message.type);
    if (message.type !== "welcome" || reply.type !== "welcomed") return this.#end(reply);
    this.#phase = "open";
    this.#limits = message.limits;
    dialogue?.open(message);
    this.#tell(reply);
    this.#tell({ type: "opened", welcome: message });
  }
}
