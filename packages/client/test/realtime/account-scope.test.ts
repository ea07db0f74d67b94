/** Whose store is open when. */
import { expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { AccountScope } from "../../src/realtime/account-scope.ts";
import type { AccountStore } from "../../src/stores/client-store.ts";

/** A store that opens and closes when the test says so, and writes down what happens to it. */
function harness() {
  const clock = new ManualClock();
  const events: string[] = [];
  const opening: { account: string; resolve: () => void; reject: () => void }[] = [];
  const closing = { isSlow: false, finish: (): void => {} };
  const storeOf = (account: string): AccountStore =>
    ({
      close: () => {
        events.push(`close ${account}`);
        return closing.isSlow
          ? new Promise<void>((resolve) => (closing.finish = resolve))
          : Promise.resolve();
      },
    }) as AccountStore;
  const open = (account: string): Promise<AccountStore> =>
    new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error("no room"));
      opening.push({ account, resolve: () => resolve(storeOf(account)), reject: fail });
    });
  const ask = (): void => {
    scope.opened().then(
      () => events.push("open"),
      (error: Error) => events.push(`failed: ${error.message}`),
    );
  };
  const scope = new AccountScope({
    store: { open, forget: () => Promise.resolve() },
    onEnter: () => {
      events.push("enter");
      ask();
    },
    onLeave: () => void events.push("leave"),
  });
  const next = async (act: "resolve" | "reject"): Promise<void> => {
    await clock.settle();
    opening.shift()?.[act]();
    await clock.settle();
  };
  return { clock, scope, events, opening, next, closing, ask };
}

test("a user's store is opened once, and closed when the user leaves", async () => {
  const { scope, events, next, ask } = harness();
  scope.enter("ada");
  scope.enter("ada");
  ask();
  await next("resolve");
  expect(scope.current.current).toBeDefined();
  scope.enter(null);
  expect(scope.current.current).toBeUndefined();
  await scope.close();
  expect(events).toEqual(["enter", "open", "open", "leave", "close ada"]);
});

test("what opens after its user has left is closed and of no use (L18, L41)", async () => {
  const { scope, events, opening, next, clock } = harness();
  scope.enter("ada");
  await clock.settle();
  scope.enter("bob");
  await next("resolve");
  expect(opening.map(({ account }) => account)).toEqual(["bob"]);
  await next("resolve");
  const failed = "failed: closed";
  expect(events).toEqual(["enter", "leave", "enter", "close ada", failed, "open"]);
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
  expect(events.at(-1)).toBe("open");
  expect(scope.current.current).toBeDefined();
});

test("all is closed only when a store that was being opened is closed too", async () => {
  for (const end of ["resolve", "reject"] as const) {
    const { scope, events, next, clock } = harness();
    scope.enter("ada");
    await clock.settle();
    void scope.close().then(() => events.push("closed"));
    await clock.settle();
    expect(events).toEqual(["enter", "leave"]);
    await next(end);
    const isOpened = end === "resolve";
    expect(events.includes("close ada")).toBe(isOpened);
    expect(events.at(-1)).toBe("closed");
  }
});

test("a store that did not open is opened anew when it is asked for again", async () => {
  const { scope, events, next, ask } = harness();
  scope.enter("ada");
  await next("reject");
  ask();
  await next("resolve");
  expect(events).toEqual(["enter", "failed: no room", "open"]);
});

test("nobody has no store", async () => {
  const { events, ask, clock } = harness();
  ask();
  await clock.settle();
  expect(events).toEqual(["failed: closed"]);
});
