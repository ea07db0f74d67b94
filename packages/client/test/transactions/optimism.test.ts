import * as fc from "fast-check";
import { expect, test } from "vitest";

import { Optimism, withPending } from "../../src/transactions/optimism.ts";
import type {
  PendingTransaction,
  TransactionDefinition,
} from "../../src/transactions/transaction.ts";

const pending = (id: string, input: unknown = id, name = "add"): PendingTransaction => ({
  id,
  name,
  input,
  createdAt: 0,
  phase: "queued",
});

const kind = (
  options: Partial<TransactionDefinition<unknown, unknown, readonly unknown[]>>,
): TransactionDefinition<unknown, unknown, readonly unknown[]> => ({
  name: "add",
  version: 1,
  method: "add",
  ...options,
});

/** Records what it is asked to do. */
function recorded(
  options: { [Key in keyof TransactionDefinition]?: TransactionDefinition[Key] | undefined } = {},
): {
  readonly definition: TransactionDefinition;
  readonly done: string[];
  readonly optimism: Optimism;
  readonly reports: unknown[];
} {
  const done: string[] = [];
  const reports: unknown[] = [];
  const definition = kind({
    apply: ({ id }: PendingTransaction) => void done.push(`+${id}`),
    undo: ({ id }: PendingTransaction) => void done.push(`-${id}`),
    ...(options as Partial<TransactionDefinition>),
  } as object) as TransactionDefinition;
  return { definition, done, reports, optimism: new Optimism((error) => void reports.push(error)) };
}

test("what is shown is what is confirmed, with the effects of what is pending in order", () => {
  const add = kind({ effect: (view, { input }) => [...view, input] });
  const remove = kind({
    name: "remove",
    effect: (view, { input }) => view.filter((one) => one !== input),
  });
  const waiting = [pending("1", "b"), pending("2", "a", "remove"), pending("3", "c", "other")];
  expect(withPending(["a"], waiting, [add, remove])).toEqual(["b"]);
  expect(withPending(["a"], waiting, [add, kind({ name: "remove" })])).toEqual(["a", "b"]);
});

test("an effect that throws is reported and passed over", () => {
  const add = kind({
    effect(view, { input }) {
      if (input === "bad") throw new Error("bad");
      return [...view, input];
    },
  });
  const reports: unknown[] = [];
  const waiting = [pending("1", "a"), pending("2", "bad"), pending("3", "c")];
  expect(withPending([], waiting, [add], (error) => reports.push(error))).toEqual(["a", "c"]);
  expect(reports).toHaveLength(1);
});

test("later effects are undone in reverse, the failed one too, and the later ones applied again", () => {
  const { optimism, definition, done } = recorded();
  for (const [order, id] of ["a", "b", "c"].entries())
    optimism.show(order, pending(id), definition);
  done.length = 0;
  optimism.hide("a", true);
  expect(done).toEqual(["-c", "-b", "-a", "+b", "+c"]);
});

test("what has succeeded is left as it is", () => {
  const { optimism, definition, done } = recorded();
  for (const [order, id] of ["a", "b"].entries()) optimism.show(order, pending(id), definition);
  done.length = 0;
  optimism.hide("a", false);
  optimism.hide("a", true);
  expect(done).toEqual([]);
  optimism.hide("b", true);
  expect(done).toEqual(["-b"]);
});

test("what comes late takes its place in the order", () => {
  const { optimism, definition, done } = recorded();
  optimism.show(5, pending("c"), definition);
  optimism.show(1, pending("a"), definition);
  expect(done).toEqual(["+c", "-c", "+a", "+c"]);
});

test("scopes do not meet", () => {
  const { optimism, definition, done } = recorded({ scope: (input) => String(input) });
  optimism.show(1, pending("a", "x"), definition);
  optimism.show(2, pending("b", "y"), definition);
  optimism.hide("a", true);
  expect(done).toEqual(["+a", "+b", "-a"]);
});

test("without apply nothing is applied; without undo nothing is undone", () => {
  const { optimism, done } = recorded();
  optimism.show(1, pending("a"), kind({ undo: () => void done.push("never") }));
  optimism.hide("a", true);
  const { optimism: other, definition, done: applied } = recorded({ undo: undefined });
  other.show(1, pending("a"), definition);
  other.hide("a", true);
  expect([done, applied]).toEqual([[], ["+a"]]);
});

test("what throws is reported; an effect that could not be applied is not undone", () => {
  const { optimism, definition, done, reports } = recorded({
    apply({ id }) {
      if (id === "bad") throw new Error("bad");
      done.push(`+${id}`);
    },
    scope(input) {
      if (input === "bad") throw new Error("scope");
      return "";
    },
  });
  optimism.show(1, pending("a"), definition);
  optimism.show(2, pending("bad"), definition);
  optimism.show(3, pending("c"), definition);
  optimism.hide("a", true);
  expect(done).toEqual(["+a", "+c", "-c", "-a", "+c"]);
  expect(reports.map((error) => (error as Error).message)).toEqual(["scope", "bad", "bad"]);
});

test("whatever comes and fails, the state is that of the effects that remain, in order", () => {
  const actions = fc.array(fc.tuple(fc.nat(9), fc.boolean()), { maxLength: 40 });
  const holds = fc.property(actions, (list) => {
    // Each effect remembers what it replaced: undone in a wrong order, the state is wrong.
    let state = "";
    const before = new Map<string, string>();
    const definition = kind({
      apply({ id }) {
        before.set(id, state);
        state = `${state}${id}`;
      },
      undo({ id }) {
        expect(state).toBe(`${before.get(id) ?? ""}${id}`);
        state = before.get(id) ?? "";
      },
    }) as TransactionDefinition;
    const optimism = new Optimism((error) => {
      throw error;
    });
    const shown = new Set<number>();
    for (const [order] of list) {
      if (shown.delete(order)) optimism.hide(String(order), true);
      else {
        shown.add(order);
        optimism.show(order, pending(String(order)), definition);
      }
      expect(state).toBe([...shown].sort((a, b) => a - b).join(""));
    }
  });
  fc.assert(holds, { numRuns: 300 });
});
