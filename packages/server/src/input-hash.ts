/** A digest by which two inputs are told apart, so that a keyed call's input need not be kept. */
import { createHash } from "node:crypto";

/**
 * The same for inputs that are the same JSON value, in whatever order the keys of their objects
 * stand: another codec, or a store on the way, may change that order. An input that is left out is
 * not null, and bytes, which JSON has not, are no text.
 */
export function inputHash(input: unknown): string {
  const hash = createHash("sha256");
  if (input !== undefined) hash.update(textOf(input));
  return hash.digest("base64url");
}

/** JSON, but where bytes are: then all texts are tagged too. What stores keep is of the former. */
function textOf(input: unknown): string {
  let holdsBytes = false;
  const json = JSON.stringify(input, (_key, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return sorted(value);
    holdsBytes = true;
    return null;
  });
  if (!holdsBytes) return json;
  const tagged = JSON.stringify(input, (_key, value: unknown) => {
    if (typeof value === "string") return `text ${value}`;
    return ArrayBuffer.isView(value) ? `bytes ${base64Of(value)}` : sorted(value);
  });
  // No JSON begins like this.
  return `tagged ${tagged}`;
}

function base64Of({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

/** What `JSON.stringify` writes in the place of a value: objects with their keys in order. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
