/** The last things that happened to a connection, as people would tell them. Pure. */
import type { ConnectionPolicy, HandledEvent } from "@holdfast/client";
import { pendingDeadlines } from "@holdfast/client/machine";

import { reasonWords, stateWords } from "./words.ts";

export interface TimelineEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly title: string;
  readonly text: string;
  readonly mood: "good" | "busy" | "bad" | "idle";
}

/** How many entries are kept. */
export const TIMELINE_ENTRIES = 6;

/** What an event adds; undefined for what changes nothing that people care about. */
export function timelineEntry(
  handled: HandledEvent,
  policy: ConnectionPolicy,
): TimelineEntry | undefined {
  const { before, step, wallNow: at } = handled;
  const { model } = step;
  if (model.state !== before.state || model.sessionId !== before.sessionId) {
    const { title } = stateWords({
      state: model.state,
      isRenewingToken: model.renewal === "pending",
    });
    return { at, title, text: reasonWords(model.reason), mood: moodOf(model.state) };
  }
  const wasProbing = pendingDeadlines(before, policy).probe !== undefined;
  const isProbing = pendingDeadlines(model, policy).probe !== undefined;
  if (isProbing && !wasProbing) {
    return { at, title: "Still there?", text: "The open connection was asked.", mood: "busy" };
  }
  if (wasProbing && !isProbing) {
    return { at, title: "Still there", text: "The connection answered.", mood: "good" };
  }
  return undefined;
}

/** The newest first. */
export function withEntry(
  entries: readonly TimelineEntry[],
  entry: TimelineEntry,
): readonly TimelineEntry[] {
  return [entry, ...entries].slice(0, TIMELINE_ENTRIES);
}

function moodOf(state: HandledEvent["before"]["state"]): TimelineEntry["mood"] {
  switch (state) {
    case "open":
      return "good";
    case "connectingTransport":
    case "authenticating":
      return "busy";
    case "backoff":
      return "bad";
    case "stopped":
    case "waitingForConstraints":
    case "backgroundSuspended":
      return "idle";
  }
}
