/** What the tab of an app and the tab of an inspector say to each other over a BroadcastChannel. */

/** The name of the channel where none is given. */
export const CHANNEL = "holdfast-inspector";
/** How often an inspector says that it looks, in milliseconds. */
export const LOOKING_MS = 2_000;
/** An app that has not heard it for so long stops telling, in milliseconds. */
export const LOOKED_AT_MS = 10_000;

/** Of a channel, as much as is used. A browser's `BroadcastChannel` fits. */
export interface ChannelLike {
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  postMessage(message: unknown): void;
  close(): void;
}

export type ChannelWord =
  /** Of an inspector: who is there? */
  | { readonly holdfast: "look" }
  /** Of an app: a client, as JSON. */
  | { readonly holdfast: "report"; readonly id: string; readonly text: string }
  /** Of an app: that client is no longer shared. */
  | { readonly holdfast: "gone"; readonly id: string };

/** The word in a message; undefined for whatever else is said on the channel. */
export function channelWord(message: unknown): ChannelWord | undefined {
  if (typeof message !== "object" || message === null || !("holdfast" in message)) return undefined;
  if (message.holdfast === "look") return { holdfast: "look" };
  const id = "id" in message ? message.id : undefined;
  if (typeof id !== "string" || id.length > 64) return undefined;
  if (message.holdfast === "gone") return { holdfast: "gone", id };
  const text = "text" in message ? message.text : undefined;
  if (message.holdfast !== "report" || typeof text !== "string") return undefined;
  return { holdfast: "report", id, text };
}
