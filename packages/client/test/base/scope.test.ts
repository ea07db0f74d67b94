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

test("a task runs on a stack of its own, and not at all if the scope closes before", async () => {
  const order: string[] = [];
  const run = (scope: Scope, name: string): void =>
    scope.run(async () => void order.push(name), String);
  const scope = new Scope();
  const closed = new Scope();
  run(scope, "ran");
  run(closed, "ran in a closed scope");
  closed.close();
  order.push("the call ended");
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(["the call ended", "ran"]);
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
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  scope.run(async (signal) => {
    await new Promise((wake) => signal.addEventListener("abort", wake));
    throw new Error("aborted");
  }, onError);
  await settled();
  scope.close();
  await settled();
  expect(onError).not.toHaveBeenCalled();
});
