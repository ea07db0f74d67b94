/**
 * Must somebody sign in before there can be a connection again? Not who signed out themselves: they
 * know. A snapshot says that credentials are missing, and not always why; the events do.
 */
import type { RealtimeClient } from "@holdfast/client";

/** Of a client, as much as tells it. */
export type SignInFacts = Pick<RealtimeClient, "connection" | "recentEvents">;

/**
 * The server rejected the user's token, or knows it under another account, or there is none to be
 * had; and nobody is asked for another just now. Where the client keeps no events, a token that is
 * not to be had looks as if the user had signed out.
 */
export function isSignInNeeded({ connection, recentEvents }: SignInFacts): boolean {
  const { blockedBy, isRenewingToken, reason } = connection.current;
  if (!blockedBy.includes("auth") || isRenewingToken) return false;
  for (let at = recentEvents.length - 1; at >= 0; at--) {
    const { event, before } = recentEvents[at] ?? {};
    // The last word on the user. Somebody is signed in, then: it is the token that was lost since.
    // Nobody is: they signed out, unless that is how a renewal ends that brought no token.
    if (event?.type === "credentialsChanged")
      return event.available || before?.renewal === "pending";
  }
  // That word is forgotten: what was there at the first event that is not, was lost with a token.
  const isRejected = reason === "authRejected" || reason === "accountMismatch";
  return isRejected || recentEvents[0]?.before.constraints.auth === true;
}
