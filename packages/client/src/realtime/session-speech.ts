/** What the sessions of a client say and hear besides calls: live updates alone, or more. */
import { jsonClientCodec, LIVE_CAPABILITIES } from "@holdfast/protocol";
import type { ClientMessage, Codec, ServerMessage } from "@holdfast/protocol";
import type { Platform } from "../adapters/platform.ts";
import type { Calls } from "../session/calls.ts";
import type { SessionData } from "../session/session-event.ts";
import type { UpdateSubscriptions } from "./update-subscriptions.ts";

/** The parts of a client that a richer one builds on. */
export interface ClientParts {
  readonly platform: Platform;
  readonly calls: Calls;
  readonly updates: UpdateSubscriptions;
  /** Names the client object; see PROTOCOL.md §3.4. */
  readonly instanceId: string;
  /** Hears faults of ours, and what an app's callback throws. */
  readonly onFault: (error: unknown) => void;
}

/** How sessions speak. */
export interface SessionSpeech {
  readonly capabilities: readonly string[];
  readonly codec: Codec<ServerMessage, ClientMessage>;
  readonly data: SessionData;
}

/** Decides how the sessions of a client speak. Called once, while the client is made. */
export type Speak = (parts: ClientParts) => SessionSpeech;

/** Calls and live updates. */
export const speakLive: Speak = ({ updates }) => ({
  capabilities: LIVE_CAPABILITIES,
  codec: jsonClientCodec,
  data: updates,
});
