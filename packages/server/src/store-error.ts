/** How a store fails, in words that programs can tell apart. */

export type StoreErrorCode =
  /** Another process held the file for longer than we wait. Nothing was changed: ask again. */
  | "busy"
  /** No room on the disk. Nothing was changed. */
  | "full"
  /** More waits to be committed than the store takes. Nothing was changed: ask again later. */
  | "overloaded"
  /** What is stored cannot be read, or is no store of ours. */
  | "corrupt"
  /** The file was written by a newer version of this package. It was left as it is. */
  | "newerSchema"
  /** No SQLite driver: neither the runtime's own nor the package that stands in for it. */
  | "noDriver"
  /** A name or value that the store cannot keep as it is: the caller's bug. */
  | "badValue"
  /** A unit returned a promise. It was undone: nothing may be awaited within a transaction. */
  | "asyncUnit"
  /** The store was used in a way that it forbids, as the message says: the caller's bug. */
  | "misuse"
  | "closed"
  /** Anything else, as `cause` says. A commit that fails so is undone. */
  | "failed";

const MESSAGES: Readonly<Record<StoreErrorCode, string>> = {
  busy: "the store is busy with another process",
  full: "the store has no room left on its disk",
  overloaded: "too many commits wait",
  corrupt: "the store cannot be read",
  newerSchema: "the store was written by a newer version",
  noDriver: "no SQLite: use Node 22.13 or newer, install @photostructure/sqlite, or pass a driver",
  badValue: "the store cannot keep that value",
  asyncUnit: "a unit may not return a promise",
  misuse: "the store may not be used that way",
  closed: "the store is closed",
  failed: "the store failed",
};

const CALLERS: ReadonlySet<StoreErrorCode> = new Set(["badValue", "asyncUnit", "misuse"]);

/** It says nothing against the store: the unit asked for what no store does. */
export function isCallersFault(error: unknown): error is StoreError {
  return error instanceof StoreError && CALLERS.has(error.code);
}

/** A store did not do what it was asked, and changed nothing. Its text holds no payload. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string = MESSAGES[code], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
