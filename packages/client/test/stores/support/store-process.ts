/**
 * A process that writes to a SQLite store, for tests that kill it. Arguments: the file, its owner's
 * name, and after how many writes it closes the store and has nothing more to do. Each write adds
 * two records; its number is printed once it is stored.
 */
import { sqliteStore } from "../../../src/stores/sqlite.ts";
import { sampleRecord } from "./sample-record.ts";

const [database = "", owner = "", count = "0"] = process.argv.slice(2);

const account = await sqliteStore({ database }).open("a");
await account.transactions.claim(owner);
const fields = { input: { text: "x".repeat(5_000) } };
for (let n = 0; n < Number(count); n++) {
  await account.transactions.write(owner, [
    { type: "add", record: sampleRecord(`${owner}-${n}-a`, n, fields) },
    { type: "add", record: sampleRecord(`${owner}-${n}-b`, n, fields) },
  ]);
  await account.documents.commit(
    owner,
    n > 0 ? { epoch: "e", seq: n } : undefined,
    { epoch: "e", seq: n + 1 },
    [{ type: "put", id: `${n}`, document: n }],
  );
  process.stdout.write(`${n}\n`);
}
await account.close();
