/**
 * The driver with its promises, handles and alarm, through random lives: what the queue decides is
 * shown elsewhere; here nobody waits for ever, and nothing stays behind.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { TransactionHandle } from "../../src/transactions/transaction.ts";
import type { TransactionError } from "../../src/transactions/transaction-error.ts";
import type { Transactions } from "../../src/transactions/transactions.ts";
import { send, TransactionsRig } from "./support/transactions-rig.ts";

const RUNS = process.env["HOLDFAST_DEEP"] ? 5_000 : 500;

class Life {
  readonly rig = new TransactionsRig();
  readonly handles: TransactionHandle<string>[] = [];
  readonly told = new Map<string, string>();
  client: Transactions = this.rig.client();
  #isOnline = true;

  make(which: number): void {
    const text = String(this.handles.length);
    const lane = which % 2 ? "room" : undefined;
    const handle = this.client.transact(send, { text }, lane === undefined ? {} : { lane });
    this.handles.push(handle);
    handle.result.then(
      () => this.told.set(text, "done"),
      (error: TransactionError) => this.told.set(text, error.kind),
    );
  }

  cancel(which: number): void {
    void this.handles[which % Math.max(1, this.handles.length)]?.cancel();
  }

  drop(which: number): void {
    if (which % 2) this.rig.server.runAndDrop();
    else this.rig.server.drop(which % 4 ? "lost" : "unsent");
    if (this.#isOnline) this.client.sessionClosed({ isViolation: false });
    this.#isOnline = false;
  }

  online(): void {
    if (!this.#isOnline) this.client.sessionOpened({ keepsKeys: true });
    this.#isOnline = true;
  }

  /** As a reload: the old one is closed, or its process dies. */
  restart(which: number): void {
    this.drop(which);
    if (which % 3) this.client.close();
    else {
      this.client.freeze();
      this.client.closeAccount();
    }
    this.client = this.rig.client({}, "offline");
  }
}

const ACTIONS: readonly ((life: Life, which: number) => void)[] = [
  (life, which) => life.make(which),
  (life, which) => life.make(which),
  (life, which) => life.make(which),
  (life, which) => life.cancel(which),
  (life, which) => life.drop(which),
  (life) => life.online(),
  (life) => life.online(),
  (life, which) => life.restart(which),
  (life) => life.client.freeze(),
  (life) => life.client.thaw(),
  (life) => life.rig.disk.failures.push("quota"),
];

test("nobody waits for ever, nothing is doubled, and nothing stays behind", async () => {
  const actions = fc.array(
    fc.tuple(fc.nat(ACTIONS.length - 1), fc.nat(20), fc.constantFrom(0, 5, 15, 1_000, 40_000)),
    { maxLength: 25, size: "max" },
  );
  const holds = fc.asyncProperty(actions, async (list) => {
    const life = new Life();
    const { rig } = life;
    for (const [action, which, ms] of list) {
      ACTIONS[action]?.(life, which);
      if (ms) await rig.clock.run(ms);
    }
    life.client.thaw();
    life.online();
    rig.disk.failures.length = 0;
    await rig.clock.run(120_000);
    expect([life.told.size, rig.disk.records.size]).toEqual([life.handles.length, 0]);
    expect(life.client.pending.current).toEqual([]);
    const applied = rig.server.applied.map((input) => (input as { text: string }).text);
    expect(new Set(applied).size).toBe(applied.length);
    for (const [text, told] of life.told) {
      if (told === "done") expect(applied).toContain(text);
      if (["cancelled", "storeFailed", "timedOut"].includes(told))
        expect(applied).not.toContain(text);
    }
    life.client.close();
    expect([rig.clock.pending, rig.disk.watcherCount, rig.disk.locks.size]).toEqual([0, 0, 0]);
    expect(rig.reports).toEqual([]);
  });
  await fc.assert(holds, { numRuns: RUNS });
});
