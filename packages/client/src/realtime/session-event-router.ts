/** One exhaustive switch: what a session says, and whom it concerns. */
import type { ConnectionManager } from "../connection/connection-manager.ts";
import type { SessionEvent } from "../session/session-event.ts";
import type { UpdateSubscriptions } from "./update-subscriptions.ts";

export interface SessionListeners {
  readonly manager: ConnectionManager;
  readonly updates: UpdateSubscriptions;
}

/** Hands an event over, synchronously, to its one owner. */
export function routeSessionEvent(event: SessionEvent, { manager, updates }: SessionListeners): void {
  switch (event.type) {
    case "updates":
      return updates.deliver(event.updates);
    case "subscribed":
      return updates.subscribed(event.head);
    case "unsubscribed":
      return updates.unsubscribed(event.answer);
    case "opened":
    case "page":
    case "tooFarBehind":
    case "heads":
      // Sync's, which this release does not have; it never asks for them.
      return;
    case "transportOpened":
    case "openFailed":
    case "transportClosed":
    case "sendFailed":
    case "sendStalled":
    case "protocolViolated":
    case "welcomed":
    case "accountMismatched":
    case "refused":
    case "goingAway":
    case "drained":
    case "useful":
    case "frameReceived":
    case "pongReceived":
    case "tokenAccepted":
    case "tokenMissing":
    case "tokenFailed":
      return manager.dispatch(event);
  }
}
