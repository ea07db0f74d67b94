/**
 * The JSON codec, one for each side. A bundle that uses one side does not carry the other's table.
 * Messages are the parsed objects themselves: valid ones are not copied, unknown fields stay on.
 */
import { CLIENT_MESSAGES } from "./client-message-table.ts";
import type { ClientMessage } from "./client-message.ts";
import { EncodeError } from "./codec.ts";
import type { Codec, Frame, FrameLimits, Malformed } from "./codec.ts";
import { DEFAULT_WIRE_LIMITS } from "./limits.ts";
import { readMessages } from "./message-table.ts";
import type { MessageTable } from "./message-table.ts";
import { SPOKEN_SERVER_MESSAGES } from "./server-message-table.ts";
import type { ServerMessage, SpokenServerMessage } from "./server-message.ts";
import { structureFault } from "./structure-fault.ts";
import { utf8Length } from "./utf8-length.ts";
import { SUBPROTOCOL_PREFIX } from "./version.ts";

/** The subprotocol of JSON: `holdfast.v1.json`. */
export const JSON_SUBPROTOCOL: string = `${SUBPROTOCOL_PREFIX}json`;

/** JSON as a client of this release speaks it: a message of `log` or `keys` is of unknown type. */
export const jsonClientCodec: Codec<SpokenServerMessage, ClientMessage, string> =
  /* @__PURE__ */ jsonCodec(SPOKEN_SERVER_MESSAGES);

/** JSON as a server speaks it: reads client messages, writes server messages. */
export const jsonServerCodec: Codec<ClientMessage, ServerMessage, string> =
  /* @__PURE__ */ jsonCodec(CLIENT_MESSAGES);

/** JSON for a side that reads the messages of the table. */
export function jsonCodec<In extends { readonly type: string }, Out>(
  table: MessageTable<In>,
): Codec<In, Out, string> {
  return {
    subprotocol: JSON_SUBPROTOCOL,
    encode: encodeJson,
    sizeOf: utf8Length,
    join: joinJson,
    decode: (frame, limits) => decodeJson(frame, limits, table),
  };
}

/** As `JSON.stringify` has it: undefined fields vanish, NaN becomes null, `toJSON` is honoured. */
function encodeJson(message: unknown, nestingMax: number = DEFAULT_WIRE_LIMITS.nesting): string {
  let text: string;
  try {
    text = JSON.stringify(message);
  } catch (cause) {
    throw new EncodeError("notEncodable", cause);
  }
  // The peer would end the session over these faults: they must fail here, where only one call
  // does. What was written decides, for it lacks, for example, what the objects only inherit.
  const fault = structureFault(message, nestingMax) && structureFault(JSON.parse(text), nestingMax);
  if (fault) throw new EncodeError(fault);
  return text;
}

function joinJson(parts: readonly string[]): string {
  const text = parts.join(",");
  return parts.length > 1 ? `[${text}]` : text;
}

function decodeJson<Message extends { readonly type: string }>(
  frame: Frame,
  limits: FrameLimits,
  table: MessageTable<Message>,
): readonly Message[] | Malformed {
  if (typeof frame !== "string") return "wrongFrameKind";
  // A character is 1 to 3 bytes: they are counted only where that leaves a doubt.
  const { frameBytes } = limits;
  if (frame.length > frameBytes / 3 && utf8Length(frame) > frameBytes) return "tooLarge";
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    // The engine's own message is left behind, for it quotes the text.
    return "notParseable";
  }
  return readMessages(Array.isArray(value) ? value : [value], table, limits);
}
