/** Which way the snapshots of a connection may go, as a subscriber sees it. */
import type { ConnectionSnapshot, ConnectionState } from "@holdfast/client";

/** Where a subscriber may see each state lead, itself aside: the arrows of the diagram. */
const NEXT: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  stopped: ["waitingForConstraints", "connectingTransport", "backoff", "backgroundSuspended"],
  waitingForConstraints: ["stopped", "connectingTransport", "backoff", "backgroundSuspended"],
  connectingTransport: [
    "authenticating",
    "stopped",
    "waitingForConstraints",
    "backoff",
    "backgroundSuspended",
  ],
  authenticating: [
    "connectingTransport",
    "open",
    "stopped",
    "waitingForConstraints",
    "backoff",
    "backgroundSuspended",
  ],
  open: [
    "connectingTransport",
    "stopped",
    "waitingForConstraints",
    "backoff",
    "backgroundSuspended",
  ],
  backoff: ["stopped", "waitingForConstraints", "connectingTransport", "backgroundSuspended"],
  backgroundSuspended: ["stopped", "waitingForConstraints", "connectingTransport", "backoff"],
};

/** What is wrong with the step from one snapshot to the next; undefined: nothing. */
export function brokenPath(
  before: ConnectionSnapshot,
  after: ConnectionSnapshot,
): string | undefined {
  const step = `${before.state} to ${after.state} (${after.reason})`;
  if (before.state !== after.state && !NEXT[before.state].includes(after.state)) return step;
  if (after.sessionId < before.sessionId) return `${step} falls back to session ${after.sessionId}`;
  const isWaiting = after.state === "backoff";
  if (isWaiting && after.retryAt === undefined) return `${step} without a time to retry`;
  if (after.state !== "stopped" && after.blockedBy.length === 0 && isParked(after.state))
    return `${step} while nothing blocks`;
  return undefined;
}

function isParked(state: ConnectionState): boolean {
  return state === "waitingForConstraints" || state === "backgroundSuspended";
}
