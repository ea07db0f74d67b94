/**
 * One turn of the machine: a draft of the next model, which its rows may write to, and what is to
 * be done about it. The draft is a copy of its own, so what others hold of the old model never
 * changes. Made and dropped by `transition`.
 */
import type { Millis } from "../base/clock.ts";
import type {
  ConnectionEffect,
  SessionEffect,
  SessionEffectDetails,
  Vitals,
} from "./connection-effect.ts";
import type { ConnectionHealth } from "./connection-health.ts";
import type { ConnectionConstraints, ConnectionModel, DeadlineName } from "./connection-model.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";

/** What the driver stamps on each event: the machine reads no clock and rolls no dice. */
export interface Stamp {
  readonly now: Millis;
  /** In [0, 1). */
  readonly random: number;
  /** Of the live session; left out where there is none. */
  readonly vitals?: Vitals | undefined;
}

/** What the machine made of an event. */
export interface Step {
  readonly model: ConnectionModel;
  readonly effects: readonly ConnectionEffect[];
  /** The event came from an old session or a timer no longer pending; it changed nothing. */
  readonly stale?: true;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface Draft extends Writable<
  Omit<ConnectionModel, "constraints" | "deadlines" | "health">
> {
  constraints: Writable<ConnectionConstraints>;
  deadlines: Partial<Record<DeadlineName, Millis>>;
  health?: Writable<ConnectionHealth> | undefined;
}

export interface Turn extends Stamp {
  readonly vitals: Vitals;
  readonly model: Draft;
  readonly policy: ConnectionPolicy;
  readonly effects: ConnectionEffect[];
}

/** Where there is no session, nothing was heard and nothing waits. */
const NO_VITALS: Vitals = { lastInboundAt: 0, bufferedBytes: 0, inboundPaused: false };

export function turnOf(model: ConnectionModel, stamp: Stamp, policy: ConnectionPolicy): Turn {
  const { now, random, vitals = NO_VITALS } = stamp;
  // Written out: a literal that spreads and names fields besides takes several times as long.
  const draft: Draft = { ...model };
  draft.constraints = { ...model.constraints };
  // Assigned to, because fields are added to it: V8 gives a spread one a hidden class of its own.
  draft.deadlines = Object.assign({}, model.deadlines);
  draft.health = model.health && { ...model.health };
  return { now, random, vitals, model: draft, policy, effects: [] };
}

/** An effect on the session that lives now. */
export function act<Type extends SessionEffect["type"]>(
  { effects, model }: Turn,
  type: Type,
  details?: SessionEffectDetails<Type>,
): void {
  effects.push({ type, sessionId: model.sessionId, ...details } as unknown as ConnectionEffect);
}
