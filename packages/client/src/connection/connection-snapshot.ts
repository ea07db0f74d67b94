/** The model as outsiders may see it: stable values, wall-clock instants, no timers and no dice. */
import {
  blockedBy,
  type Blocker,
  type ConnectionConstraints,
  type ConnectionFailure,
  type ConnectionModel,
} from "./connection-model.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import type { ConnectionReason, ConnectionState } from "./connection-state.ts";

/** Where the connection is, why, and what comes next. It never changes; a later one replaces it. */
export interface ConnectionSnapshot {
  readonly state: ConnectionState;
  /** What caused the last change of state. */
  readonly reason: ConnectionReason;
  /** Failures in a row, since the last session that proved itself. */
  readonly attempt: number;
  /** The number of the last dial. */
  readonly sessionId: number;
  /** When the state was entered, epoch milliseconds. */
  readonly since: number;
  /** When the next dial comes by itself, epoch milliseconds; undefined where none is planned. */
  readonly retryAt: number | undefined;
  /** What is missing before the client may dial; empty when nothing is. */
  readonly blockedBy: readonly Blocker[];
  /** The last failure, until a session proves itself. `at` in epoch milliseconds. */
  readonly lastFailure: ConnectionFailure | undefined;
  /** Of the last ping that was answered in this session. */
  readonly roundTripMs: number | undefined;
  readonly constraints: ConnectionConstraints;
  /** The server rejected the token, and the provider has been asked for a new one. */
  readonly isRenewingToken: boolean;
}

/** `wallOffset`: what to add to the model's monotonic instants to get epoch milliseconds. */
export function snapshotOf(
  model: ConnectionModel,
  policy: ConnectionPolicy,
  wallOffset: number,
): ConnectionSnapshot {
  const { state, reason, attempt, sessionId, since, deadlines, lastFailure, health, constraints } =
    model;
  const retryAt = deadlines.backoff ?? deadlines.offlineRetry;
  return {
    state,
    reason,
    attempt,
    sessionId,
    since: since + wallOffset,
    retryAt: retryAt === undefined ? undefined : retryAt + wallOffset,
    blockedBy: model.wanted ? blockedBy(model, policy) : [],
    lastFailure: lastFailure && { ...lastFailure, at: lastFailure.at + wallOffset },
    roundTripMs: health?.roundTripMs,
    constraints,
    isRenewingToken: model.renewal === "pending",
  };
}
