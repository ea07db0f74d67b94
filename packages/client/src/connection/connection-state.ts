/** The seven states of the connection and the reasons that a change can have. */
import type { FailureCause } from "./backoff-policy.ts";

/** Where the connection is. `docs/connection-states.md` draws how it moves. */
export const CONNECTION_STATES = [
  "stopped",
  "waitingForConstraints",
  "connectingTransport",
  "authenticating",
  "open",
  "backoff",
  "backgroundSuspended",
] as const;

/** One of the seven states. */
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** A reason that is a failure. */
export type FailureReason =
  // This client's own path.
  | ("pingTimeout" | "probeFailed" | "sendFailed")
  // Perhaps every client of the server.
  | (
      | "transportClosed"
      | "openFailed"
      | "connectTimeout"
      | "handshakeTimeout"
      | "refused"
      | "goingAway"
    )
  // Haste does not mend these.
  | ("tokenUnavailable" | "protocolViolated" | "internal");

/** Why the connection is where it is: what caused the last change of state. */
export type ConnectionReason =
  | FailureReason
  // Somebody's will.
  | "started"
  | "connectNow"
  | "userStop"
  | "serverStop"
  // A constraint that fell.
  | "authLost"
  | "authRejected"
  | "accountMismatch"
  | "networkLost"
  | "appInactive"
  | "appFrozen"
  // What made the client dial.
  | "credentialsGained"
  | "accountChanged"
  | "networkChanged"
  | "appActive"
  | "woke"
  | "retry"
  // A wait that only keeps dials apart; and the goal.
  | "dialFloor"
  | "opened";

/** The failures that do not concern the whole fleet, perhaps. */
const CAUSES: Readonly<Partial<Record<FailureReason, FailureCause>>> = {
  pingTimeout: "local",
  probeFailed: "local",
  sendFailed: "local",
  tokenUnavailable: "slow",
  protocolViolated: "slow",
  internal: "slow",
};

/** Whom a failure concerns: it decides how the next dial is spread. */
export function causeOf(reason: FailureReason): FailureCause {
  return CAUSES[reason] ?? "fleet";
}

/** Is there a transport, dialling or open? */
export function isLive(state: ConnectionState): boolean {
  return state === "connectingTransport" || state === "authenticating" || state === "open";
}
