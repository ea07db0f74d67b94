/** Checks of message fields, and of the objects that they make up. */

/**
 * Does the value fit the field? `nameLength` is the wire limit of the same name. `whole` is the
 * object that the field belongs to; the fields that the table lists above this one fit already.
 */
export type Check<Value> = (value: unknown, nameLength: number, whole: unknown) => value is Value;

/**
 * A check for each field of an object, but for the `type` that tells messages apart, and for what
 * the application sends: of that nothing is known.
 */
export type Fields<Shape> = {
  readonly [
    Field in keyof Shape as unknown extends Shape[Field] ? never : Exclude<Field, "type">
  ]-?: Check<Shape[Field]>;
};

/** The first field that does not fit. What is no object lacks every field. */
export function misfit<Shape>(
  whole: unknown,
  fields: Fields<Shape>,
  nameLength: number,
): string | undefined {
  for (const field in fields) {
    const check: Check<unknown> = fields[field];
    const value = (whole as Readonly<Record<string, unknown>> | null | undefined)?.[field];
    if (!check(value, nameLength, whole)) return field;
  }
  return undefined;
}

/**
 * Is it an id, a key, or a method, bucket or code name? Not empty, within the limit, without NUL,
 * and without half of a surrogate pair: databases keep neither as it is.
 */
export function isName(value: unknown, nameLength: number): value is string {
  return typeof value === "string" && value.length <= nameLength && /^[^\0\p{Cs}]+$/u.test(value);
}

export const name: Check<string> = isName;

/** Any text, the empty one too. Only the frame's size limits it. */
export const text = (value: unknown): value is string => typeof value === "string";

/**
 * An id, a sequence number, a size or a time in milliseconds: a whole number from 0 to 2^53 − 1.
 */
export const count = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** May be left out. */
export function optional<Value>(check: Check<Value>): Check<Value | undefined> {
  return (value, nameLength, whole): value is Value | undefined =>
    value === undefined || check(value, nameLength, whole);
}

/** An array whose every element fits. */
export function list<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value, nameLength, whole): value is readonly Value[] =>
    Array.isArray(value) && value.every((element) => check(element, nameLength, whole));
}

/** An object whose listed fields fit. At least one of them must be required. */
export function shape<Shape>(fields: Fields<Shape>): Check<Shape> {
  return (value, nameLength): value is Shape => misfit(value, fields, nameLength) === undefined;
}
