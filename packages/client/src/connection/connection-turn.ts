/** One turn of the machine: the model as it changes, and what is to be done about it. Made and dropped by `transition`. */
import type { Millis } from "../base/clock.ts";
import type { ConnectionEffect, SessionEffect, SessionEffectDetails, Vitals } from "./connection-effect.ts";
import { blockedBy, type Blocker, type ConnectionConstraints, type ConnectionModel, type StateDeadline } from "./connection-model.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";

/** What the driver stamps on each event: the machine reads no clock and rolls no dice. */
export interface Stamp {
  readonly now: Millis;
  /** In [0, 1). */
  readonly random: number;
  /** Of the live session, where there is one. */
  readonly vitals?: Vitals | undefined;
}

export interface Step {
  readonly model: ConnectionModel;
  readonly effects: readonly ConnectionEffect[];
  /** The event came from an old session or a timer no longer pending; it changed nothing. */
  readonly stale?: true;
}

export class Turn {
  model: ConnectionModel;
  readonly effects: ConnectionEffect[] = [];
  readonly policy: ConnectionPolicy;
  readonly stamp: Stamp;
  readonly now: Millis;

  constructor(model: ConnectionModel, stamp: Stamp, policy: ConnectionPolicy) {
    this.model = model;
    this.policy = policy;
    this.stamp = stamp;
    this.now = stamp.now;
  }

  /** The next model: a new value, since the old one may be in a trace. */
  change(facts: Partial<ConnectionModel>): void {
    this.model = { ...this.model, ...facts };
  }

  changeConstraints(facts: Partial<ConnectionConstraints>): void {
    const { constraints } = this.model;
    const isNews = (Object.keys(facts) as (keyof ConnectionConstraints)[]).some((name) => constraints[name] !== facts[name]);
    if (isNews) this.change({ constraints: { ...constraints, ...facts } });
  }

  /** Sets one deadline of the present state, or ends it. */
  changeDeadline(name: StateDeadline, at: Millis | undefined): void {
    const { [name]: _, ...others } = this.model.deadlines;
    this.change({ deadlines: at === undefined ? others : { ...others, [name]: at } });
  }

  /** An effect on the live session. */
  act<Type extends SessionEffect["type"]>(type: Type, details: SessionEffectDetails<Type>): void {
    this.effects.push({ type, sessionId: this.model.sessionId, ...details } as unknown as ConnectionEffect);
  }

  /** What is missing now. */
  get missing(): readonly Blocker[] {
    return blockedBy(this.model, this.policy);
  }
}
