/**
 * The codec port: frames of bytes or text on one side, messages on the other. It never throws on
 * what the wire brings.
 */
import type { WireLimits } from "./limits.ts";

/** What travels as one WebSocket message. */
export type Frame = string | Uint8Array;

/**
 * Why a frame is not one of ours (PROTOCOL.md §2.4): a word, not an exception. The session that
 * read the frame ends. Nothing in the word comes from the peer.
 */
export type Malformed =
  /** More bytes than the limit. */
  | "tooLarge"
  /** Binary where text is due, or the other way round. */
  | "wrongFrameKind"
  /** Not in the codec's format at all, or a frame of no messages. */
  | "notParseable"
  /** Arrays and objects nest deeper than any payload may. */
  | "tooDeep"
  /** Some object has a key `__proto__`. */
  | "prototypeKey"
  /** More messages in the frame than the limit. */
  | "tooManyMessages"
  /** A message without a type, or of a type that this direction does not have. */
  | "unknownType"
  /** A field is missing, of the wrong kind, or out of range: `badField updates.after`. */
  | `badField ${string}`;

/**
 * A message cannot be written: a cycle, a BigInt, a payload too deep or with a forbidden key. The
 * fault lies with what the application passed, so only its call or push fails.
 */
export class EncodeError extends Error {
  override readonly name = "EncodeError";
  readonly code: EncodeErrorCode;
  constructor(code: EncodeErrorCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** `notEncodable`: the format cannot say it. The others: no peer would read such a payload. */
export type EncodeErrorCode = "notEncodable" | "tooDeep" | "prototypeKey";

/** The part of the limits that reading a frame needs. */
export type FrameLimits = Pick<
  WireLimits,
  "frameBytes" | "nesting" | "messagesPerFrame" | "nameLength"
>;

/**
 * Translates between frames and messages. `In` is what the owner reads, `Out` what it writes;
 * `Part` is one encoded message, which may be joined into many frames, so that a push is encoded
 * once for all its subscribers.
 */
export interface Codec<In, Out, Part = unknown> {
  /** The WebSocket subprotocol that names this codec, for example `holdfast.v1.json`. */
  readonly subprotocol: string;
  /**
   * One message, encoded. Throws {@link EncodeError}, and nothing else, when the value that the
   * application passed cannot be written, nests deeper than `nestingMax` (default: the protocol's,
   * 32) or has a forbidden key.
   */
  encode(message: Out, nestingMax?: number): Part;
  /** The size of a part on the wire, in bytes. Joining n parts adds at most n + 1 bytes. */
  sizeOf(part: Part): number;
  /** One frame of one or more parts. */
  join(parts: readonly Part[]): Frame;
  /** The messages of a frame, at least one; or, as a word, what is wrong with it. Never throws. */
  decode(frame: Frame, limits: FrameLimits): readonly In[] | Malformed;
}
