/**
 * Walks from a model to an end that must come: with alarms and successes alone to `open`, with
 * silence alone out of every state that waits for a peer. They measure how long it takes, where
 * the exploration only knows that it can happen.
 */
import {
  isLive,
  nextDeadline,
  type ConnectionEvent,
  type ConnectionModel,
  type ConnectionPolicy,
  type Vitals,
} from "@holdfast/client/machine";

import type { Transition } from "./exploration.ts";

/** A model at an instant. */
export interface Moment {
  readonly model: ConnectionModel;
  readonly now: number;
}

/** How a world behaves in which nothing happens but alarms and what this world answers. */
export interface World {
  readonly transition: Transition;
  readonly policy: ConnectionPolicy;
  /** In [0, 1), for every throw of the dice. */
  readonly random: number;
  /** What the world does at once in this model; undefined: it lets the next alarm come. */
  readonly answer: (model: ConnectionModel) => ConnectionEvent | undefined;
  /** What an open socket tells when an alarm comes. */
  readonly vitals: (moment: Moment) => Vitals | undefined;
}

/** No walk that gets anywhere takes more steps than this. */
const STEPS_MAX = 200;

/** Walks until `isThere`; undefined when it gets nowhere. In milliseconds. */
export function walk(
  start: Moment,
  world: World,
  isThere: (model: ConnectionModel) => boolean,
): number | undefined {
  let moment = start;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    if (isThere(moment.model)) return moment.now - start.now;
    const next = stepOf(moment, world);
    if (!next) return undefined;
    moment = next;
  }
  return undefined;
}

function stepOf(moment: Moment, world: World): Moment | undefined {
  const { model } = moment;
  const event = world.answer(model);
  if (event) return happen(moment, event, world);
  const alarm = nextDeadline(model, world.policy);
  if (!alarm) return undefined;
  const due = { model, now: Math.max(moment.now, alarm.at) };
  return happen(due, { type: "alarm", deadline: alarm.name }, world);
}

/** The moment after `event`. */
export function happen({ model, now }: Moment, event: ConnectionEvent, world: World): Moment {
  const { transition, policy, random, vitals } = world;
  const stamp = { now, random, vitals: vitals({ model, now }) };
  return { model: transition(model, event, stamp, policy).model, now };
}

/** A world in which every dial succeeds at once. */
export function kindWorld(transition: Transition, policy: ConnectionPolicy, random: number): World {
  return { transition, policy, random, answer: succeed, vitals: chatter };
}

function succeed({ state, sessionId }: ConnectionModel): ConnectionEvent | undefined {
  if (state === "connectingTransport") return { type: "transportOpened", sessionId };
  if (state !== "authenticating") return undefined;
  return {
    type: "welcomed",
    sessionId,
    windowMs: 1_000,
    heartbeat: { minMs: 1_000, maxMs: 60_000 },
  };
}

/** A world that never says anything: a black hole. */
export function silentWorld(transition: Transition, policy: ConnectionPolicy): World {
  return { transition, policy, random: 0.999, answer: () => undefined, vitals: silence };
}

/** A world that sends frames and never answers: what we send is lost. */
export function deafWorld(transition: Transition, policy: ConnectionPolicy): World {
  return { ...silentWorld(transition, policy), vitals: chatter };
}

function silence({ model: { health } }: Moment): Vitals | undefined {
  if (!health) return undefined;
  const { lastInboundAt, bufferedBytes } = health;
  return { lastInboundAt, bufferedBytes, inboundPaused: false };
}

function chatter(moment: Moment): Vitals | undefined {
  const quiet = silence(moment);
  return quiet && { ...quiet, lastInboundAt: moment.now };
}

/** Does the session of `start` no longer live? */
export function hasEnded(start: ConnectionModel): (model: ConnectionModel) => boolean {
  return ({ state, sessionId }) => !isLive(state) || sessionId !== start.sessionId;
}
