/** The fields of everything that a server says, with `log` and `keys` (PROTOCOL.md §5). */
import { accountsForAll } from "./bucket.ts";
import type { Update, UpdateRun } from "./bucket.ts";
import { count, list, name, optional, shape } from "./field-check.ts";
import type { Check, Fields } from "./field-check.ts";
import type { MessageTable } from "./message-table.ts";
import { HEAD, SPOKEN_SERVER_MESSAGES } from "./server-message-table.ts";
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
  Object.values(value).every((seq: unknown) => count(seq));

const range: Check<readonly [number, number]> = (value): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(count);

const entries: Check<readonly Update[]> = list(
  shape<Update>({ seq: count, at: count, key: optional(name) }),
);

/** The fields of a run. `updates` comes last, for it must agree with the others. */
const RUN: Fields<UpdateRun> = {
  bucket: name,
  epoch: name,
  after: count,
  upTo: count,
  skipped: optional(list(range)),
  updates: (value, nameLength, run): value is readonly Update[] =>
    entries(value, nameLength, run) && accountsForAll(run as UpdateRun),
};

/** What a client reads that speaks `log` and `keys` too. */
export const SERVER_MESSAGES: MessageTable<ServerMessage> = {
  ...SPOKEN_SERVER_MESSAGES,
  welcome: { ...SPOKEN_SERVER_MESSAGES.welcome, keyRetentionMs: optional(count) },
  result: { ...SPOKEN_SERVER_MESSAGES.result, at: optional(positions) },
  ack: { id: count },
  updates: RUN,
  page: { id: optional(count), ...RUN, head: count },
  tooFarBehind: { id: optional(count), ...HEAD, oldest: count },
  heads: { heads: list(shape(HEAD)) },
};
