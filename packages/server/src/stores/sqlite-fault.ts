/** What SQLite's errors mean, whichever driver says them. */
import { StoreError } from "../store-error.ts";
import type { StoreErrorCode } from "../store-error.ts";

/** SQLite's primary result codes, and how drivers name them that have no numbers. */
const CODES: readonly (readonly [number, string, StoreErrorCode])[] = [
  [5, "SQLITE_BUSY", "busy"],
  [6, "SQLITE_LOCKED", "busy"],
  [13, "SQLITE_FULL", "full"],
  [11, "SQLITE_CORRUPT", "corrupt"],
  [26, "SQLITE_NOTADB", "corrupt"],
];

/** The same as a `StoreError`; one that is such already stays as it is. */
export function storeFault(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { errcode, code } = (error ?? {}) as { errcode?: unknown; code?: unknown };
  const known = CODES.find(
    ([number, name]) =>
      // The low byte is the primary code: 261 (BUSY_RECOVERY) is a kind of 5 (BUSY).
      (typeof errcode === "number" && (errcode & 0xff) === number) ||
      (typeof code === "string" && code.startsWith(name)),
  );
  return new StoreError(known?.[2] ?? "failed", undefined, error);
}
