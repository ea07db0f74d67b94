/**
 * A world for the connection manager as it might really be: sockets open, fail, answer, are late or
 * never heard of again, and old ones speak up when they should be silent. It performs the manager's
 * effects, and notes what no world may see: two transports at once, two dials in a row.
 */
import {
  brokenInvariant,
  ConnectionManager,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionPolicy,
  type HandledEvent,
  type Vitals,
} from "@holdfast/client/machine";
import { brokenStep } from "@holdfast/testing/exploration";

import { ManualClock } from "../../../../testing/src/manual-clock.ts";
import { seededRandom } from "../../../src/base/random.ts";
import type { FactTold } from "../../../../testing/src/exploration/event-variant.ts";

interface Socket {
  readonly id: number;
  isListening: boolean;
  /** It went silent: whatever is asked of it, nothing comes back. */
  isDead: boolean;
  lastInboundAt: number;
  bufferedBytes: number;
  inboundPaused: boolean;
}

/** In milliseconds; the last one is later than most deadlines. */
const DELAYS = [0, 1, 20, 200, 1_500, 30_000];
const MEANINGS = ["retry", "retry", "retry", "reauthenticate", "reauthenticate", "stop"] as const;
const HEARTBEAT = { minMs: 1_000, maxMs: 60_000 };

export class PlausibleWorld {
  readonly clock = new ManualClock();
  readonly manager: ConnectionManager;
  readonly policy: ConnectionPolicy;
  /** What must not have happened. */
  readonly violations: string[] = [];
  readonly handled: HandledEvent[] = [];
  /** Every socket opens and every question is answered. */
  isKind = false;
  #socket: Socket | undefined;
  #lastId = 0;
  #lastDialAt = -Infinity;
  readonly #random: () => number;
  /** What the world still has in mind; cancelled when it ends. */
  readonly #plans = new Set<() => void>();

  constructor(seed: number, policy: ConnectionPolicy, isSignedIn: boolean) {
    this.policy = policy;
    this.#random = seededRandom(seed);
    this.manager = new ConnectionManager({
      clock: this.clock,
      random: seededRandom(seed + 1),
      policy,
      control: { perform: (effect) => this.#perform(effect), vitals: () => this.#vitals() },
      facts: {
        account: isSignedIn ? 1 : 0,
        quality: "good",
        constraints: { auth: isSignedIn, network: true, appActive: true, notFrozen: true },
      },
      onHandled: (handled) => this.#check(handled),
      onFault: (error) => this.violations.push(`fault: ${String(error)}`),
      check: brokenInvariant,
    });
  }

  tell(event: ConnectionEvent): void {
    this.manager.dispatch(event);
  }

  /** A fact of the live session, or of one that is `older` by so many. */
  say(fact: FactTold, older = 0): void {
    const sessionId = this.#lastId - older;
    this.tell({ ...fact, sessionId });
  }

  /** Something happens to the live socket without a word to the manager. */
  disturb(change: (socket: Socket) => void): void {
    if (this.#socket) change(this.#socket);
  }

  /** A frame comes in. */
  frame(): void {
    const socket = this.#socket;
    if (!socket || socket.isDead) return;
    socket.lastInboundAt = this.clock.now();
    if (socket.isListening) this.say({ type: "frameReceived" });
  }

  /** Everything gets well. Returns how long the server still asks us to wait. */
  heal(): number {
    this.isKind = true;
    this.#forgetPlans();
    this.disturb((socket) => (socket.inboundPaused = false));
    this.tell({ type: "start" });
    this.tell({ type: "appForegrounded" });
    this.tell({ type: "networkChanged", available: true, quality: "good" });
    this.tell({ type: "credentialsChanged", available: true, account: 3 });
    const { serverUntil = -Infinity } = this.manager.model;
    return Math.max(0, serverUntil - this.clock.now());
  }

  /** The end. Returns how many alarms the manager left behind. */
  end(): number {
    this.manager.close();
    this.#forgetPlans();
    return this.clock.pending;
  }

  #forgetPlans(): void {
    for (const cancel of this.#plans) cancel();
    this.#plans.clear();
  }

  #vitals(): Vitals | undefined {
    if (!this.#socket) return undefined;
    const { lastInboundAt, bufferedBytes, inboundPaused } = this.#socket;
    return { lastInboundAt, bufferedBytes, inboundPaused };
  }

  #check(handled: HandledEvent): void {
    const { before, event, stamp, step } = handled;
    this.handled.push(handled);
    const broken = brokenStep(before, event, stamp, step, this.policy);
    if (broken) this.violations.push(`${event.type} in ${before.state}: ${broken}`);
  }

  #perform(effect: ConnectionEffect): void {
    if ("sessionId" in effect) this.#performOn(effect);
    else if (effect.type === "renewToken") this.#renew();
    else if (this.#chance(0.3)) this.#later(() => this.tell(lost()));
  }

  #performOn(effect: ConnectionEffect & { readonly sessionId: number }): void {
    if (effect.type === "openTransport") return this.#open(effect.sessionId);
    const socket = this.#socket;
    if (effect.type === "closeTransport") {
      if (socket?.id !== effect.sessionId)
        this.violations.push("a transport is closed that was not open");
      this.#socket = undefined;
      return;
    }
    if (!socket || socket.id !== effect.sessionId) {
      this.violations.push(`${effect.type} on a session that is gone`);
      return;
    }
    this.#ask(effect.type, socket, effect);
  }

  #open(id: number): void {
    if (this.#socket) this.violations.push("two transports at once");
    const now = this.clock.now();
    if (now - this.#lastDialAt < this.policy.dialFloorMs)
      this.violations.push("two dials in a row");
    if (id !== this.#lastId + 1) this.violations.push("a session number was left out");
    this.#lastDialAt = now;
    this.#lastId = id;
    this.#socket = {
      id,
      isListening: false,
      isDead: !this.isKind && this.#chance(0.05),
      lastInboundAt: now,
      bufferedBytes: 0,
      inboundPaused: false,
    };
    if (this.isKind || this.#chance(0.8)) this.#answer(id, { type: "transportOpened" });
    else this.#answer(id, this.#ending("openFailed"));
  }

  #ask(
    type: ConnectionEffect["type"],
    socket: Socket,
    effect: ConnectionEffect & { readonly sessionId: number },
  ): void {
    const { id } = socket;
    if (type === "startHandshake") this.#answer(id, this.#greeting());
    if (type === "drainSession") this.#answer(id, { type: "drained" });
    if (type === "sendToken") this.#answer(id, this.#verdictOnToken());
    if (effect.type === "listenForLife") socket.isListening = effect.on;
    if (effect.type === "sendPing") {
      this.#answer(id, { type: "pongReceived", nonce: effect.nonce, windowMs: 1_000 });
    }
  }

  /** Mostly soon, sometimes late, sometimes never; also when the session is long gone. */
  #answer(id: number, fact: FactTold): void {
    const socket = this.#socket;
    if (socket?.isDead || (!this.isKind && this.#chance(0.05))) return;
    this.#later(() => {
      if (this.#socket?.id === id) this.#socket.lastInboundAt = this.clock.now();
      this.tell({ ...fact, sessionId: id });
    });
  }

  #greeting(): FactTold {
    if (this.isKind || this.#chance(0.8)) {
      const welcome = {
        type: "welcomed",
        windowMs: this.#random() * 5_000,
        heartbeat: HEARTBEAT,
      } as const;
      return this.#chance(0.5) ? welcome : { ...welcome, tokenExpiresInMs: 60_000 };
    }
    const others: FactTold[] = [
      { type: "refused", action: this.#meaning(), code: "code", windowMs: 1_000 },
      { type: "tokenMissing" },
      { type: "tokenFailed", detail: "provider" },
      { type: "accountMismatched" },
      this.#ending("transportClosed"),
    ];
    return others[Math.floor(this.#random() * others.length)] ?? { type: "tokenMissing" };
  }

  #verdictOnToken(): FactTold {
    if (this.isKind || this.#chance(0.8))
      return { type: "tokenAccepted", tokenExpiresInMs: 60_000 };
    return { type: "refused", action: "reauthenticate", code: "unauthorized" };
  }

  #ending(type: "openFailed" | "transportClosed"): FactTold {
    const ending = { type, meaning: this.#meaning(), detail: "1006" };
    return this.#chance(0.2) ? { ...ending, retryAfterMs: 5_000 } : ending;
  }

  /** Brings a token, none for now, none at all, or nothing. */
  #renew(): void {
    const dice = this.isKind ? 0 : this.#random();
    if (dice < 0.6) this.#later(() => this.tell({ type: "tokenRenewed" }));
    else if (dice < 0.84)
      this.#later(() => this.tell({ type: "renewalFailed", detail: "provider" }));
    else if (dice < 0.92) this.#later(() => this.tell(lost()));
  }

  /** Now and then within the very call that asks. */
  #later(what: () => void): void {
    if (this.#chance(0.1)) return what();
    const delayMs = this.isKind ? 20 : (DELAYS[Math.floor(this.#random() * DELAYS.length)] ?? 0);
    const cancel = this.clock.at(this.clock.now() + delayMs, () => {
      this.#plans.delete(cancel);
      what();
    });
    this.#plans.add(cancel);
  }

  #meaning(): (typeof MEANINGS)[number] {
    return MEANINGS[Math.floor(this.#random() * MEANINGS.length)] ?? "retry";
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }
}

function lost(): ConnectionEvent {
  return { type: "credentialsChanged", available: false, account: 0 };
}
