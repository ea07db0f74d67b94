/** How stores write values down: as JSON text, which reads back as itself or not at all. */
import { payloadFault } from "@holdfast/protocol";

import { StoreError } from "./store-error.ts";

/** Past what any server takes; it only keeps a hostile text from exhausting the stack. */
const NESTING_MAX = 500;

/** The text of a JSON value. Throws `failed` for what would not read back. */
export function textOf(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // The engine's words may quote a payload.
  }
  if (text === undefined || payloadFault(value, NESTING_MAX)) throw new StoreError("failed");
  return text;
}

/** What a stored text says; undefined where it says nothing that we wrote. */
export function readText(text: unknown): unknown {
  try {
    const value: unknown = JSON.parse(text as string);
    return payloadFault(value, NESTING_MAX) ? undefined : value;
  } catch {
    return undefined;
  }
}

/**
 * Throws `failed` for names that some store would cut or confuse with others: those with a NUL or
 * half a surrogate pair in them.
 */
export function checkNames(...names: readonly string[]): void {
  for (const name of names) if (/[\0\ud800-\udfff]/u.test(name)) throw new StoreError("failed");
}
