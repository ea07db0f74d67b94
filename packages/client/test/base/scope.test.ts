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

test("what ended by itself is not closed again", () => {
  const scope = new Scope();
  const cleanup = vi.fn();
  const forget = scope.defer(cleanup);
  forget();
  scope.close();
  expect(cleanup).not.toHaveBeenCalled();
});

test("a child closes with its parent, and can close alone", () => {
  const parent = new Scope();
  const first = parent.child();
  const second = parent.child();
  first.close();
  expect([first, second, parent].map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
  parent.close();
  expect(second.signal.aborted).toBe(true);
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

test("the failure of a task is heard, whether thrown at once or later", async () => {
  const scope = new Scope();
  const heard = await new Promise<unknown[]>((resolve) => {
    const errors: unknown[] = [];
    const onError = (error: unknown): void => {
      if (errors.push(error) === 2) resolve(errors);
    };
    scope.run(() => {
      throw new Error("at once");
    }, onError);
    scope.run(async () => {
      await Promise.resolve();
      throw new Error("later");
    }, onError);
  });
  expect(heard).toEqual([new Error("at once"), new Error("later")]);
});

test("a task that fails because its scope closed bothers nobody", async () => {
  const scope = new Scope();
  const onError = vi.fn();
  const ended = new Promise<void>((resolve) => {
    scope.run(async (signal) => {
      await new Promise((wake) => signal.addEventListener("abort", wake));
      resolve();
      throw new Error("aborted");
    }, onError);
  });
  scope.close();
  await ended;
  await Promise.resolve();
  expect(onError).not.toHaveBeenCalled();
});
