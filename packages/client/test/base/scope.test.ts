import { expect, test, vi } from "vitest";
import { Scope } from "../../src/base/scope.ts";

test("what was opened last is closed first, and once", () => {
  const order: string[] = [];
  const scope = new Scope();
  scope.signal.addEventListener("abort", () => order.push("signal"));
  scope.defer(() => order.push("socket"));
  scope.defer(() => order.push("waiter"));
  scope.close();
  scope.close();
  expect(order).toEqual(["signal", "waiter", "socket"]);
});

test("what is opened in a closed scope is closed at once", () => {
  const scope = new Scope();
  scope.close();
  const cleanup = vi.fn();
  scope.defer(cleanup);
  expect(cleanup).toHaveBeenCalledOnce();
});

test("a cleanup that throws keeps none of the others from running", () => {
  const faults: unknown[] = [];
  const scope = new Scope((error) => faults.push(error));
  const first = vi.fn();
  scope.defer(first);
  scope.defer(() => {
    throw new Error("broken");
  });
  scope.close();
  expect(first).toHaveBeenCalledOnce();
  expect(faults).toEqual([new Error("broken")]);
});
