/**
 * Checks of message fields, and how a table of them reads a message. The tables' types make a
 * message type or a field without a check a compile error.
 */
import { Malformed } from "./codec.ts";

/** Does the value fit the field? `nameLength` is the wire limit of the same name. */
export type Check<Value> = (value: unknown, nameLength: number) => value is Value;

/** A check for each field of an object, but for the `type` that tells messages apart. */
export type Fields<Shape> = {
  readonly [Field in keyof Shape as Exclude<Field, "type">]-?: Check<Shape[Field]>;
};

/** The fields of each message type of a union. */
export type MessageTable<Message extends { readonly type: string }> = {
  readonly [Type in Message["type"]]: Fields<Extract<Message, { readonly type: Type }>>;
};

/**
 * The value itself, when it is one of the table's messages. Unknown fields are ignored. The detail
 * of a `badField` names type and field and never holds what the peer sent.
 */
export function readMessage<Message extends { readonly type: string }>(
  table: MessageTable<Message>,
  value: unknown,
  nameLength: number,
): Message | Malformed {
  const type = isRecord(value) ? value["type"] : undefined;
  if (!isRecord(value) || typeof type !== "string" || !Object.hasOwn(table, type)) {
    return new Malformed("unknownType");
  }
  const field = badField(table[type as Message["type"]], value, nameLength);
  if (field !== undefined) return new Malformed("badField", `${type}.${field}`);
  return value as unknown as Message;
}

/** An id, a key, or a method, bucket or code name: not empty, within the limit, and without NUL. */
export const name: Check<string> = (value, nameLength): value is string =>
  typeof value === "string" && value !== "" && value.length <= nameLength && !value.includes("\0");

/** Any text, the empty one too. Only the frame's size limits it. */
export const text: Check<string> = (value): value is string => typeof value === "string";

/**
 * An id, a sequence number, a size or a time in milliseconds: a whole number from 0 to 2^53 − 1.
 */
export const count: Check<number> = (value): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** What the application sends. Absent stands for undefined. */
export const payload: Check<unknown> = (_value): _value is unknown => true;

/** One of these values. */
export function oneOf<const Value>(...values: readonly Value[]): Check<Value> {
  return (value): value is Value => values.includes(value as Value);
}

/** May be left out. */
export function optional<Value>(check: Check<Value>): Check<Value | undefined> {
  return (value, nameLength): value is Value | undefined =>
    value === undefined || check(value, nameLength);
}

/** An array whose every element fits. */
export function list<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value, nameLength): value is readonly Value[] =>
    Array.isArray(value) && value.every((element) => check(element, nameLength));
}

/** An object whose listed fields fit. */
export function shape<Shape>(fields: Fields<Shape>): Check<Shape> {
  return (value, nameLength): value is Shape =>
    isRecord(value) && badField(fields, value, nameLength) === undefined;
}

/** An object that maps names to what fits. */
export function mapOf<Value>(check: Check<Value>): Check<Readonly<Record<string, Value>>> {
  return (value, nameLength): value is Readonly<Record<string, Value>> =>
    isRecord(value) &&
    Object.entries(value).every(
      ([key, entry]) => name(key, nameLength) && check(entry, nameLength),
    );
}

/** The first field that does not fit. */
function badField<Shape>(
  fields: Fields<Shape>,
  value: Readonly<Record<string, unknown>>,
  nameLength: number,
): string | undefined {
  for (const field in fields) {
    const check: Check<unknown> = fields[field];
    if (!check(value[field], nameLength)) return field;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
