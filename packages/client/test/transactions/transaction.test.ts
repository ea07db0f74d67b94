import { call, defineContract } from "@holdfast/protocol";
import { expect, expectTypeOf, test } from "vitest";

import { withPending } from "../../src/transactions/optimism.ts";
import {
  defineTransaction,
  type PendingTransaction,
  type TransactionHandle,
} from "../../src/transactions/transaction.ts";
import type { Transactions } from "../../src/transactions/transactions.ts";

const contract = defineContract({
  calls: {
    "message.send": call<{ text: string }, { id: number }>(),
    "list.sort": call<string>({ repeatable: true }),
    "list.clear": call(),
  },
});

test("a definition takes its name and whether it may be repeated from the contract", () => {
  expect(defineTransaction(contract, "message.send")).toEqual({
    name: "message.send",
    method: "message.send",
    version: 1,
    repeatable: false,
  });
  expect(defineTransaction(contract, "list.sort").repeatable).toBe(true);
  expect(
    defineTransaction(contract, "list.sort", { name: "sort", version: 3, repeatable: false }),
  ).toEqual({ name: "sort", method: "list.sort", version: 3, repeatable: false });
});

test("the contract types input, output and effects", () => {
  const send = defineTransaction(contract, "message.send", {
    effect: (view: readonly string[], { input, id }) => [...view, input.text + id],
    onResult: (output) => expectTypeOf(output).toEqualTypeOf<{ id: number }>(),
    lane: (input) => input.text,
    apply: (transaction) =>
      expectTypeOf(transaction).toEqualTypeOf<PendingTransaction<{ text: string }>>(),
  });
  const sort = defineTransaction(contract, "list.sort");
  const clear = defineTransaction(contract, "list.clear");
  const use = (transactions: Transactions): void => {
    expectTypeOf(transactions.transact(send, { text: "" })).toEqualTypeOf<
      TransactionHandle<{ id: number }>
    >();
    transactions.transact(clear);
    transactions.transact(clear, undefined, { lane: "a" });
    // @ts-expect-error The input is missing.
    transactions.transact(send);
    // @ts-expect-error It is no text.
    transactions.transact(sort, 7);
    // @ts-expect-error The contract has no such call.
    defineTransaction(contract, "message.sned");
    const pending: readonly PendingTransaction[] = transactions.pending.current;
    expectTypeOf(withPending(["a"] as readonly string[], pending, [send])).toEqualTypeOf<
      readonly string[]
    >();
  };
  expect(use).toBeTypeOf("function");
});
