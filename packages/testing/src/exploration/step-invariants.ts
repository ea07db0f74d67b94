/**
 * What holds between two models, whatever the event: the invariants that one model cannot show.
 * Explorations ask them of every step, property tests and the simulator of each step that a real
 * manager makes.
 */
import {
  brokenInvariant,
  type ConnectionEvent,
  type ConnectionModel,
  type ConnectionPolicy,
  type Stamp,
  type Step,
} from "@holdfast/client/machine";

import { DIAL_RULES } from "./dial-invariants.ts";
import { SESSION_RULES } from "./session-invariants.ts";
import { did, isStale } from "./step-view.ts";

const STEP_RULES = Object.entries({ ...DIAL_RULES, ...SESSION_RULES });

const STALE = "a stale event changes nothing";
const FRESH = "only stale events are dropped";

/** The invariants between two models, as sentences. */
export const STEP_INVARIANTS: readonly string[] = [
  STALE,
  FRESH,
  ...STEP_RULES.map(([sentence]) => sentence),
];

/** What the step breaks, in words; undefined when everything holds. */
export function brokenStep(
  before: ConnectionModel,
  event: ConnectionEvent,
  stamp: Stamp,
  { model: after, effects, stale }: Step,
  policy: ConnectionPolicy,
): string | undefined {
  if (isStale(before, event, stamp, policy)) {
    return after === before && effects.length === 0 && stale ? undefined : STALE;
  }
  if (stale) return FRESH;
  const { now } = stamp;
  const didOpen = did(effects, "openTransport");
  const didClose = did(effects, "closeTransport");
  const step = { before, after, event, effects, stamp, now, policy, didOpen, didClose };
  for (const [sentence, holds] of STEP_RULES) if (!holds(step)) return sentence;
  return brokenInvariant(after, policy);
}
