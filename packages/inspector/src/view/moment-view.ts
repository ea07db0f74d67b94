/** Where the connection is at one moment of a recording, and what keeps it there. Pure. */
import { blockedBy, type ConnectionModel } from "@holdfast/client/machine";
import type { ConnectionConstraints, ConnectionState } from "@holdfast/client";

import type { Beat, Recording } from "./recording.ts";
import { clockWords, durationWords } from "./numbers.ts";
import { CONSTRAINT_WORDS, cut, reasonWords, STATE_WORDS, type Mood } from "./words.ts";

export interface ConstraintView {
  readonly name: string;
  readonly label: string;
  readonly holds: boolean;
  /** It keeps the client from dialling; an app in the background need not. */
  readonly blocks: boolean;
}

export interface FactView {
  readonly label: string;
  readonly value: string;
}

export interface MomentView {
  readonly state: ConnectionState;
  readonly title: string;
  readonly text: string;
  readonly mood: Mood;
  readonly reason: string;
  readonly reasonText: string;
  /** When the state was entered, by the clock of the stamps. */
  readonly since: number;
  readonly constraints: readonly ConstraintView[];
  /** `Nothing blocks.`, or what does. */
  readonly blocked: string;
  readonly facts: readonly FactView[];
  /** All that the machine knew after the event, as text. */
  readonly model: string;
}

export function momentView({ report }: Recording, beat: Beat): MomentView {
  const { model, entry } = beat;
  const { title, text, mood } = STATE_WORDS[model.state];
  const blockers: readonly string[] = model.wanted ? blockedBy(model, report.trace.policy) : [];
  const names = Object.keys(CONSTRAINT_WORDS) as (keyof ConnectionConstraints)[];
  const constraints = names.map((name) => {
    const { label, blocker } = CONSTRAINT_WORDS[name];
    return { name, label, holds: model.constraints[name], blocks: blockers.includes(blocker) };
  });
  const missing = constraints
    .filter(({ blocks }) => blocks)
    .map(({ label }) => label.toLowerCase());
  return {
    state: model.state,
    title,
    text,
    mood,
    reason: cut(model.reason, 40),
    reasonText: reasonWords(model.reason),
    since: model.since,
    constraints,
    blocked: blockedWords(model, missing),
    facts: factsOf(model, entry.at - entry.stamp.now),
    model: cut(JSON.stringify(model, null, 2), 20_000),
  };
}

function blockedWords({ wanted }: ConnectionModel, missing: readonly string[]): string {
  if (!wanted) return "Nobody wants to be connected: only start leads out.";
  if (missing.length === 0) return "Nothing blocks.";
  return `Blocked until: ${missing.join(", ")}.`;
}

/** `offset`: from the clock of the stamps to epoch milliseconds. */
function factsOf(model: ConnectionModel, offset: number): readonly FactView[] {
  const { attempt, sessionId, health, lastFailure, windowMs, account, quality } = model;
  const roundTrip = health?.roundTripMs;
  return [
    { label: "Session", value: sessionId ? `#${sessionId}` : "none yet" },
    { label: "Failures", value: String(attempt) },
    { label: "Round trip", value: roundTrip === undefined ? "–" : durationWords(roundTrip) },
    { label: "Window", value: durationWords(windowMs) },
    { label: "Path", value: cut(quality, 20) },
    { label: "Account", value: account ? `no. ${account}` : "nobody" },
    {
      label: "Last failure",
      value: lastFailure
        ? cut(`${lastFailure.reason} ${lastFailure.detail}`.trim(), 60) +
          `, ${clockWords(lastFailure.at + offset)}`
        : "none",
    },
  ];
}
