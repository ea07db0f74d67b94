/** The transactions of an account in IndexedDB. */
import type { Clock } from "../base/clock.ts";
import {
  type Claim,
  OUTCOME_KEPT_MS,
  type TransactionChange,
  type TransactionStore,
} from "../transactions/transaction-store.ts";
import { ask, type IndexedDbConnection, type OpenStore } from "./indexed-db-connection.ts";
import type { OwnerLocks } from "./owner-locks.ts";
import { StoreError } from "./store-error.ts";
import { endOf, findRows, rowOf, type StoredRow } from "./stored-record.ts";
import { textOf } from "./stored-text.ts";

/** What the transactions of an account stand on. */
export interface TransactionGround {
  readonly account: string;
  readonly database: IndexedDbConnection;
  readonly locks: OwnerLocks;
  readonly clock: Clock;
  /** Lets the account's other clients know. */
  readonly tell: () => void;
  /** Hears them. */
  readonly watch: TransactionStore["watch"];
}

export function indexedDbTransactions(ground: TransactionGround): TransactionStore {
  const { account, database, locks, tell, watch } = ground;
  return {
    claim: (owner) => claim(ground, owner),
    async write(owner, changes) {
      const writes = changes.map((change) => writeOf(account, owner, change));
      const lost = await database.run(
        "readwrite",
        ["transactions", "outcomes"],
        (store) => make(writes, owner, store),
        "strict",
      );
      if (writes.some(({ outcome }) => outcome)) tell();
      return lost;
    },
    async outcomes(ids) {
      const ends = await database.run("readonly", ["transactions", "outcomes"], (store) =>
        Promise.all(
          ids.map(async (id) => {
            const row = (await ask(store("outcomes").get(id))) as OutcomeRow | undefined;
            return endOf(id, row?.text, !!(await ask(store("transactions").count(id))));
          }),
        ),
      );
      return ends.flat();
    },
    release(owner) {
      if (locks.release(owner)) tell();
    },
    watch,
  };
}

async function claim(ground: TransactionGround, owner: string): Promise<Claim> {
  const { locks } = ground;
  const isFirst = await locks.take(owner);
  try {
    return await claimAwake(ground, owner, isFirst);
  } catch (error) {
    // It has not awoken yet: without Web Locks, only the first claim finds what is left.
    if (isFirst) locks.release(owner);
    throw error;
  }
}

/**
 * In two steps, because no transaction survives the question who is awake. Only owners of the first
 * are judged: one that begins between the two is not taken for dead.
 */
async function claimAwake(
  { account, database, locks, clock, tell }: TransactionGround,
  owner: string,
  isFirst: boolean,
): Promise<Claim> {
  const owners = await database.run("readwrite", ["transactions", "outcomes"], async (store) => {
    await forgetOutcomes(store("outcomes"), clock.wallNow() - OUTCOME_KEPT_MS);
    return new Set((await rowsIn(store)).map((row) => row.owner));
  });
  const isFree = await locks.free(isFirst);
  const isLeft = (other: string): boolean => owners.has(other) && isFree(other);
  const found = await database.run(
    "readwrite",
    ["transactions"],
    async (store) => {
      const all = findRows(account, owner, await rowsIn(store), isLeft);
      for (const row of all.adopted) store("transactions").put(row);
      return all;
    },
    "strict",
  );
  if (found.adopted.length > 0) tell();
  return found.claim;
}

function rowsIn(store: OpenStore): Promise<StoredRow[]> {
  return ask(store("transactions").getAll());
}

/** Resolves with the ids that another owner has. */
async function make(writes: readonly Write[], owner: string, store: OpenStore): Promise<string[]> {
  const rows = store("transactions");
  const lost: string[] = [];
  // One after the other: a later change may meet what an earlier one made.
  for (const { type, id, row, outcome } of writes) {
    if (type === "add") rows.add(row);
    else if (((await ask(rows.get(id))) as StoredRow | undefined)?.owner !== owner) lost.push(id);
    else if (type === "put") rows.put(row);
    else {
      rows.delete(id);
      if (outcome) store("outcomes").put(outcome);
    }
  }
  return lost;
}

interface OutcomeRow {
  readonly id: string;
  readonly endedAt: number;
  readonly text: string;
}

interface Write {
  readonly type: TransactionChange["type"];
  readonly id: string;
  readonly row?: StoredRow;
  readonly outcome?: OutcomeRow | undefined;
}

/** Everything that can fail of itself is done before the transaction begins. */
function writeOf(account: string, owner: string, change: TransactionChange): Write {
  const { type } = change;
  if (type !== "remove") {
    return { type, id: change.record.id, row: rowOf(account, owner, change.record) };
  }
  const { id, outcome } = change;
  if (!outcome) return { type, id };
  const { endedAt } = outcome;
  if (!Number.isFinite(endedAt)) throw new StoreError("failed");
  return { type, id, outcome: { id, endedAt, text: textOf(outcome) } };
}

/** Deletes what ended before `keptFrom`, the oldest first. */
async function forgetOutcomes(outcomes: IDBObjectStore, keptFrom: number): Promise<void> {
  const request = outcomes.index("endedAt").openCursor();
  for (let at = await ask(request); at && Number(at.key) < keptFrom; at = await ask(request)) {
    at.delete();
    at.continue();
  }
}
