/** Client objects on one disk, one server and one manual clock. */
import { call, defineContract } from "@holdfast/protocol";
import { ManualClock } from "@holdfast/testing";

import {
  defineTransaction,
  type TransactionDefinition,
} from "../../../src/transactions/transaction.ts";
import { Transactions, type TransactionsOptions } from "../../../src/transactions/transactions.ts";
import { FakeServer } from "./fake-server.ts";
import { SharedDisk } from "./shared-disk.ts";

export const contract = defineContract({
  calls: {
    send: call<{ text: string }, string>(),
    rename: call<string, string>({ repeatable: true }),
    clear: call(),
  },
});

export const send = defineTransaction(contract, "send", {
  effect: (view: readonly string[], { input }) => [...view, input.text],
  lane: () => undefined,
});
export const clear = defineTransaction(contract, "clear");

export class TransactionsRig {
  readonly clock = new ManualClock();
  readonly disk = new SharedDisk();
  readonly server = new FakeServer(this.clock);
  readonly reports: unknown[] = [];
  readonly reached = new Map<string, number>();
  #clients = 0;
  #ids = 0;

  /** A client object; by default its account is open and it has a session. */
  client(
    options: Partial<TransactionsOptions> & {
      readonly definitions?: readonly TransactionDefinition[];
    } = {},
    start: "online" | "offline" | "signedOut" = "online",
  ): Transactions {
    const transactions = new Transactions({
      clock: this.clock,
      random: () => 0.5,
      randomHex: () => `id${String(++this.#ids)}`,
      owner: `client${String(++this.#clients)}`,
      definitions: [send, clear],
      remote: this.server.remote(),
      reached: (bucket) => {
        const seq = this.reached.get(bucket);
        return seq === undefined ? undefined : { seq };
      },
      report: (error) => void this.reports.push(error),
      ...options,
    });
    if (start !== "signedOut") this.open(transactions);
    if (start === "online") transactions.sessionOpened({ keepsKeys: true });
    return transactions;
  }

  open(transactions: Transactions): void {
    transactions.open(() => Promise.resolve(this.disk.client()));
  }
}
