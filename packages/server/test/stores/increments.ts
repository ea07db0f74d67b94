/**
 * A process that applies keyed increments to a store, and says what came of each as soon as it
 * knows: `<key> committed` or `<key> known`, a line each. Arguments: the file, the prefix of the
 * keys, the first and the last number. It begins when told so by a line on its input.
 */
import { sqliteStore } from "../../src/stores/sqlite.ts";
import type { UnitDatabase } from "../../src/stores/sqlite.ts";
import type { StoreTransaction } from "../../src/server-store.ts";

const IN_FLIGHT = 16;

const [path = "", prefix = "", first = "0", last = "0"] = process.argv.slice(2);
const store = sqliteStore({ path });
process.stdout.write("ready\n");
process.stdin.once("data", () => {
  let next = Number(first);
  const lane = async (): Promise<void> => {
    while (next <= Number(last)) await increment(`${prefix}${next++}`);
  };
  void Promise.all(Array.from({ length: IN_FLIGHT }, lane))
    .then(() => store.close())
    .then(() => process.exit(0));
});

async function increment(key: string): Promise<void> {
  const call = { account: "ada", key, method: "increment", inputHash: "h" };
  const { type } = await store.commit({ call, run: (tx) => run(tx, key) });
  process.stdout.write(`${key} ${type}\n`);
}

/** Three places that must agree: two buckets and a table of the application's own. */
function run(tx: StoreTransaction<UnitDatabase>, key: string): void {
  tx.db.exec("create table if not exists counter (id integer primary key, value integer)");
  const add = "insert into counter values (1, 1) on conflict (id) do update set value = value + 1";
  tx.db.prepare(add).run();
  tx.append("left", key, 0);
  tx.append("right", key, 0);
}
