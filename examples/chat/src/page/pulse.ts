/**
 * The heartbeat of a connection, read off the machine's own deadlines: when it asks, and till when
 * it hopes.
 */
import type { ConnectionPolicy, HandledEvent } from "@holdfast/client";
import { pendingDeadlines } from "@holdfast/client/machine";

/** `quiet`: nothing is asked; `asking`: a ping or probe has no answer yet. Instants in epoch ms. */
export type Pulse =
  | { readonly phase: "none" }
  | { readonly phase: "quiet"; readonly nextPingAt: number }
  | { readonly phase: "asking"; readonly givesUpAt: number };

/** The heartbeat after an event. */
export function pulseAfter(
  { stamp, wallNow, step }: HandledEvent,
  policy: ConnectionPolicy,
): Pulse {
  const wallOf = (deadline: number): number => deadline - stamp.now + wallNow;
  const { ping, pong, probe } = pendingDeadlines(step.model, policy);
  const asked = probe ?? pong;
  if (asked !== undefined) return { phase: "asking", givesUpAt: wallOf(asked) };
  if (ping !== undefined) return { phase: "quiet", nextPingAt: wallOf(ping) };
  return { phase: "none" };
}
