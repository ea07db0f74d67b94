/**
 * What the machine met, exported for a bug report: every event with its stamp, so that the machine
 * can run over it again.
 */
import { EDGES_HASH } from "./connection-edges.ts";
import type { ConnectionEffect } from "./connection-effect.ts";
import type { ConnectionEvent } from "./connection-event.ts";
import type { HandledEvent } from "./connection-manager.ts";
import type { ConnectionModel } from "./connection-model.ts";
import type { Stamp } from "./connection-moves.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import type { ConnectionReason, ConnectionState } from "./connection-state.ts";

/** What a step changed in the model, field by field; null: the field is gone. */
export type ModelChange = {
  readonly [Field in keyof ConnectionModel]?: ConnectionModel[Field] | null;
};

/**
 * One event. Nothing in it is secret: accounts are aliases, details are codes, payloads never enter
 * the machine.
 */
export interface TraceEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly stamp: Stamp;
  readonly event: ConnectionEvent;
  readonly from: ConnectionState;
  readonly to: ConnectionState;
  readonly reason: ConnectionReason;
  readonly effects: readonly ConnectionEffect[];
  /** With these, the model before the first entry becomes the model after each. */
  readonly changed: ModelChange;
  /**
   * The event came too late to matter: an old session's, or a timer's that was no longer pending.
   */
  readonly stale?: true;
}

/** A trace as a bug report carries it. Plain JSON. */
export interface ExportedTrace {
  readonly format: "holdfast-trace/1";
  /** Of the client package. */
  readonly version: string;
  /** Of the machine: where it differs, `replay` need not come to the same. */
  readonly edges: string;
  readonly platform: string;
  readonly policy: ConnectionPolicy;
  /** The model before the first entry; absent when nothing was recorded. */
  readonly before?: ConnectionModel;
  readonly entries: readonly TraceEntry[];
}

/** What a client keeps for its trace. `RealtimeClient` is one. */
export interface Traced {
  readonly version: string;
  readonly platformName: string;
  readonly policy: ConnectionPolicy;
  /** The last events, oldest first. */
  readonly recentEvents: readonly HandledEvent[];
}

/**
 * The last events of a client's connection, ready for a bug report: no token, payload, account or
 * address is in it.
 */
export function exportTrace({
  version,
  platformName,
  policy,
  recentEvents,
}: Traced): ExportedTrace {
  const before = recentEvents[0]?.before;
  const entries = recentEvents.map(traceEntry);
  const trace = {
    format: "holdfast-trace/1",
    version,
    edges: EDGES_HASH,
    platform: platformName,
    policy,
    entries,
  } as const;
  return before ? { ...trace, before } : trace;
}

/** The entry of a handled event. */
export function traceEntry({ event, stamp, wallNow, before, step }: HandledEvent): TraceEntry {
  const { model, effects, stale } = step;
  const entry = {
    at: wallNow,
    stamp,
    event,
    from: before.state,
    to: model.state,
    reason: model.reason,
    effects,
    changed: changeOf(before, model),
  };
  return stale ? { ...entry, stale } : entry;
}

function changeOf(before: ConnectionModel, after: ConnectionModel): ModelChange {
  const fields = Object.keys({ ...before, ...after }) as (keyof ConnectionModel)[];
  const changed = fields.filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  return Object.fromEntries(changed.map((field) => [field, after[field] ?? null]));
}
