/** What the machine met, kept and exported: every event with its stamp, so that the machine can be run over it again. */
import type { TraceSink } from "../base/trace.ts";
import type { ConnectionEffect } from "./connection-effect.ts";
import type { ConnectionEvent } from "./connection-event.ts";
import type { HandledEvent } from "./connection-manager.ts";
import type { ConnectionModel } from "./connection-model.ts";
import type { Stamp } from "./connection-moves.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import type { ConnectionReason, ConnectionState } from "./connection-state.ts";

/**
 * One event. Nothing in it is secret: accounts are aliases, details are codes, addresses and payloads never enter the
 * machine.
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
  /** The event came too late to matter: an old session's, or a timer's that was no longer pending. */
  readonly stale?: true;
}

/** Hears entries as they are made, for a log. */
export type ConnectionTraceSink = TraceSink<TraceEntry>;

/** A trace as a bug report carries it. Plain JSON. */
export interface ExportedTrace {
  readonly format: "holdfast-trace/1";
  /** Of the client package. */
  readonly version: string;
  readonly platform: string;
  readonly policy: ConnectionPolicy;
  /** The model before the first entry; absent when nothing was recorded. */
  readonly before?: ConnectionModel;
  readonly entries: readonly TraceEntry[];
  /** How many older entries were no longer kept. */
  readonly dropped: number;
}

/** The entry of a handled event. */
export function traceEntry({ event, stamp, wallNow, before, step }: HandledEvent): TraceEntry {
  const { model, effects, stale } = step;
  const entry = { at: wallNow, stamp, event, from: before.state, to: model.state, reason: model.reason, effects };
  return stale ? { ...entry, stale } : entry;
}
