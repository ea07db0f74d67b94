/** What stands of a key, as an answer to who asks for it. */
import type { Failure, Result } from "@holdfast/protocol";

import type { Committed } from "./call-context.ts";
import { ownFailure } from "./call-failure.ts";
import type { KeyedCall, KeyedOutcome } from "./server-store.ts";

/** Is it the very call that the key was first used for? */
export function isSame(
  one: Pick<KeyedCall, "method" | "inputHash">,
  other: Pick<KeyedCall, "method" | "inputHash">,
): boolean {
  return one.method === other.method && one.inputHash === other.inputHash;
}

export function answerOf(id: number, keyed: KeyedCall, known: KeyedOutcome): Result | Failure {
  if (known.type === "cancelled") return ownFailure(id, "cancelled");
  return isSame(known, keyed) ? resultOf(id, known) : ownFailure(id, "keyReused");
}

export function resultOf(id: number, { output, at }: Committed): Result {
  const isEmpty = Object.keys(at).length === 0;
  return { type: "result", id, output, ...(!isEmpty && { at }) };
}
