/**
 * The thin driver of the connection machine: one mailbox, run to completion, one alarm. It stamps events with time and dice,
 * commits the model, performs the effects, publishes snapshots and arms the alarm. It decides nothing.
 */
import type { Cancel, Clock } from "../base/clock.ts";
import { assert } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import { sleptBetween, type ClockReading } from "../base/sleep-detector.ts";
import { Cell, type Source } from "../base/source.ts";
import type { SessionControl } from "./connection-effect.ts";
import type { ConnectionEvent } from "./connection-event.ts";
import { transition } from "./connection-machine.ts";
import {
  nextDeadline,
  pendingDeadlines,
  stoppedModel,
  type ConnectionModel,
  type DeadlineName,
  type InitialFacts,
} from "./connection-model.ts";
import type { Stamp, Step } from "./connection-moves.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import { snapshotOf, type ConnectionSnapshot } from "./connection-snapshot.ts";

/** One event as the machine met it: for traces, logs, the inspector, and replay. */
export interface HandledEvent {
  readonly event: ConnectionEvent;
  readonly stamp: Stamp;
  /** Epoch milliseconds. */
  readonly wallNow: number;
  readonly before: ConnectionModel;
  readonly step: Step;
}

export interface ConnectionManagerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: ConnectionPolicy;
  readonly control: SessionControl;
  /** What the adapters know at the start. */
  readonly facts: InitialFacts;
  /** Hears every event after it was handled; must not throw. */
  readonly onHandled?: (handled: HandledEvent) => void;
  /** Hears what failed inside the loop: our own bugs. The connection goes to backoff and on. */
  readonly onFault: (error: unknown) => void;
  /** Says what is wrong with a model; its word is a fault. `brokenInvariant`, in tests and where bytes do not count. */
  readonly check?: ((model: ConnectionModel, policy: ConnectionPolicy) => string | undefined) | undefined;
}

/**
 * Deadlines that only silence lets pass. They are judged one turn of the event loop after their alarm, and never ahead of
 * another event, so that an answer that already waits in the socket is heard first.
 */
const JUDGED_LATER: ReadonlySet<DeadlineName> = new Set(["connect", "handshake", "pong", "ownPong", "probe"]);

export class ConnectionManager {
  readonly #options: ConnectionManagerOptions;
  readonly #mailbox: ConnectionEvent[] = [];
  readonly #snapshots: Cell<ConnectionSnapshot>;
  #model: ConnectionModel;
  #last: ClockReading;
  #wallOffset: number;
  #isDraining = false;
  #isClosed = false;
  #cancelAlarm: Cancel | undefined;

  constructor(options: ConnectionManagerOptions) {
    const { clock, policy, facts } = options;
    this.#options = options;
    this.#last = { now: clock.now(), wallNow: clock.wallNow() };
    this.#wallOffset = this.#last.wallNow - this.#last.now;
    this.#model = stoppedModel(facts, this.#last.now, policy);
    this.#snapshots = new Cell(snapshotOf(this.#model, policy, this.#wallOffset));
  }

  get snapshots(): Source<ConnectionSnapshot> {
    return this.#snapshots;
  }

  get model(): ConnectionModel {
    return this.#model;
  }

  /** Handles an event to its end, and whatever follows from it; within a handler it waits its turn. Never throws. */
  dispatch(event: ConnectionEvent): void {
    if (this.#isClosed) return;
    this.#mailbox.push(event);
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) this.#receive(next);
    this.#isDraining = false;
    this.#rearm();
  }

  /** Stops for good: no alarm stays, and later events change nothing. */
  close(): void {
    this.dispatch({ type: "stop" });
    this.#isClosed = true;
    this.#rearm();
  }

  /** Before an event from outside come the wake-up that nobody reported and the deadlines that fell due while we slept. */
  #receive(event: ConnectionEvent): void {
    const { clock } = this.#options;
    const reading = { now: clock.now(), wallNow: clock.wallNow() };
    const alarm = nextDeadline(this.#model, this.#options.policy)?.at;
    const slept = sleptBetween(this.#last, reading, alarm);
    this.#last = reading;
    if (slept && event.type !== "woke") this.#handle({ type: "woke" });
    if (!("sessionId" in event) && event.type !== "alarm") this.#runOverdue();
    this.#handle(event);
  }

  #runOverdue(): void {
    const { clock, policy } = this.#options;
    const pending = pendingDeadlines(this.#model, policy);
    for (const name of Object.keys(pending) as DeadlineName[]) {
      const at = pending[name];
      if (at !== undefined && at <= clock.now() && !JUDGED_LATER.has(name)) this.#handle({ type: "alarm", deadline: name });
    }
  }

  /** A fault of ours costs the session, not the connection. */
  #handle(event: ConnectionEvent): void {
    try {
      this.#advance(event);
    } catch (error) {
      this.#options.onFault(error);
      if (event.type !== "faulted") this.#handle({ type: "faulted", detail: error instanceof Error ? error.name : "unknown" });
    }
  }

  #advance(event: ConnectionEvent): void {
    const { clock, random, policy, control, onHandled, check } = this.#options;
    const before = this.#model;
    const stamp: Stamp = { now: clock.now(), random: random(), vitals: control.vitals() };
    const step = transition(before, event, stamp, policy);
    const wallNow = clock.wallNow();
    this.#model = step.model;
    if (step.model.since !== before.since) this.#wallOffset = wallNow - stamp.now;
    onHandled?.({ event, stamp, wallNow, before, step });
    try {
      for (const effect of step.effects) control.perform(effect);
    } finally {
      // What an effect throws must hide from nobody where the connection is.
      if (step.model !== before) this.#publish();
    }
    const broken = check?.(step.model, policy);
    assert(!broken, `${broken}`);
  }

  /** Tells only what an outsider can see: a snapshot is small plain data, so its text is its identity. */
  #publish(): void {
    const snapshot = snapshotOf(this.#model, this.#options.policy, this.#wallOffset);
    if (JSON.stringify(snapshot) !== JSON.stringify(this.#snapshots.current)) this.#snapshots.set(snapshot);
  }

  #rearm(): void {
    this.#cancelAlarm?.();
    this.#cancelAlarm = undefined;
    if (this.#isClosed) return;
    const next = nextDeadline(this.#model, this.#options.policy);
    if (next) this.#cancelAlarm = this.#options.clock.at(next.at, () => this.#ring(next.name));
  }

  #ring(deadline: DeadlineName): void {
    this.#cancelAlarm = undefined;
    const post = (): void => this.dispatch({ type: "alarm", deadline });
    if (JUDGED_LATER.has(deadline)) this.#cancelAlarm = this.#options.clock.turn(post);
    else post();
  }
}
