/** What of a transaction can be stored. */
import { DEFAULT_WIRE_LIMITS, holdsBytes, payloadFault } from "@holdfast/protocol";
import type { TransactionRecord } from "./transaction-record.ts";

/** What will be stored, out of the caller's reach; or why it cannot be. */
export function copyOf(record: TransactionRecord, bytesMax: number): TransactionRecord | string {
  try {
    const text = JSON.stringify(record);
    if (holdsBytes(record.input)) return "notEncodable";
    // A character is at most three bytes: they are counted only where that leaves a doubt.
    if (text.length > bytesMax / 3 && new TextEncoder().encode(text).length > bytesMax)
      return "tooLarge";
    const copy = JSON.parse(text) as TransactionRecord;
    return payloadFault(copy.input, DEFAULT_WIRE_LIMITS.nesting) ?? copy;
  } catch {
    return "notEncodable";
  }
}
