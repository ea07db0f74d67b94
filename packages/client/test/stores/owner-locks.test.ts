import { expect, test } from "vitest";

import { OwnerLocks } from "../../src/stores/owner-locks.ts";
import { FakeBrowser } from "./support/fake-browser.ts";

test("locks are taken once, told from free ones, and given up within the call", async () => {
  const browser = new FakeBrowser();
  const mine = new OwnerLocks(browser.tab().navigator?.locks, "p:");
  const other = new OwnerLocks(browser.tab().navigator?.locks, "p:");
  expect(await mine.take("tab1")).toBe(true);
  expect(await mine.take("tab1")).toBe(false);
  expect(browser.lockNames).toEqual(["p:tab1"]);
  const isFree = await other.free(true);
  expect([isFree("tab1"), isFree("tab2")]).toEqual([false, true]);
  expect(mine.release("tab1")).toBe(true);
  expect(mine.release("tab1")).toBe(false);
  await Promise.resolve(); // A browser hears of it when the call has returned.
  await Promise.resolve();
  expect((await other.free(true))("tab1")).toBe(true);
  expect(await mine.take("tab1")).toBe(true);
  await mine.take("tab2");
  mine.releaseAll();
  await Promise.resolve();
  await Promise.resolve();
  expect(browser.lockNames).toEqual([]);
});

test("one that waits for its lock is awake too, and may be released meanwhile", async () => {
  const browser = new FakeBrowser();
  const [first, second] = [browser.tab(), browser.tab()];
  const holder = new OwnerLocks(first.navigator?.locks, "p:");
  const waiter = new OwnerLocks(second.navigator?.locks, "p:");
  await holder.take("tab1");
  const taking = waiter.take("tab1");
  const again = waiter.take("tab2");
  expect(waiter.release("tab1")).toBe(true);
  expect((await waiter.free(true))("tab1")).toBe(false);
  first.die();
  await expect(taking).rejects.toMatchObject({ kind: "closed" });
  expect(await again).toBe(true);
  await Promise.resolve();
  expect(browser.lockNames).toEqual(["p:tab2"]);
});

test("a platform that refuses locks says so each time, and is asked again", async () => {
  let isRefusing = true;
  const { navigator } = new FakeBrowser().tab();
  const refused = (): Promise<never> => Promise.reject(new DOMException("no", "SecurityError"));
  const manager = {
    request: (name: string, held: () => Promise<void>): unknown =>
      isRefusing ? refused() : navigator?.locks?.request(name, held),
    query: refused,
  } as unknown as LockManager;
  const locks = new OwnerLocks(manager, "p:");
  await expect(locks.take("tab1")).rejects.toMatchObject({ kind: "unavailable" });
  await expect(locks.free(true)).rejects.toMatchObject({ kind: "unavailable" });
  isRefusing = false;
  expect(await locks.take("tab1")).toBe(true);
});

test("without Web Locks everything is free to whoever has just awoken", async () => {
  const locks = new OwnerLocks(undefined, "p:");
  expect(await locks.take("tab1")).toBe(true);
  expect((await locks.free(true))("tab2")).toBe(true);
  expect(await locks.take("tab1")).toBe(false);
  expect((await locks.free(false))("tab2")).toBe(false);
  locks.release("tab1");
  expect(await locks.take("tab1")).toBe(true);
});
