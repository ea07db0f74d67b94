/**
 * What the application passes on to the wire, made to fit: a client ends the session over a code
 * that is no name, or a time that is no whole number.
 */
import { DEFAULT_WIRE_LIMITS, isName } from "@holdfast/protocol";

/** The text, when it is a name as PROTOCOL.md §2.3 has it; otherwise throws. `what` says whose. */
export function nameOf(text: string, what: string): string {
  const max = DEFAULT_WIRE_LIMITS.nameLength;
  if (!isName(text, max)) {
    throw new TypeError(`${what} must be 1 to ${max} characters without NUL, and well-formed.`);
  }
  return text;
}

/** Whole milliseconds, not negative, rounded up: what is waited for is not too early. */
export function wholeMs(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms) || 0, 0), Number.MAX_SAFE_INTEGER);
}

/** A delay that may be absent. One that is no number is none at all. */
export function delayOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : wholeMs(ms);
}
