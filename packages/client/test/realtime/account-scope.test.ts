/** Whose store is open when. */
import { expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { AccountScope, STORE_RETRY_MS } from "../../src/realtime/account-scope.ts";
import type { AccountStore } from "../../src/stores/client-store.ts";

/** A store that opens when the test says so, and writes down what happens to it. */
function harness() {
  const clock = new ManualClock();
  const events: string[] = [];
  const opening: { account: string; resolve: () => void; reject: () => void }[] = [];
  const closing = { isSlow: false, finish: (): void => {} };
  const stores = new Map<AccountStore, string>();
  const open = (account: string): Promise<AccountStore> =>
    new Promise((resolve, reject) => {
      const store = {
        close: () => {
          events.push(`close ${account}`);
          return closing.isSlow
            ? new Promise<void>((resolve) => (closing.finish = resolve))
            : Promise.resolve();
        },
      } as AccountStore;
      stores.set(store, account);
      opening.push({
        account,
        resolve: () => resolve(store),
        reject: () => reject(new Error("no room")),
      });
    });
  const scope = new AccountScope({
    store: { open, forget: () => Promise.resolve() },
    clock,
    onEnter: () => void events.push("enter"),
    onOpen: (store) => void events.push(`open ${stores.get(store)}`),
    onFailure: (error) => void events.push(`failed: ${(error as Error).message}`),
    onLeave: () => void events.push("leave"),
  });
  const next = async (act: "resolve" | "reject"): Promise<void> => {
    await clock.settle();
    opening.shift()?.[act]();
    await clock.settle();
  };
  return { clock, scope, events, opening, next, closing };
}

test("a user's store is opened once, and closed when the user leaves", async () => {
  const { scope, events, next, clock } = harness();
  scope.enter("ada");
  scope.enter("ada");
  await next("resolve");
  expect(scope.current.current).toBeDefined();
  scope.enter(null);
  expect(scope.current.current).toBeUndefined();
  await scope.close();
  expect(events).toEqual(["enter", "open ada", "leave", "close ada"]);
  expect(clock.pending).toBe(0);
});

test("what opens after its user has left is closed, and nobody hears of it (L18, L41)", async () => {
  const { scope, events, opening, next, clock } = harness();
  scope.enter("ada");
  await clock.settle();
  scope.enter("bob");
  await next("resolve");
  expect(opening.map(({ account }) => account)).toEqual(["bob"]);
  await next("resolve");
  expect(events).toEqual(["enter", "leave", "enter", "close ada", "open bob"]);
});

test("the same user again waits until the last store is closed", async () => {
  const { scope, events, next, closing, clock, opening } = harness();
  scope.enter("ada");
  await next("resolve");
  closing.isSlow = true;
  scope.enter("bob");
  scope.enter("ada");
  await clock.settle();
  expect([events.at(-1), opening.length]).toEqual(["enter", 0]);
  closing.finish();
  await next("resolve");
  expect(events.slice(-2)).toEqual(["enter", "open ada"]);
});

test("a store that does not open is tried again after a while, until the user leaves", async () => {
  const { scope, events, opening, next, clock } = harness();
  scope.enter("ada");
  await next("reject");
  expect([events.at(-1), opening.length, clock.pending]).toEqual(["failed: no room", 0, 1]);
  await clock.run(STORE_RETRY_MS);
  expect(opening).toHaveLength(1);
  await next("reject");
  await scope.close();
  expect(clock.pending).toBe(0);
});

test("a failure that comes after the user has left is nobody's", async () => {
  const { scope, events, next, clock } = harness();
  scope.enter("ada");
  await clock.settle();
  scope.enter(null);
  await next("reject");
  expect([events, clock.pending]).toEqual([["enter", "leave"], 0]);
});
