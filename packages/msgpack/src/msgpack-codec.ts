/**
 * The MessagePack codec, one for each side (PROTOCOL.md §2.5): the same messages, limits and words
 * as JSON, in binary frames, and payloads that may hold bytes.
 */
import {
  CLIENT_MESSAGES,
  DEFAULT_WIRE_LIMITS,
  EncodeError,
  jsonClientCodec,
  readMessages,
  SERVER_MESSAGES,
  SPOKEN_SERVER_MESSAGES,
} from "@holdfast/protocol";
import type {
  ClientMessage,
  Codec,
  FrameLimits,
  Malformed,
  MessageTable,
  Refuse,
  ServerMessage,
  SpokenServerMessage,
} from "@holdfast/protocol";

import { ByteReader, UnreadableFrame } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

/** The subprotocol of MessagePack: `holdfast.v1.msgpack`. */
export const MSGPACK_SUBPROTOCOL = "holdfast.v1.msgpack";

/** MessagePack for a `RealtimeClient`. */
export const msgpackClientCodec: Codec<SpokenServerMessage, ClientMessage, Uint8Array> =
  /* @__PURE__ */ msgpackCodec(SPOKEN_SERVER_MESSAGES, refusalIn);

/** MessagePack for a `DurableClient`, which speaks `log` and `keys` too. */
export const msgpackDurableClientCodec: Codec<ServerMessage, ClientMessage, Uint8Array> =
  /* @__PURE__ */ msgpackCodec(SERVER_MESSAGES, refusalIn);

/** MessagePack for a server, beside `jsonServerCodec`. */
export const msgpackServerCodec: Codec<ClientMessage, ServerMessage, Uint8Array> =
  /* @__PURE__ */ msgpackCodec(CLIENT_MESSAGES);

/** How deep a payload may stand in a frame that is read: as with JSON. */
const FRAME_LEVELS = 4;
/** A writer that has grown larger is not kept, in bytes. */
const KEPT_BYTES_MAX = 65_536;
/** Of messages without a payload none is deeper. */
const OWN_LEVELS_MAX = 4;

function msgpackCodec<In extends { readonly type: string }, Out extends { readonly type: string }>(
  table: MessageTable<In>,
  readText?: (frame: string, limits: FrameLimits) => readonly In[] | Malformed,
): Codec<In, Out, Uint8Array> {
  /** Undefined while it writes: a `toJSON` might encode a message. */
  let spare: ByteWriter | undefined;
  return {
    subprotocol: MSGPACK_SUBPROTOCOL,
    encode(message, nestingMax = DEFAULT_WIRE_LIMITS.nesting) {
      const writer = spare ?? new ByteWriter();
      spare = undefined;
      try {
        return writer.write(
          message,
          Math.max(levelsAbove(message.type) + nestingMax, OWN_LEVELS_MAX),
          // Who calls can be told. What a server says was often said to it in JSON by somebody
          // else, whose half of a surrogate pair must not make a log unreadable.
          message.type !== "call",
        );
      } catch (error) {
        throw error instanceof EncodeError ? error : new EncodeError("notEncodable", error);
      } finally {
        if (writer.capacity <= KEPT_BYTES_MAX) spare = writer;
      }
    },
    sizeOf: (part) => part.length,
    join: (parts) => (parts.length === 1 && parts[0] ? parts[0] : joined(parts)),
    decode(frame, limits) {
      if (typeof frame === "string") return readText?.(frame, limits) ?? "wrongFrameKind";
      if (frame.length > limits.frameBytes) return "tooLarge";
      try {
        const value = new ByteReader(frame, limits.nesting + FRAME_LEVELS).read();
        return readMessages(Array.isArray(value) ? value : [value], table, limits);
      } catch (error) {
        // Where the limits allow more levels than the stack, that is one of the others.
        return error instanceof UnreadableFrame ? error.fault : "notParseable";
      }
    },
  };
}

/** A server without MessagePack refuses in JSON (PROTOCOL.md §2.1). No other text is read. */
function refusalIn(frame: string, limits: FrameLimits): readonly Refuse[] | Malformed {
  const messages = jsonClientCodec.decode(frame, limits);
  const [message] = typeof messages === "string" ? [] : messages;
  return message?.type === "refuse" && messages.length === 1 ? [message] : "wrongFrameKind";
}

/** On how many levels a payload of such a message stands: the message, its list, an entry. */
function levelsAbove(type: string): number {
  return type === "updates" || type === "page" ? 3 : 1;
}

/** An array of the parts. Its head has a byte for the first fifteen, three or five for more. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const head = arrayHead(parts.length);
  const frame = new Uint8Array(parts.reduce((sum, part) => sum + part.length, head.length));
  frame.set(head);
  let at = head.length;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

function arrayHead(count: number): readonly number[] {
  if (count < 16) return [0x90 + count];
  if (count < 0x1_0000) return [0xdc, count >> 8, count & 0xff];
  return [0xdd, count >>> 24, (count >> 16) & 0xff, (count >> 8) & 0xff, count & 0xff];
}
