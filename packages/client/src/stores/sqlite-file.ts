/**
 * The file of a SQLite database before SQLite touches it, who may read it and whether it is one;
 * and later, whether it is still there: on Unix SQLite goes on writing to a file that was removed.
 */
import type { SqliteGlobals } from "./sqlite-driver.ts";
import { StoreError } from "./store-error.ts";

/** What we use of `node:fs`. */
interface FileSystem {
  openSync(path: string, flags: string, mode?: number): number;
  readSync(file: number, bytes: Uint8Array, offset: number, length: number, at: number): number;
  fstatSync(file: number): { readonly size: number };
  statSync(path: string, options: { readonly throwIfNoEntry: false }): FileFacts | undefined;
  closeSync(file: number): void;
}

interface FileFacts {
  readonly size: number;
  readonly dev: number;
  readonly ino: number;
}

const MAGIC = "SQLite format 3\0";

/**
 * Makes the file, for its owner's eyes only, if there is none. Throws `corrupt` for one that is no
 * database, or not even its first page: SQLite would take some of these for new and write over
 * them. Throws `unavailable` when it cannot be opened. Returns what tells whether the path still
 * leads to this file; nothing where there is none.
 */
export function prepareFile(path: string, { process }: SqliteGlobals): (() => boolean) | undefined {
  const files = process?.getBuiltinModule("node:fs") as FileSystem | undefined;
  if (!files || path === ":memory:") return undefined;
  let file: number;
  try {
    // SQLite gives its side files the same mode.
    file = files.openSync(path, "a+", 0o600);
  } catch (error) {
    throw new StoreError("unavailable", error);
  }
  try {
    const { size } = files.fstatSync(file);
    const header = new Uint8Array(18);
    files.readSync(file, header, 0, header.length, 0);
    if (size > 0) checkHeader(header, size);
    // A log without its database: the database was cut off, and SQLite would throw away the log.
    else if (files.statSync(`${path}-wal`, { throwIfNoEntry: false })?.size) {
      throw new StoreError("corrupt");
    }
  } finally {
    files.closeSync(file);
  }
  const facts = (): FileFacts | undefined => files.statSync(path, { throwIfNoEntry: false });
  const prepared = facts();
  return () => {
    const now = facts();
    return now?.ino === prepared?.ino && now?.dev === prepared?.dev;
  };
}

function checkHeader(header: Uint8Array, size: number): void {
  const magic = String.fromCharCode(...header.subarray(0, MAGIC.length));
  const pageSize = ((header[16] ?? 0) << 8) | (header[17] ?? 0);
  // 65,536 does not fit, and is written as 1.
  if (magic !== MAGIC || size < (pageSize === 1 ? 65_536 : pageSize))
    throw new StoreError("corrupt");
}
