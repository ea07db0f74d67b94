/**
 * The thin driver of the connection machine: one mailbox, run to completion, one alarm. It stamps
 * events with time and dice, commits the model, performs the effects, publishes snapshots and arms
 * the alarm. It decides nothing.
 */
import type { Cancel, Clock } from "../base/clock.ts";
import { AssertionError, nameOf } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import { sleptBetween, type ClockReading } from "../base/sleep-detector.ts";
import { Cell, type Source } from "../base/source.ts";
import type { SessionControl } from "./connection-effect.ts";
import type { ConnectionEvent } from "./connection-event.ts";
import { transition } from "./connection-machine.ts";
import {
  dueDeadlines,
  stoppedModel,
  type ConnectionModel,
  type DeadlineName,
  type DueDeadline,
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

/** What a manager acts through, and who hears of it. */
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
  /**
   * Says what is wrong with a model; its word is a fault. `brokenInvariant`, in tests and where
   * bytes do not count.
   */
  readonly check?:
    | ((model: ConnectionModel, policy: ConnectionPolicy) => string | undefined)
    | undefined;
}

/**
 * Deadlines that only silence lets pass: no other event brings their judgement forward, so that an
 * answer that already waits in the socket is heard first.
 */
const SILENCES: readonly DeadlineName[] = ["connect", "handshake", "pong", "ownPong", "probe"];

/**
 * Drives the machine: one mailbox, one alarm, run to completion. `RealtimeClient` has one; others
 * need it only to build a client of their own.
 */
export class ConnectionManager {
  readonly #options: ConnectionManagerOptions;
  /** An event stays here until the last is handled: whoever finds any comes within a handler. */
  readonly #mailbox: ConnectionEvent[] = [];
  readonly #snapshots: Cell<ConnectionSnapshot>;
  #shownText: string;
  #model: ConnectionModel;
  /** Both clocks at the last event. */
  #last: ClockReading;
  /** From monotonic to epoch milliseconds, as of the last change of state. */
  #wallOffset: number;
  #isClosed = false;
  #cancelAlarm: Cancel | undefined;

  constructor(options: ConnectionManagerOptions) {
    const { clock, policy, facts } = options;
    this.#options = options;
    this.#last = { now: clock.now(), wallNow: clock.wallNow() };
    this.#wallOffset = this.#last.wallNow - this.#last.now;
    this.#model = stoppedModel(facts, this.#last.now, policy);
    const snapshot = this.#snapshot();
    this.#snapshots = new Cell(snapshot);
    this.#shownText = JSON.stringify(snapshot);
  }

  get snapshots(): Source<ConnectionSnapshot> {
    return this.#snapshots;
  }

  get model(): ConnectionModel {
    return this.#model;
  }

  /**
   * Handles an event to its end, and whatever follows from it; within a handler it waits its turn.
   * Never throws.
   */
  dispatch(event: ConnectionEvent): void {
    if (this.#isClosed) return;
    if (this.#mailbox.push(event) > 1) return;
    for (const next of this.#mailbox) this.#receive(next);
    this.#mailbox.length = 0;
    this.#rearm();
  }

  /** Stops for good: no alarm stays, and later events change nothing. */
  close(): void {
    this.dispatch({ type: "stop" });
    this.#isClosed = true;
    this.#cancelAlarm?.();
  }

  /**
   * Before an event from outside come the wake-up that nobody reported and the deadlines that fell
   * due while we slept.
   */
  #receive(event: ConnectionEvent): void {
    const { clock } = this.#options;
    const last = this.#last;
    this.#last = { now: clock.now(), wallNow: clock.wallNow() };
    const due = this.#deadlines();
    if (event.type !== "woke" && sleptBetween(last, this.#last, due[0]?.[1]))
      this.#handle({ type: "woke" });
    if (!("sessionId" in event) && event.type !== "alarm") {
      for (const [deadline, at] of due) {
        if (at <= this.#last.now && !SILENCES.includes(deadline))
          this.#handle({ type: "alarm", deadline });
      }
    }
    this.#handle(event);
  }

  /** A fault of ours costs the session, not the connection. */
  #handle(event: ConnectionEvent): void {
    const { random, policy, control, onHandled, onFault, check } = this.#options;
    const { now, wallNow } = this.#last;
    const before = this.#model;
    try {
      const stamp: Stamp = { now, random: random(), vitals: control.vitals() };
      const step = transition(before, event, stamp, policy);
      const { model, effects } = step;
      this.#model = model;
      if (model.since !== before.since) this.#wallOffset = wallNow - now;
      onHandled?.({ event, stamp, wallNow, before, step });
      for (const effect of effects) control.perform(effect);
      const broken = check?.(model, policy);
      if (broken) throw new AssertionError(broken);
    } catch (error) {
      onFault(error);
      if (event.type !== "faulted") this.#handle({ type: "faulted", detail: nameOf(error) });
    } finally {
      // What an effect throws must hide from nobody where the connection is.
      this.#publish();
    }
  }

  /**
   * Tells only what an outsider can see: a snapshot is small plain data, so its text is its
   * identity.
   */
  #publish(): void {
    const snapshot = this.#snapshot();
    const text = JSON.stringify(snapshot);
    if (text === this.#shownText) return;
    this.#shownText = text;
    this.#snapshots.set(snapshot);
  }

  #snapshot(): ConnectionSnapshot {
    return snapshotOf(this.#model, this.#options.policy, this.#wallOffset);
  }

  #deadlines(): readonly DueDeadline[] {
    return dueDeadlines(this.#model, this.#options.policy);
  }

  #rearm(): void {
    this.#cancelAlarm?.();
    const [next] = this.#deadlines();
    if (!next) return;
    const { clock } = this.#options;
    const [deadline, at] = next;
    const ring = (): void => this.dispatch({ type: "alarm", deadline });
    // A turn of the event loop later, for what already waits to be heard.
    this.#cancelAlarm = clock.at(at, () => {
      this.#cancelAlarm = clock.turn(ring);
    });
  }
}
