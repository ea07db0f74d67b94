/** The fields of everything that a server says, with `log` and `keys` (PROTOCOL.md §5). */
import { count, list, name, optional, shape } from "./field-check.ts";
import type { Check } from "./field-check.ts";
import type { MessageTable } from "./message-table.ts";
import { HEAD, RUN, SPOKEN_SERVER_MESSAGES } from "./server-message-table.ts";
import type { ServerMessage } from "./server-message.ts";

/** An object that maps bucket keys to sequence numbers. */
const positions: Check<Readonly<Record<string, number>>> = (
  value,
  nameLength,
  whole,
): value is Readonly<Record<string, number>> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).every((key) => name(key, nameLength, whole)) &&
  Object.values(value).every((seq: unknown) => count(seq, nameLength, whole));

/** What a client reads that speaks `log` and `keys` too. */
export const SERVER_MESSAGES: MessageTable<ServerMessage> = {
  ...SPOKEN_SERVER_MESSAGES,
  welcome: { ...SPOKEN_SERVER_MESSAGES.welcome, keyRetentionMs: optional(count) },
  result: { ...SPOKEN_SERVER_MESSAGES.result, at: optional(positions) },
  ack: { id: count },
  page: { id: optional(count), ...RUN, head: count },
  tooFarBehind: { id: optional(count), ...HEAD, oldest: count },
  heads: { heads: list(shape(HEAD)) },
};
