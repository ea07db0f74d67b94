/**
 * A connection manager on a manual clock, with a session that exists only as recorded effects and
 * as the facts that a test tells. Nothing here builds a model by hand: whatever state a test needs,
 * it is reached by events that could really happen.
 */
import { ManualClock } from "../../../../testing/src/manual-clock.ts";
import { FakeSessionControl } from "../../../../testing/src/fake-session.ts";
import type { ConnectionEffect, Vitals } from "../../../src/connection/connection-effect.ts";
import type {
  DriverEvent,
  SessionFact,
  UserEvent,
  WorldEvent,
} from "../../../src/connection/connection-event.ts";
import { brokenInvariant } from "../../../src/connection/connection-invariants.ts";
import {
  ConnectionManager,
  type HandledEvent,
} from "../../../src/connection/connection-manager.ts";
import {
  nextDeadline,
  type ConnectionModel,
  type DeadlineName,
  type InitialFacts,
} from "../../../src/connection/connection-model.ts";
import {
  DEFAULT_CONNECTION_POLICY,
  type ConnectionPolicy,
} from "../../../src/connection/connection-policy.ts";
import type { ConnectionSnapshot } from "../../../src/connection/connection-snapshot.ts";

/** How the peer behaves once it is asked: it says nothing, sends frames but no pong, or pongs. */
export type Peer = "silent" | "chatty" | "answering";

export interface RigOptions {
  readonly policy?: Partial<ConnectionPolicy>;
  readonly facts?: Partial<InitialFacts>;
  /** Whether the credentials of account 1 are there from the start. True by default. */
  readonly signedIn?: boolean;
}

/** Phones give a session in the background 30 s. */
export const PHONE: Partial<ConnectionPolicy> = { background: { graceMs: 30_000 } };

/** What a server that knows nothing special says in its welcome. */
const WELCOME = { windowMs: 1_000, heartbeat: { minMs: 1_000, maxMs: 60_000 } } as const;

/** Facts about the live session, without its number. */
export type Fact = SessionFact extends infer F
  ? F extends SessionFact
    ? Omit<F, "sessionId">
    : never
  : never;

/** The types of the events that say nothing more. */
type BareEvent = UserEvent | WorldEvent extends infer Event
  ? Event extends { readonly type: infer Type }
    ? keyof Event extends "type"
      ? Type
      : never
    : never
  : never;

export class ConnectionRig {
  readonly clock = new ManualClock();
  readonly control = new FakeSessionControl();
  readonly policy: ConnectionPolicy;
  readonly manager: ConnectionManager;
  readonly handled: HandledEvent[] = [];
  readonly faults: unknown[] = [];
  readonly snapshots: ConnectionSnapshot[] = [];
  readonly startedAt: number;
  random = 0.5;
  peer: Peer = "silent";

  constructor({ policy, facts, signedIn = true }: RigOptions = {}) {
    this.policy = { ...DEFAULT_CONNECTION_POLICY, ...policy };
    this.startedAt = this.clock.now();
    this.control.onPerform = (effect) => this.#answer(effect);
    this.manager = new ConnectionManager({
      clock: this.clock,
      random: () => this.random,
      policy: this.policy,
      control: this.control,
      facts: {
        account: signedIn ? 1 : 0,
        quality: "good",
        constraints: { auth: signedIn, network: true, appActive: true, notFrozen: true },
        ...facts,
      },
      onHandled: (handled) => this.handled.push(handled),
      onFault: (error) => this.faults.push(error),
      check: brokenInvariant,
    });
    this.manager.snapshots.subscribe((snapshot) => this.snapshots.push(snapshot));
  }

  get model(): ConnectionModel {
    return this.manager.model;
  }

  get snapshot(): ConnectionSnapshot {
    return this.manager.snapshots.current;
  }

  /** `state`, and what else is worth a word, in the order of their coming. */
  get states(): string[] {
    return this.snapshots.map(({ state, reason }) => `${state} (${reason})`);
  }

  /** When the dials were made, in milliseconds from the start of the test. */
  get dials(): number[] {
    return this.handled
      .filter(({ step }) => step.effects.some(({ type }) => type === "openTransport"))
      .map(({ stamp }) => stamp.now - this.startedAt);
  }

  /** The waits between a failure and the dial that follows it. */
  get waits(): number[] {
    return this.dials.slice(1).map((dial, index) => dial - (this.#endOf(index + 1) ?? Number.NaN));
  }

  /** The types of all effects so far, and forgets them. */
  takeEffects(): string[] {
    return this.control.effects.splice(0).map(({ type }) => type);
  }

  tell(...events: readonly (UserEvent | WorldEvent | DriverEvent | BareEvent)[]): this {
    for (const event of events) {
      this.manager.dispatch(typeof event === "string" ? { type: event } : event);
    }
    return this;
  }

  /** Facts of the session that was dialled last. */
  say(...facts: readonly Fact[]): this {
    return this.sayAs(this.model.sessionId, ...facts);
  }

  sayAs(sessionId: number, ...facts: readonly Fact[]): this {
    for (const fact of facts) this.manager.dispatch({ ...fact, sessionId });
    return this;
  }

  /** Moves time. A peer that talks is heard in the vitals of its session too. */
  advance(ms: number): this {
    this.clock.advance(ms);
    return this;
  }

  /** From stopped to connecting. */
  dial(): this {
    return this.tell("start");
  }

  /** The socket opens, and the hello goes out. */
  openSocket(): this {
    return this.say({ type: "transportOpened" });
  }

  welcome(extra: { readonly windowMs?: number; readonly tokenExpiresInMs?: number } = {}): this {
    return this.say({ type: "welcomed", ...WELCOME, ...extra });
  }

  /** From stopped to open. */
  open(extra: { readonly windowMs?: number; readonly tokenExpiresInMs?: number } = {}): this {
    return this.dial().openSocket().welcome(extra);
  }

  /** Lets the next dial succeed, whenever it comes. */
  accept(): this {
    return this.openSocket().welcome();
  }

  drop(detail = "1006"): this {
    return this.say({ type: "transportClosed", meaning: "retry", detail });
  }

  network(available: boolean, quality: "good" | "constrained" = "good"): this {
    return this.tell({ type: "networkChanged", available, quality });
  }

  login(account = 1): this {
    return this.tell({ type: "credentialsChanged", available: true, account });
  }

  logout(): this {
    return this.tell({ type: "credentialsChanged", available: false, account: 0 });
  }

  /** A frame came in just now; the session says so only when it was asked to. */
  frame(): this {
    this.inbound();
    if (this.isListening) this.say({ type: "frameReceived" });
    return this;
  }

  /** The session notes a frame for the vitals, and tells nobody. */
  inbound(vitals: Partial<Vitals> = {}): this {
    const base = this.control.current ?? { bufferedBytes: 0, inboundPaused: false };
    this.control.current = { ...base, lastInboundAt: this.clock.now(), ...vitals };
    return this;
  }

  /** Did the machine ask for `frameReceived`? */
  get isListening(): boolean {
    const last = this.handled
      .flatMap(({ step }) => step.effects)
      .filter(({ type }) => type === "listenForLife" || type === "openTransport")
      .at(-1);
    return last?.type === "listenForLife" && last.on;
  }

  /**
   * Lets time pass until the named deadline rings by itself; gives up when the state ends first.
   */
  untilAlarm(name: DeadlineName): this {
    const before = this.handled.length;
    const rang = (): boolean =>
      this.handled
        .slice(before)
        .some(({ event }) => event.type === "alarm" && event.deadline === name);
    return this.#advanceUntil(rang);
  }

  /** Lets time pass until the named deadline is the next; gives up when the state ends first. */
  untilNextIs(name: DeadlineName): this {
    return this.#advanceUntil(() => nextDeadline(this.model, this.policy)?.name === name);
  }

  /** From alarm to alarm, within this state and not for ever. */
  #advanceUntil(isThere: () => boolean): this {
    const { since } = this.model;
    for (let alarms = 0; alarms < 1_000 && this.model.since === since && !isThere(); alarms += 1) {
      const { nextDeadline: next = Infinity } = this.clock;
      if (next - since > 3_600_000) break;
      this.clock.advanceTo(next);
    }
    return this;
  }

  #answer(effect: ConnectionEffect): void {
    if (effect.type === "openTransport") this.control.current = undefined;
    if (effect.type !== "sendPing" || this.peer === "silent") return;
    this.inbound();
    if (this.peer === "chatty") this.sayAs(effect.sessionId, { type: "frameReceived" });
    else {
      const pong = { type: "pongReceived", nonce: effect.nonce, windowMs: this.model.windowMs };
      this.sayAs(effect.sessionId, pong as Fact);
    }
  }

  /** When the session of the n-th dial ended. */
  #endOf(sessionId: number): number | undefined {
    const end = this.handled.find(({ step }) =>
      step.effects.some(
        (effect) => effect.type === "closeTransport" && effect.sessionId === sessionId,
      ),
    );
    return end && end.stamp.now - this.startedAt;
  }
}

export function rig(options: RigOptions = {}): ConnectionRig {
  return new ConnectionRig(options);
}
