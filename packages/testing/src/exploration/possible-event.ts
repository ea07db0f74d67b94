/**
 * Everything that can happen to a model next: each event in each of its variants, on time and late,
 * from this session and from an old one, with small dice and large, with what the socket may tell.
 */
import {
  isLive,
  pendingDeadlines,
  type ConnectionEvent,
  type ConnectionModel,
  type ConnectionPolicy,
  type DeadlineName,
  type Stamp,
  type Vitals,
} from "@holdfast/client/machine";

import {
  credentialVariants,
  DOUBT_VARIANTS,
  FACT_VARIANTS,
  pongVariants,
  WORLD_VARIANTS,
  type FactTold,
  type Variant,
} from "./event-variant.ts";

/** One event that may come, and when. */
export interface PossibleEvent {
  /** Its type; for an alarm with the name of its deadline: `alarm ping`. */
  readonly name: string;
  /** Which of its variants, in a few words; empty where there is but one. */
  readonly variant: string;
  readonly event: ConnectionEvent;
  readonly stamp: Stamp;
}

/** Every deadline that the machine knows. */
export const DEADLINE_NAMES: readonly DeadlineName[] = [
  ...(["connect", "handshake", "stable", "tokenRenewal", "leave", "drain", "backoff"] as const),
  ...(["renewal", "offlineRetry", "grace", "ping", "pong", "ownPong", "probe"] as const),
];

const SILENT: Vitals = { lastInboundAt: -Infinity, bufferedBytes: 0, inboundPaused: false };

/** All that can happen to `model` from `now` on, an alarm at its own time. */
export function* possibleEvents(
  model: ConnectionModel,
  now: number,
  policy: ConnectionPolicy,
): Generator<PossibleEvent> {
  const vitals = model.health ? vitalsOf(model, SILENT) : undefined;
  for (const told of [...WORLD_VARIANTS, ...credentialVariants(model)])
    yield* rolled(told, now, vitals);
  yield* doubts(model, now, vitals);
  yield* facts(model, now, vitals);
  yield* alarms(model, now, policy);
}

function* rolled(
  { event, variant, dice }: Variant<ConnectionEvent>,
  now: number,
  vitals: Vitals | undefined,
  name: string = event.type,
): Generator<PossibleEvent> {
  yield { name, variant, event, stamp: { now, random: 0, vitals } };
  if (dice) yield { name, variant, event, stamp: { now, random: 0.999, vitals } };
}

function* doubts(
  model: ConnectionModel,
  now: number,
  vitals: Vitals | undefined,
): Generator<PossibleEvent> {
  const stalled = {
    variant: "",
    event: { type: "sendStalled", sessionId: model.sessionId },
  } as const;
  for (const told of DOUBT_VARIANTS) yield* rolled(told, now, vitals);
  if (!vitals) return;
  for (const told of [...DOUBT_VARIANTS, stalled])
    yield* rolled(told, now, { ...vitals, bufferedBytes: 9 });
}

/** Facts of the live session, and of those before and after it, which must change nothing. */
function* facts(
  { state, sessionId, health }: ConnectionModel,
  now: number,
  vitals: Vitals | undefined,
): Generator<PossibleEvent> {
  const stamp = { now, random: 0, vitals };
  if (isLive(state)) {
    for (const told of factsOf(sessionId)) yield* rolled(told, now, vitals);
    for (const { variant, event } of pongVariants(health?.nonce ?? 0)) {
      yield* rolled({ variant, event: { ...event, sessionId } }, now, vitals);
    }
  } else {
    for (const { event } of factsOf(sessionId, "")) yield stale("last session", event, stamp);
  }
  for (const { event } of factsOf(sessionId - 1, "")) yield stale("older session", event, stamp);
}

function stale(variant: string, event: ConnectionEvent, stamp: Stamp): PossibleEvent {
  return { name: event.type, variant, event, stamp };
}

const FACTS_BY_SESSION = new Map<number, readonly Variant<ConnectionEvent>[]>();
const ONE_OF_EACH_BY_SESSION = new Map<number, readonly Variant<ConnectionEvent>[]>();

/** Made once for each session, since most steps of an exploration are such facts. */
function factsOf(sessionId: number, only?: ""): readonly Variant<ConnectionEvent>[] {
  const known = only === undefined ? FACTS_BY_SESSION : ONE_OF_EACH_BY_SESSION;
  let told = known.get(sessionId);
  if (!told) {
    const all = [...FACT_VARIANTS, ...pongVariants(0)];
    const chosen = only === undefined ? FACT_VARIANTS : all.filter(isFirstOfItsType);
    told = chosen.map((fact) => ({ ...fact, event: { ...fact.event, sessionId } }));
    known.set(sessionId, told);
  }
  return told;
}

function isFirstOfItsType(
  { event }: Variant<FactTold>,
  index: number,
  all: readonly Variant<FactTold>[],
): boolean {
  return all.findIndex((other) => other.event.type === event.type) === index;
}

function* alarms(
  model: ConnectionModel,
  now: number,
  policy: ConnectionPolicy,
): Generator<PossibleEvent> {
  const pending = pendingDeadlines(model, policy);
  for (const deadline of DEADLINE_NAMES) {
    const name = `alarm ${deadline}`;
    const event = { type: "alarm", deadline } as const;
    const at = pending[deadline];
    if (at === undefined || now < at) {
      const variant = at === undefined ? "not pending" : "too early";
      yield { name, variant, event, stamp: { now, random: 0 } };
    }
    if (at === undefined) continue;
    const onTime = Math.max(now, at);
    yield* vitalAlarms(model, { variant: "", event, dice: true }, onTime, policy);
    const late = Math.max(now, at + policy.lateMs + 1);
    yield* vitalAlarms(model, { variant: "late", event, dice: true }, late, policy);
  }
}

/** What a socket may tell when one of its deadlines is reached. */
function* vitalAlarms(
  model: ConnectionModel,
  told: Variant<ConnectionEvent & { readonly type: "alarm" }>,
  now: number,
  policy: ConnectionPolicy,
): Generator<PossibleEvent> {
  const { deadline } = told.event;
  const name = `alarm ${deadline}`;
  const overdue = now - (pendingDeadlines(model, policy)[deadline] ?? now) > policy.lateMs;
  const late = overdue ? "late" : "on time";
  if (!model.health) return yield* rolled({ ...told, variant: late }, now, undefined, name);
  const silent = vitalsOf(model, SILENT);
  const isQuestion = ["ping", "pong", "ownPong", "probe"].includes(deadline);
  yield* rolled({ ...told, variant: isQuestion ? `${late}, silence` : late }, now, silent, name);
  if (!isQuestion) return;
  const stamped = (variant: string, vitals: Vitals): PossibleEvent => ({
    name,
    variant: `${late}, ${variant}`,
    event: told.event,
    stamp: { now, random: 0, vitals },
  });
  const { bufferedBytes } = silent;
  yield stamped("frames came", { ...silent, lastInboundAt: now });
  yield stamped("bytes wait", { ...silent, bufferedBytes: bufferedBytes + 9 });
  yield stamped("reading paused", { ...silent, inboundPaused: true });
  if (bufferedBytes > 0) yield stamped("bytes left", { ...silent, bufferedBytes: 0 });
}

/** Nothing came in that the model has not heard of, and what waited still waits. */
function vitalsOf({ health, deadlines }: ConnectionModel, vitals: Vitals): Vitals {
  const { lastInboundAt = -Infinity, bufferedBytes = 0 } = health ?? {};
  const isAsking = (deadlines.pong ?? deadlines.probe) !== undefined;
  return { ...vitals, lastInboundAt, bufferedBytes: isAsking ? bufferedBytes : 0 };
}
