/**
 * What stores keep of transactions, and how they tell what they can read from what they set aside.
 * A row names its owner apart from the text, so that adopting a record rewrites nothing in it.
 */
import { RECORD_VERSION, type TransactionRecord } from "../transactions/transaction-record.ts";
import type { Claim, SetAside, TransactionOutcome } from "../transactions/transaction-store.ts";
import { readText, textOf } from "./stored-text.ts";

/** A stored record. Of what is read from a disk, none of it need be true. */
export interface StoredRow {
  readonly id: string;
  readonly owner: string;
  /** Of `[account, record]`. */
  readonly text: string;
}

/** The row of a record. Throws a `StoreError` when the record is no JSON. */
export function rowOf(account: string, owner: string, record: TransactionRecord): StoredRow {
  return { id: record.id, owner, text: textOf([account, record]) };
}

/** What `owner` finds in an account's rows: what to answer it, and what it adopts thereby. */
export interface FoundRows {
  readonly claim: Claim;
  readonly adopted: readonly StoredRow[];
}

/**
 * Sorts the rows: the owner's own, and those whose owner's lock is free. What cannot be read is not
 * adopted, for a later version of this library may be able to.
 */
export function findRows(
  account: string,
  owner: string,
  rows: readonly StoredRow[],
  isFree: (owner: string) => boolean,
): FoundRows {
  const records: TransactionRecord[] = [];
  const setAside: SetAside[] = [];
  const adopted: StoredRow[] = [];
  for (const row of rows) {
    const isOwn = row.owner === owner;
    if (!isOwn && !isFree(row.owner)) continue;
    const record = readRow(account, row);
    if (typeof record === "string") {
      const id: unknown = row.id; // A database that was tampered with may hold another type.
      setAside.push({ id: String(id), reason: record });
    } else {
      records.push({ ...record, owner });
      if (!isOwn) adopted.push({ ...row, owner });
    }
  }
  // Two clients may have counted alike; the id decides, everywhere in the same way.
  records.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  return { claim: { records, setAside, adopted: adopted.map(({ id }) => id) }, adopted };
}

/** The record of a row, or why there is none. */
function readRow(account: string, row: StoredRow): TransactionRecord | SetAside["reason"] {
  const pair = readText(row.text);
  const [holder, record]: readonly unknown[] = Array.isArray(pair) ? pair : [];
  if (!isFields(record)) return "corrupt";
  const version = record["recordVersion"];
  if (Number.isFinite(version) && version !== RECORD_VERSION) return "version";
  const isOurs = holder === account && typeof row.owner === "string" && record["id"] === row.id;
  return isOurs && isRecord(record) ? record : "corrupt";
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const TEXTS = ["id", "name", "method"];
const NUMBERS = [
  "recordVersion",
  "order",
  "inputVersion",
  "createdAt",
  "deadlineAt",
  "attempts",
  "violations",
];

function isRecord(fields: Fields): fields is Fields & TransactionRecord {
  const { lane = "", sentAt = 0, blockers } = fields;
  return (
    TEXTS.every((name) => typeof fields[name] === "string") &&
    NUMBERS.every((name) => Number.isFinite(fields[name])) &&
    typeof lane === "string" &&
    Number.isFinite(sentAt) &&
    Array.isArray(blockers) &&
    blockers.every((id) => typeof id === "string") &&
    ["queued", "cancelling"].includes(fields["phase"] as string) &&
    [undefined, "user", "deadline"].includes(fields["cancelledBy"] as undefined)
  );
}

/** How a record ended: as `text` tells, or, if it is stored no more, as nobody knows. */
export function endOf(
  id: string,
  text: unknown,
  isStored: boolean,
): TransactionOutcome | readonly [] {
  return readOutcome(text) ?? (isStored ? [] : { id, endedAt: 0, phase: "failed" });
}

/** The outcome that a text tells, if it does. */
export function readOutcome(text: unknown): TransactionOutcome | undefined {
  const fields = readText(text);
  return isFields(fields) && isOutcome(fields) ? fields : undefined;
}

function isOutcome(fields: Fields): fields is Fields & TransactionOutcome {
  const { error } = fields;
  return (
    typeof fields["id"] === "string" &&
    Number.isFinite(fields["endedAt"]) &&
    ["done", "failed", "cancelled"].includes(fields["phase"] as string) &&
    (error === undefined || (isFields(error) && typeof error["kind"] === "string"))
  );
}
