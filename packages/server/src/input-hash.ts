/** A digest by which two inputs are told apart, so that a keyed call's input need not be kept. */
import { createHash } from "node:crypto";

/**
 * The same for inputs that are the same JSON value, in whatever order the keys of their objects
 * stand: another codec, or a store on the way, may change that order. An input that is left out is
 * not null.
 */
export function inputHash(input: unknown): string {
  const hash = createHash("sha256");
  if (input !== undefined) hash.update(JSON.stringify(input, sorted));
  return hash.digest("base64url");
}

/** What `JSON.stringify` writes in the place of a value: objects with their keys in order. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
