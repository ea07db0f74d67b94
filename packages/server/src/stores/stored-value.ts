/**
 * What a store can keep: names that every database takes as they are, and values as JSON text.
 * `undefined` is kept as such; what JSON cannot say (bytes, bigint, cycles) is
 * refused.
 */
import { holdsBytes } from "@holdfast/protocol";

import type { CallKey, KeyedCall } from "../server-store.ts";
import { StoreError } from "../store-error.ts";

// SQLite cuts text at a NUL, and half of a surrogate pair becomes U+FFFD: two names would be one.
const UNSTORABLE = /[\0\p{Cs}]/u;

/** A bucket, an account, a key, a method. Throws `badValue` when it cannot be kept. */
export function storedName(name: string, what: string): string {
  if (typeof name !== "string" || name === "" || UNSTORABLE.test(name)) {
    throw new StoreError("badValue", `${what} must be text, not empty, without NUL`);
  }
  return name;
}

/** The call, when its names can be kept. Throws `badValue` otherwise. */
export function storedCall<Call extends CallKey>(call: Call): Call {
  storedName(call.account, "an account");
  storedName(call.key, "a key");
  return call;
}

/** The same with all that is compared when the call is repeated. */
export function storedKeyedCall(call: KeyedCall): KeyedCall {
  storedName(call.method, "a method");
  storedName(call.inputHash, "an input's digest");
  return storedCall(call);
}

/** Throws `badValue` unless it is a whole number from 0 to 2^53 − 1. */
export function storedCount(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new StoreError("badValue", `${what} must be a whole number, not negative`);
  }
  return value;
}

/** Null stands for `undefined`. Throws `badValue` for what would not read back as it is. */
export function storedJson(value: unknown): string | null {
  let json: string | undefined;
  let hasBytes: boolean;
  try {
    json = JSON.stringify(value);
    // Asked last: only now it is known that there is no cycle.
    hasBytes = holdsBytes(value);
  } catch (cause) {
    throw new StoreError("badValue", "the value cannot be written as JSON", cause);
  }
  if (hasBytes) throw new StoreError("badValue", "a store keeps JSON, which has no bytes");
  return json ?? null;
}

/** What {@link storedJson} kept. Throws `corrupt` when it is no JSON. */
export function valueOf(json: string | null): unknown {
  if (json === null) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    // The parser's own error quotes the payload.
    throw new StoreError("corrupt", "a stored value is no JSON");
  }
}
