/**
 * What is said in a session once the hello is: its outbox on one side, and on the other what each
 * message of the server means while the session is open. The life of the session is its owner's.
 */
import { DEFAULT_WIRE_LIMITS, HELLO_BYTES_MAX } from "@holdfast/protocol";
import type { BucketKey, BucketPosition, Failure, Result } from "@holdfast/protocol";
import type { Pong, ServerMessage, Subscribed, TokenAccepted } from "@holdfast/protocol";
import type { Unsubscribed, Updates, Welcome } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import type { Transport } from "../transport/transport.ts";
import { hello, refused, tokenLife } from "./handshake.ts";
import { Outbox } from "./outbox.ts";
import type { SessionContext } from "./session-options.ts";
import { Subscriptions } from "./subscriptions.ts";

export class Dialogue {
  readonly #context: SessionContext;
  readonly #outbox: Outbox;
  readonly #subscriptions = new Subscriptions();
  #isOpen = false;
  #isDraining = false;
  #isUseful = false;
  #hearsUpdates = false;
  /** The server's clock minus ours. */
  #serverClockAhead: Millis = 0;

  constructor(context: SessionContext, transport: Transport) {
    this.#context = context;
    const limits = { ...DEFAULT_WIRE_LIMITS, frameBytes: HELLO_BYTES_MAX };
    this.#outbox = new Outbox(context, transport, limits);
  }

  /** Says hello. Buckets that do not fit into it are subscribed to once the session is open. */
  greet(token: string | undefined): void {
    const { codec, facts, sessionId, buckets } = this.#context.options;
    const positions = buckets();
    let greeting = hello(facts, sessionId, token, positions);
    if (positions.length > 0 && codec.sizeOf(codec.encode(greeting)) > HELLO_BYTES_MAX) {
      greeting = hello(facts, sessionId, token, []);
      this.subscribe(positions);
    }
    this.#outbox.sayFirst(greeting);
  }

  /** The server welcomed us: calls and subscriptions may flow. */
  open({ capabilities, limits, serverTime }: Welcome): void {
    const { calls, clock, facts } = this.#context.options;
    const named = [facts.capabilities, capabilities];
    this.#isOpen = true;
    this.#hearsUpdates = named.every((words) => words.includes("updates"));
    this.#serverClockAhead = serverTime - clock.now();
    this.#outbox.open(limits, this.#hearsUpdates);
    calls.attach({
      poke: () => this.#outbox.poke(),
      cancel: (id) => {
        this.#outbox.sayFirst({ type: "cancel", id });
        this.#checkDrained();
      },
    });
  }

  ping(nonce: number): void {
    this.#outbox.sayFirst({ type: "ping", nonce });
  }

  sendToken(token: string): void {
    if (this.#isOpen) this.#outbox.sayFirst({ type: "token", token });
  }

  subscribe(buckets: readonly BucketPosition[]): void {
    this.#outbox.say({ type: "subscribe", buckets });
  }

  unsubscribe(buckets: readonly BucketKey[]): void {
    this.#subscriptions.leave(buckets);
    this.#outbox.say({ type: "unsubscribe", buckets });
  }

  drain(): void {
    if (!this.#isOpen || this.#isDraining) return;
    this.#isDraining = true;
    this.#outbox.stopTakingCalls();
    this.#checkDrained();
  }

  /** Says nothing more, and decides the calls. */
  close(): void {
    this.#outbox.close();
    if (this.#isOpen) this.#context.options.calls.detach(this.#outbox.sentId);
    this.#isOpen = false;
  }

  /** A message of the open session. */
  hear(message: ServerMessage): void {
    switch (message.type) {
      case "result":
      case "failure":
        return this.#answered(message);
      case "updates":
      case "subscribed":
      case "unsubscribed":
        return this.#heardOfBucket(message);
      case "pong":
        return this.ponged(message);
      case "tokenAccepted":
        return this.#tokenAccepted(message);
      case "goAway":
        return this.#context.tell({ type: "goingAway", windowMs: message.windowMs });
      case "refuse":
        return this.#context.end(refused(message));
      case "welcome":
      case "ack":
      case "page":
      case "tooFarBehind":
      case "heads":
        // A second welcome, or what belongs to a capability that we did not name.
        return this.#context.violated(message.type);
    }
  }

  ponged({ nonce, windowMs }: Pong): void {
    this.#context.tell({ type: "pongReceived", nonce, windowMs });
  }

  #answered(message: Result | Failure): void {
    const fate = this.#context.options.calls.answer(message);
    if (fate === "unknown") return this.#context.violated("unknownCall");
    if (fate === "stale") {
      this.#context.stats.staleAnswers++;
      return;
    }
    this.#beUseful();
    this.#checkDrained();
  }

  #heardOfBucket(message: Updates | Subscribed | Unsubscribed): void {
    if (!this.#hearsUpdates) return this.#context.violated(message.type);
    const { tell, stats } = this.#context;
    if (message.type === "unsubscribed") {
      this.#subscriptions.left(message.bucket);
      return tell({ type: "unsubscribed", answer: message });
    }
    if (this.#subscriptions.isLeaving(message.bucket)) {
      stats.messagesAfterUnsubscribe++;
      return;
    }
    if (message.type === "subscribed") return tell({ type: "subscribed", head: message });
    tell({ type: "updates", updates: message });
    this.#beUseful();
  }

  #tokenAccepted({ tokenExpiresAt }: TokenAccepted): void {
    const serverNow = this.#context.options.clock.now() + this.#serverClockAhead;
    this.#context.tell({ type: "tokenAccepted", ...tokenLife(tokenExpiresAt, serverNow) });
  }

  /** A result, a failure or an update: the session did what sessions are for. Said once. */
  #beUseful(): void {
    if (this.#isUseful) return;
    this.#isUseful = true;
    this.#context.tell({ type: "useful" });
  }

  #checkDrained(): void {
    if (!this.#isDraining || this.#context.options.calls.inFlight > 0) return;
    this.#context.tell({ type: "drained" });
  }
}
