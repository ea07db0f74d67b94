/**
 * Runs the machine over an exported trace, and names the first entry where it comes to something
 * else. For tools: a page that only exports traces does not carry it.
 */
import { EDGES_HASH } from "./connection-edges.ts";
import { transition } from "./connection-machine.ts";
import type { ConnectionModel } from "./connection-model.ts";
import type { Step } from "./connection-moves.ts";
import type { ExportedTrace, TraceEntry } from "./connection-trace.ts";

/** Where the machine and a trace part. */
export interface TraceDifference {
  /** The place of the entry in the trace, from 0. */
  readonly index: number;
  readonly entry: TraceEntry;
  /**
   * What differs first: `from`, `to`, `reason`, `effects` or `stale` of the entry, `threw`, or a
   * field of the model after it, as `model.attempt`.
   */
  readonly what: string;
  /** What the trace says. */
  readonly expected: unknown;
  /** What the machine does today. */
  readonly got: unknown;
}

/** What became of a replay. */
export interface Replay {
  /**
   * `otherVersion`: it differs, and the trace was made by a machine with other edges, so that it
   * may.
   */
  readonly verdict: "same" | "different" | "otherVersion";
  /** How many entries led to the same. */
  readonly agreed: number;
  readonly difference?: TraceDifference;
}

/** Runs the machine over a trace, from its first entry. A machine that throws is a difference. */
export function replay(trace: ExportedTrace): Replay {
  const { before, entries, policy, edges } = trace;
  const models = tracedModels(trace);
  let model = before;
  for (const [index, entry] of entries.entries()) {
    const met = model && meet(model, entry, models[index], policy);
    if (met && "model" in met) {
      model = met.model;
      continue;
    }
    const { what, expected, got } = met ?? { what: "before", expected: "a model", got: undefined };
    const verdict = edges === EDGES_HASH ? "different" : "otherVersion";
    return { verdict, agreed: index, difference: { index, entry, what, expected, got } };
  }
  return { verdict: "same", agreed: entries.length };
}

/** The model after each entry, as the trace tells it: the machine is not asked. */
export function tracedModels({ before, entries }: ExportedTrace): readonly ConnectionModel[] {
  let model: Readonly<Record<string, unknown>> = { ...before };
  return entries.map(({ changed }) => {
    const kept = Object.entries({ ...model, ...changed }).filter(([, value]) => value !== null);
    model = Object.fromEntries(kept);
    return model as unknown as ConnectionModel;
  });
}

type Met = Step | Pick<TraceDifference, "what" | "expected" | "got">;

/** The step that the entry tells of, or what is another. */
function meet(
  before: ConnectionModel,
  entry: TraceEntry,
  after: ConnectionModel | undefined,
  policy: ExportedTrace["policy"],
): Met {
  const elsewhere = differing({ from: entry.from }, { from: before.state }, "");
  if (elsewhere) return elsewhere;
  let step: Step;
  try {
    step = transition(before, entry.event, entry.stamp, policy);
  } catch (error) {
    // Its message may quote what it was given.
    return { what: "threw", expected: undefined, got: error instanceof Error && error.name };
  }
  const { model, effects, stale } = step;
  const { to, reason } = entry;
  const told = { stale: entry.stale, to, reason, effects: entry.effects };
  const done = { stale, to: model.state, reason: model.reason, effects };
  return differing(told, done, "") ?? differing({ ...after }, { ...model }, "model.") ?? step;
}

/** The first field in which two records are not the same. */
function differing(
  expected: Readonly<Record<string, unknown>>,
  got: Readonly<Record<string, unknown>>,
  prefix: string,
): Exclude<Met, Step> | undefined {
  const fields = Object.keys({ ...expected, ...got });
  const field = fields.find((name) => textOf(expected[name]) !== textOf(got[name]));
  return field === undefined
    ? undefined
    : { what: `${prefix}${field}`, expected: expected[field], got: got[field] };
}

/** The same text for the same value, in whatever order its fields stand. */
function textOf(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
