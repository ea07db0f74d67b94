/**
 * Tables of what the messages of a direction look like, and how codecs read messages by them. The
 * types make a message type or a field without a check a compile error.
 */
import type { FrameLimits, Malformed } from "./codec.ts";
import { misfit } from "./field-check.ts";
import type { Fields } from "./field-check.ts";

/** The fields of each message type of a union. */
export type MessageTable<Message extends { readonly type: string }> = {
  readonly [Type in Message["type"]]: Fields<Extract<Message, { readonly type: Type }>>;
};

/**
 * The parsed values of a frame themselves, when all are messages of the table; otherwise what is
 * wrong with the first that is not. Unknown fields are ignored, and stay.
 */
export function readMessages<Message extends { readonly type: string }>(
  values: readonly unknown[],
  table: MessageTable<Message>,
  limits: FrameLimits,
): readonly Message[] | Malformed {
  if (values.length === 0) return "notParseable";
  if (values.length > limits.messagesPerFrame) return "tooManyMessages";
  for (const value of values) {
    const type = (value as { readonly type?: unknown } | null)?.type;
    if (typeof type !== "string" || !Object.hasOwn(table, type)) return "unknownType";
    const field = misfit(value, table[type as Message["type"]], limits.nameLength);
    if (field) return `badField ${type}.${field}`;
  }
  return values as readonly Message[];
}
