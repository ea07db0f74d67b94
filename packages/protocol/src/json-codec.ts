/**
 * The JSON codec, one for each side. A bundle that uses one side does not carry the other's table.
 * Messages are the parsed objects themselves: valid ones are not copied, unknown fields stay on.
 */
import { CLIENT_MESSAGES } from "./client-message-table.ts";
import type { ClientMessage } from "./client-message.ts";
import { EncodeError } from "./codec.ts";
import type { Codec } from "./codec.ts";
import { DEFAULT_WIRE_LIMITS } from "./limits.ts";
import { SERVER_MESSAGES } from "./log-message-table.ts";
import { readMessages } from "./message-table.ts";
import type { MessageTable } from "./message-table.ts";
import { payloadFault } from "./payload-fault.ts";
import { SPOKEN_SERVER_MESSAGES } from "./server-message-table.ts";
import type { ServerMessage, SpokenServerMessage } from "./server-message.ts";
import { utf8Length } from "./utf8-length.ts";

/**
 * How deep a payload may stand in a frame: the array, the message, its list, an entry (PROTOCOL.md
 * §2.4).
 */
const FRAME_LEVELS = 4;

/** The subprotocol of JSON: `holdfast.v1.json`. */
export const JSON_SUBPROTOCOL = "holdfast.v1.json";

/** JSON as a plain client speaks it: a message of `log` or `keys` is of unknown type. */
export const jsonClientCodec: Codec<SpokenServerMessage, ClientMessage, string> =
  /* @__PURE__ */ jsonCodec(SPOKEN_SERVER_MESSAGES);

/** JSON as a client speaks it that has transactions and sync: `log` and `keys` too. */
export const jsonDurableClientCodec: Codec<ServerMessage, ClientMessage, string> =
  /* @__PURE__ */ jsonCodec(SERVER_MESSAGES);

/** JSON as a server speaks it. */
export const jsonServerCodec: Codec<ClientMessage, ServerMessage, string> =
  /* @__PURE__ */ jsonCodec(CLIENT_MESSAGES, serverLevels);

/**
 * JSON for a side that reads the messages of the table. `levelsOf`: how deep a payload of the
 * application's stands in a message that it writes; Infinity where there is none. Default 1.
 */
export function jsonCodec<In extends { readonly type: string }, Out>(
  table: MessageTable<In>,
  levelsOf: (message: Out) => number = () => 1,
): Codec<In, Out, string> {
  return {
    subprotocol: JSON_SUBPROTOCOL,
    encode(message, nestingMax = DEFAULT_WIRE_LIMITS.nesting) {
      // First, because it finds cycles. Undefined fields vanish, NaN becomes null, `toJSON` is
      // honoured.
      const text = stringified(message);
      const fault = payloadFault(message, nestingMax + levelsOf(message));
      if (fault) throw new EncodeError(fault);
      return text;
    },
    sizeOf: utf8Length,
    join: (parts) => (parts.length > 1 ? `[${parts.join(",")}]` : parts.join("")),
    decode(frame, limits) {
      if (typeof frame !== "string") return "wrongFrameKind";
      // A character is 1 to 3 bytes: they are counted only where that leaves a doubt.
      const { frameBytes } = limits;
      if (frame.length > frameBytes / 3 && utf8Length(frame) > frameBytes) return "tooLarge";
      try {
        const value: unknown = JSON.parse(frame);
        const fault = payloadFault(value, limits.nesting + FRAME_LEVELS);
        return fault ?? readMessages(Array.isArray(value) ? value : [value], table, limits);
      } catch {
        // The engine's own message is left behind, for it quotes the text.
        return "notParseable";
      }
    },
  };
}

function stringified(message: unknown): string {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    throw new EncodeError("notEncodable", cause);
  }
}

function serverLevels({ type }: ServerMessage): number {
  if (type === "result" || type === "failure") return 1;
  return type === "updates" || type === "page" ? FRAME_LEVELS - 1 : Infinity;
}
