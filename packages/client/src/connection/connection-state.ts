/** The seven states of the connection and the reasons that a change can have. */

/** Where the connection is. `design`: PROTOCOL-independent; ARCHITECTURE.md draws the machine. */
export const CONNECTION_STATES = [
  "stopped",
  "waitingForConstraints",
  "connectingTransport",
  "authenticating",
  "open",
  "backoff",
  "backgroundSuspended",
] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** Why the connection is where it is: what caused the last change of state. */
export const CONNECTION_REASONS = [
  // The user, the server's word, and progress: no failure.
  "started",
  "userStop",
  "serverStop",
  "opened",
  "dialFloor",
  // A constraint.
  "authLost",
  "authRejected",
  "accountChanged",
  "accountMismatch",
  "networkLost",
  "appInactive",
  "appFrozen",
  // Failures of local cause.
  "pingTimeout",
  "probeFailed",
  "sendFailed",
  "networkChanged",
  // Failures that may concern the whole fleet.
  "transportClosed",
  "openFailed",
  "connectTimeout",
  "handshakeTimeout",
  "refused",
  "goingAway",
  // Failures that ask for patience.
  "tokenUnavailable",
  "protocolViolated",
  "internal",
] as const;
export type ConnectionReason = (typeof CONNECTION_REASONS)[number];

/** Is there a transport, dialling or open? */
export function isLive(state: ConnectionState): boolean {
  return state === "connectingTransport" || state === "authenticating" || state === "open";
}
