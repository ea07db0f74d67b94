/** One step of the connection machine as the invariants see it: what was, happened, and is. */
import {
  isLive,
  pendingDeadlines,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionModel,
  type ConnectionPolicy,
  type Stamp,
} from "@holdfast/client/machine";

export interface StepView {
  readonly before: ConnectionModel;
  readonly after: ConnectionModel;
  readonly event: ConnectionEvent;
  readonly effects: readonly ConnectionEffect[];
  readonly stamp: Stamp;
  readonly now: number;
  readonly policy: ConnectionPolicy;
  /** A transport was opened. */
  readonly didOpen: boolean;
  /** A transport was closed. */
  readonly didClose: boolean;
}

/** An invariant by its sentence: does it hold in this step? */
export type StepRules = Readonly<Record<string, (step: StepView) => boolean>>;

export function did(effects: readonly ConnectionEffect[], type: ConnectionEffect["type"]): boolean {
  return effects.some((effect) => effect.type === type);
}

/** The server's word: no dial any more. */
export function asksToStop(event: ConnectionEvent): boolean {
  return meaningOf(event) === "stop";
}

/** The server's word: not with this credential. */
export function asksForCredentials(event: ConnectionEvent): boolean {
  return meaningOf(event) === "reauthenticate";
}

function meaningOf(event: ConnectionEvent): string | undefined {
  if (event.type === "refused") return event.action;
  if (event.type === "openFailed" || event.type === "transportClosed") return event.meaning;
  return undefined;
}

/** By the invariants' own account, so that the machine cannot forget to ask. */
export function isStale(
  model: ConnectionModel,
  event: ConnectionEvent,
  { now }: Stamp,
  policy: ConnectionPolicy,
): boolean {
  if ("sessionId" in event) return event.sessionId !== model.sessionId || !isLive(model.state);
  if (event.type !== "alarm") return false;
  const deadline = pendingDeadlines(model, policy)[event.deadline];
  return deadline === undefined || now < deadline;
}
