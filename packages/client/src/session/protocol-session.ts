/**
 * One session: one attempt over one transport. It shakes hands, carries calls, updates and pongs,
 * and reports facts stamped with its number. It never reconnects, times nothing and owns no policy;
 * what ends it is reported once, and after that it says nothing and holds nothing.
 */
import { closeMeaning, DEFAULT_WIRE_LIMITS } from "@holdfast/protocol";
import type { Failure, Frame, ServerMessage, Subscribe } from "@holdfast/protocol";
import type { Unsubscribe, Welcome } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import type { Transport, TransportEvent } from "../transport/transport.ts";
import { HELLO_BUCKETS_MAX, helloOf } from "./hello.ts";
import { Outbox } from "./outbox.ts";
import type { Answer } from "./pending-call.ts";
import type { SessionFact, SessionVitals, SubscriptionLink } from "./session-event.ts";
import type { ProtocolSessionOptions } from "./session-options.ts";

// Of CLOSE_CODES these two are all that a client says: `normal` and `protocolViolation`.
const NORMAL = 1000;
const VIOLATION = 4214;

/** What a server may say before the session is open. */
const EARLY: ReadonlySet<string> = new Set(["welcome", "refuse", "pong"]);

export class ProtocolSession implements SubscriptionLink {
  /** Messages dropped on purpose: answers to calls that had settled, and what follows the end. */
  dropped = 0;
  readonly #options: ProtocolSessionOptions;
  #transport: Transport | undefined;
  /** Made for the hello, so nothing can be said before it. */
  #outbox: Outbox | undefined;
  #isOpen = false;
  #isClosed = false;
  #isUseful = false;
  #isListenedTo = false;
  #limits = DEFAULT_WIRE_LIMITS;
  #lastInboundAt: Millis;
  #serverClockAhead: Millis = 0;

  constructor(options: ProtocolSessionOptions) {
    this.#options = options;
    this.#lastInboundAt = options.clock.now();
  }

  /** Dials, once. `transportOpened` or `openFailed` answers. Nothing after `close`. */
  open(url: string): void {
    const { codec, openTransport } = this.#options;
    if (this.#isClosed) return;
    this.#transport = openTransport(url, [codec.subprotocol], (event) => this.#heed(event));
  }

  /** Says hello as soon as the token is there. `welcomed`, or what ends the session, answers. */
  startHandshake(): void {
    void this.#options.token.then(
      (token) => (token === null ? this.#end({ type: "tokenMissing" }) : this.#greet(token)),
      (error: Error) => this.#end({ type: "tokenFailed", detail: error.message }),
    );
  }

  /** Asks for a `pongReceived` with this nonce. */
  ping(nonce: number): void {
    this.#outbox?.sayFirst({ type: "ping", nonce });
  }

  /** Renews the credential in-band, while open. `tokenAccepted` or `refused` answers. */
  sendToken(token: string): void {
    this.#outbox?.sayFirst({ type: "token", token });
  }

  say(message: Subscribe | Unsubscribe): void {
    this.#outbox?.say(message);
  }

  /** Writes no more calls. Reports `drained` when none is in flight. */
  drain(): void {
    this.#outbox?.drain();
  }

  /** Reports inbound frames as `frameReceived`, each before its messages, or stops to. */
  listenForLife(on: boolean): void {
    this.#isListenedTo = on;
  }

  pauseReading(): void {
    this.#transport?.pauseReading();
  }

  resumeReading(): void {
    this.#transport?.resumeReading();
  }

  vitals(): SessionVitals {
    return {
      lastInboundAt: this.#lastInboundAt,
      bufferedBytes: this.#transport?.bufferedBytes ?? 0,
      inboundPaused: !!this.#transport?.isPaused,
    };
  }

  /** Ends the session in this call stack, and reports nothing. False: it was over already. */
  close(detail: string, code: number = NORMAL, cause: string = detail): boolean {
    if (this.#isClosed) return false;
    this.#isClosed = true;
    this.#transport?.close(code, detail);
    this.#outbox?.close();
    this.#options.data.detach(cause);
    return true;
  }

  /** The session is over, and this is why. Calls are decided before anybody hears of it. */
  #end(fact: SessionFact, code?: number): void {
    if (this.close(fact.type, code, fact.type === "refused" ? fact.code : fact.type))
      this.#tell(fact);
  }

  #violated(detail: string): void {
    this.#end({ type: "protocolViolated", detail }, VIOLATION);
  }

  #tell(fact: SessionFact): void {
    const { sessionId, onEvent } = this.#options;
    onEvent({ sessionId, ...fact });
  }

  #heed(event: TransportEvent): void {
    // What a transport says after its end, or ours, concerns nobody (B05).
    if (this.#isClosed) return;
    switch (event.type) {
      case "opened":
        // A server, or something before it, may choose what it was not offered, or nothing.
        return event.subprotocol === this.#options.codec.subprotocol
          ? this.#tell({ type: "transportOpened" })
          : this.#violated("subprotocol");
      case "frame":
        return this.#receive(event.frame);
      case "openFailed":
        return this.#end(event);
      case "closed": {
        const detail = event.reason || String(event.code);
        return this.#end({ type: "transportClosed", meaning: closeMeaning(event.code), detail });
      }
    }
  }

  #greet(token: string): void {
    if (this.#isClosed || !this.#transport) return;
    const { data, facts, sessionId } = this.#options;
    this.#outbox = new Outbox(this.#options, this.#transport, (type, detail = "") =>
      type === "sendFailed" ? this.#end({ type, detail }) : this.#tell({ type }),
    );
    const wanted = data.attach(this);
    this.#outbox.sayFirst(helloOf(facts, sessionId, token, wanted));
    for (let at = HELLO_BUCKETS_MAX; at < wanted.length; at += HELLO_BUCKETS_MAX)
      this.say({ type: "subscribe", buckets: wanted.slice(at, at + HELLO_BUCKETS_MAX) });
  }

  #receive(frame: Frame): void {
    const { clock, codec } = this.#options;
    this.#lastInboundAt = clock.now();
    if (this.#isListenedTo) this.#tell({ type: "frameReceived" });
    const messages = codec.decode(frame, this.#limits);
    if (typeof messages === "string") return this.#violated(messages);
    for (const message of messages) {
      if (this.#isClosed) this.dropped++;
      else this.#hear(message);
    }
  }

  #hear(message: ServerMessage): void {
    const { calls, data } = this.#options;
    const { type } = message;
    if (this.#isOpen ? type === "welcome" : !EARLY.has(type)) return this.#violated(type);
    switch (message.type) {
      case "welcome":
        return this.#welcomed(message);
      case "ack":
        return calls.acked(message.id);
      case "result":
      case "failure":
        return this.#answered(message.id, message);
      case "page":
      case "tooFarBehind":
        if (message.id !== undefined) return this.#answered(message.id, message);
        this.#beUseful();
        return data.log?.(message);
      case "heads":
        return data.log?.(message);
      case "updates":
        // A gap that is passed over would never be noticed again (PROTOCOL.md §3.2).
        if (!data.follows(message)) return this.#violated("updates");
        this.#beUseful();
        return data.updates(message);
      case "subscribed":
        return data.subscribed(message);
      case "unsubscribed":
        return data.unsubscribed(message);
      case "pong": {
        const { nonce, windowMs } = message;
        return this.#tell({ type: "pongReceived", nonce, windowMs });
      }
      case "tokenAccepted":
        return this.#tell({ type: "tokenAccepted", tokenExpiresInMs: this.#tokenLife(message) });
      case "goAway":
        return this.#tell({ type: "goingAway", windowMs: message.windowMs });
      case "refuse": {
        // Its sentence for people is left out: it may quote anything.
        const { action, code, retryAfterMs, windowMs } = message;
        return this.#end({ type: "refused", action, code, retryAfterMs, windowMs });
      }
    }
  }

  #answered(id: number, answer: Answer | Failure): void {
    const isNews = this.#options.calls.answer(id, answer);
    if (isNews) this.#beUseful();
    else if (isNews === false) this.dropped++;
    else this.#violated("unknownCall");
  }

  #welcomed(welcome: Welcome): void {
    const { clock, data, expectedAccount } = this.#options;
    const { account, capabilities, heartbeat, limits, serverTime, windowMs } = welcome;
    // Whom nobody greeted cannot know whom to welcome.
    if (!this.#outbox) return this.#violated("welcome");
    if (account !== (expectedAccount ?? account)) return this.#end({ type: "accountMismatched" });
    this.#isOpen = true;
    this.#limits = limits;
    this.#serverClockAhead = serverTime - clock.now();
    this.#outbox.open(limits, capabilities.includes("updates"));
    const tokenExpiresInMs = this.#tokenLife(welcome);
    // First, because the owner may end the session when it hears of it.
    data.welcomed?.(welcome);
    this.#tell({ type: "welcomed", windowMs, heartbeat, tokenExpiresInMs });
  }

  /** Both instants are the server's: a wrong clock of ours does no harm. */
  #tokenLife({ tokenExpiresAt }: Pick<Welcome, "tokenExpiresAt">): Millis | undefined {
    return tokenExpiresAt && tokenExpiresAt - this.#options.clock.now() - this.#serverClockAhead;
  }

  /** A result, a failure or an update: the session does what sessions are for. Said once. */
  #beUseful(): void {
    if (this.#isUseful) return;
    this.#isUseful = true;
    this.#tell({ type: "useful" });
  }
}
