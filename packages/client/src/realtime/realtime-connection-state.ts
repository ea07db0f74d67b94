/**
 * The connection in four words, for people who only want to show it. Derived from snapshots, never
 * stored.
 */
import type { ConnectionSnapshot } from "../connection/connection-snapshot.ts";

/**
 * `connected`: open. `updating`: open, and catching up on what was missed. `connecting`: trying, or
 * waiting to try. `idle`: nobody tries: stopped, signed out, or suspended in the background.
 */
export type RealtimeConnectionState = "connecting" | "updating" | "connected" | "idle";

export function connectionStateOf(
  snapshot: ConnectionSnapshot,
  isCatchingUp = false,
): RealtimeConnectionState {
  switch (snapshot.state) {
    case "open":
      return isCatchingUp ? "updating" : "connected";
    case "stopped":
    case "backgroundSuspended":
      return "idle";
    case "waitingForConstraints":
      // Offline is dialled against now and then; a rejected token is being renewed; all else needs
      // the user.
      return snapshot.retryAt !== undefined || snapshot.isRenewingToken ? "connecting" : "idle";
    case "connectingTransport":
    case "authenticating":
    case "backoff":
      return "connecting";
  }
}
