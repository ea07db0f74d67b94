/**
 * The JSON codec, one for each side. A bundle that uses one side does not carry the other's parser.
 * Messages are the parsed objects themselves: valid ones are not copied, unknown fields stay on.
 */
import type { ClientMessage } from "./client-message.ts";
import { EncodeError, Malformed } from "./codec.ts";
import type { Codec, Frame, FrameLimits } from "./codec.ts";
import { hasPrototypeKey, maySpellPrototype, nestsWithin, utf8Length } from "./json-text.ts";
import { DEFAULT_WIRE_LIMITS } from "./limits.ts";
import { parseClientMessage } from "./parse-client-message.ts";
import { parseServerMessage } from "./parse-server-message.ts";
import type { ServerMessage } from "./server-message.ts";
import { SUBPROTOCOL_PREFIX } from "./version.ts";

/** The subprotocol of JSON: `holdfast.v1.json`. */
export const JSON_SUBPROTOCOL: string = `${SUBPROTOCOL_PREFIX}json`;

/** JSON as a client speaks it: reads server messages, writes client messages. */
export const jsonClientCodec: Codec<ServerMessage, ClientMessage, string> = {
  subprotocol: JSON_SUBPROTOCOL,
  encode: encodeJson,
  sizeOf: utf8Length,
  join: joinJson,
  decode: (frame, limits) => decodeJson(frame, limits, parseServerMessage),
};

/** JSON as a server speaks it: reads client messages, writes server messages. */
export const jsonServerCodec: Codec<ClientMessage, ServerMessage, string> = {
  subprotocol: JSON_SUBPROTOCOL,
  encode: encodeJson,
  sizeOf: utf8Length,
  join: joinJson,
  decode: (frame, limits) => decodeJson(frame, limits, parseClientMessage),
};

/** As `JSON.stringify` has it: undefined fields vanish, NaN becomes null, `toJSON` is honoured. */
function encodeJson(
  message: ClientMessage | ServerMessage,
  nestingMax: number = DEFAULT_WIRE_LIMITS.nesting,
): string {
  let text: string;
  try {
    text = JSON.stringify(message);
  } catch (cause) {
    throw new EncodeError("notEncodable", cause);
  }
  // The peer would end the session over these two: they must fail here, where only one call does.
  if (!nestsWithin(text, nestingMax)) throw new EncodeError("tooDeep");
  if (text.includes("__proto__") && hasPrototypeKey(JSON.parse(text))) {
    throw new EncodeError("prototypeKey");
  }
  return text;
}

function joinJson(parts: readonly string[]): string {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : `[${parts.join(",")}]`;
}

/** Checks from cheap to dear, so that a hostile frame costs little before it is turned down. */
function decodeJson<Message>(
  frame: Frame,
  limits: FrameLimits,
  parseMessage: (value: unknown, nameLength: number) => Message | Malformed,
): readonly Message[] | Malformed {
  if (typeof frame !== "string") return new Malformed("wrongFrameKind");
  if (isLarger(frame, limits.frameBytes)) return new Malformed("tooLarge");
  if (!nestsWithin(frame, limits.nesting)) return new Malformed("tooDeep");
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    // The engine's own message is left behind, for it quotes the text.
    return new Malformed("notParseable");
  }
  if (maySpellPrototype(frame) && hasPrototypeKey(value)) return new Malformed("prototypeKey");
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) return new Malformed("notParseable");
  if (values.length > limits.messagesPerFrame) return new Malformed("tooManyMessages");
  const messages: Message[] = [];
  for (const one of values) {
    const message = parseMessage(one, limits.nameLength);
    if (message instanceof Malformed) return message;
    messages.push(message);
  }
  return messages;
}

/** Counts bytes only where the number of characters leaves a doubt: a character is 1 to 3 bytes. */
function isLarger(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return true;
  return text.length * 3 > bytesMax && utf8Length(text) > bytesMax;
}
