/** The codec port: frames of bytes or text on one side, messages on the other. It never throws on what the wire brings. */
import type { WireLimits } from "./limits.ts";

/** What travels as one WebSocket message. */
export type Frame = string | Uint8Array;

/** Why a frame is not one of ours. A value, not an exception; the session that read it ends. */
export class Malformed {
  readonly code: MalformedCode;
  /** Where and what, in words that hold no payload. */
  readonly detail: string;
  constructor(code: MalformedCode, detail: string) {
    this.code = code;
    this.detail = detail;
  }
}
export type MalformedCode =
  | "tooLarge"
  | "wrongFrameKind"
  | "notParseable"
  | "tooDeep"
  | "tooManyMessages"
  | "prototypeKey"
  | "unknownType"
  | "badField";

/** The part of the limits that reading a frame needs. */
export type FrameLimits = Pick<WireLimits, "frameBytes" | "nesting" | "messagesPerFrame" | "nameLength">;

/**
 * Translates between frames and messages. `In` is what the owner reads, `Out` what it writes; `Part` is one encoded message,
 * which may be joined into many frames, so that a push is encoded once for all its subscribers.
 */
export interface Codec<In, Out, Part = unknown> {
  /** The WebSocket subprotocol that names this codec, for example `holdfast.v1.json`. */
  readonly subprotocol: string;
  encode(message: Out): Part;
  /** The size of a part on the wire, in bytes. */
  sizeOf(part: Part): number;
  /** One frame of one or more parts. */
  join(parts: readonly Part[]): Frame;
  /** The messages of a frame, at least one; or what is wrong with it. Never throws. */
  decode(frame: Frame, limits: FrameLimits): readonly In[] | Malformed;
}
