/**
 * What holds in every model, whatever happened. The driver asserts it after each event, the
 * exploration checks it in each reachable model, the simulator at each step. What relates two
 * models (floors, counts, old sessions) is checked there.
 */
import {
  blockedBy,
  isAsking,
  type ConnectionModel,
  type DeadlineName,
} from "./connection-model.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import { isLive, type ConnectionState } from "./connection-state.ts";

/**
 * The deadlines of each state: those it must have, and those it may have. A grace belongs to each
 * live state.
 */
const DEADLINES: Readonly<
  Record<ConnectionState, { readonly must?: DeadlineName; readonly may: readonly DeadlineName[] }>
> = {
  stopped: { may: [] },
  waitingForConstraints: { may: ["renewal", "offlineRetry"] },
  connectingTransport: { must: "connect", may: [] },
  authenticating: { must: "handshake", may: [] },
  open: { may: ["stable", "tokenRenewal", "leave", "drain", "pong", "probe", "ownPong"] },
  backoff: { must: "backoff", may: [] },
  backgroundSuspended: { may: [] },
};

/** The invariant that this model breaks, in words; undefined when all hold. */
export function brokenInvariant(
  model: ConnectionModel,
  policy: ConnectionPolicy,
): string | undefined {
  const { state, deadlines } = model;
  if ((state === "stopped") === model.wanted) return "stopped exactly when not wanted";
  const { must, may } = DEADLINES[state];
  const { grace, ...others } = deadlines;
  for (const name of Object.keys(others) as DeadlineName[]) {
    if (name !== must && !may.includes(name))
      return `${state} has the deadline ${name} of another state`;
  }
  if (must && deadlines[must] === undefined) return `${state} lacks its deadline ${must}`;
  if ((state === "open") !== (model.health !== undefined))
    return "health is watched exactly while open";
  if (grace !== undefined && !isLive(state)) return "a grace belongs to a live session";
  return brokenByConstraints(model, policy);
}

function brokenByConstraints(model: ConnectionModel, policy: ConnectionPolicy): string | undefined {
  const { state, deadlines, renewal } = model;
  const missing = blockedBy(model, policy);
  const onlyNetwork = missing.length === 1 && missing[0] === "network";
  const isParked = state === "waitingForConstraints" || state === "backgroundSuspended";
  if (isParked && missing.length === 0) return "parked while nothing blocks";
  if (state === "backoff" && missing.length > 0 && !onlyNetwork)
    return "backoff while something blocks";
  if (isLive(state) && missing.length > 0 && !onlyNetwork) return "live while something blocks";
  if (state === "open" && onlyNetwork && !isAsking(model))
    return "open against the hint without asking";
  if ((renewal === "pending") !== (deadlines.renewal !== undefined))
    return "a running renewal has its deadline";
  const isDialledAgainst = deadlines.offlineRetry !== undefined;
  return isParked && onlyNetwork !== isDialledAgainst
    ? "only a hint is dialled against"
    : undefined;
}
