import { accountsForAll, jsonServerCodec } from "@holdfast/protocol";
import type { UpdateRun } from "@holdfast/protocol";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { BucketRun, runFor } from "../src/bucket-run.ts";
import type { RunReader } from "../src/bucket-run.ts";
import { SharedMessage } from "../src/outbox.ts";

const update = (seq: number, account?: string) =>
  account === undefined
    ? { seq, at: 1, data: `d${seq}` }
    : { seq, at: 1, data: `d${seq}`, account, key: `k${seq}` };
const run = new BucketRun("b", "e", 4, [update(5), update(6, "ada"), update(7, "bob")]);
const reader = (author?: string, sees?: RunReader["sees"]): RunReader => ({ author, sees });
const said = (message: SharedMessage): UpdateRun =>
  JSON.parse(String(message.in(jsonServerCodec, 32).part)) as UpdateRun;

describe("keys are told", () => {
  test("to the sessions of their author alone, and no account to anybody", () => {
    for (const [author, keys] of [
      [undefined, [undefined, undefined, undefined]],
      ["eve", [undefined, undefined, undefined]],
      ["ada", [undefined, "k6", undefined]],
      ["bob", [undefined, undefined, "k7"]],
    ] as const) {
      const { updates } = said(run.messageFor(reader(author)));
      expect(updates.map(({ key }) => key)).toEqual(keys);
      expect(JSON.stringify(updates)).not.toContain("account");
    }
  });

  test("with one encoding for everybody else, and one more for each author", () => {
    const plain = run.messageFor(reader());
    expect(run.messageFor(reader("eve"))).toBe(plain);
    const own = run.messageFor(reader("ada"));
    expect(own).not.toBe(plain);
    expect(run.messageFor(reader("ada"))).toBe(own);
    expect(run.messageFor(reader("bob"))).not.toBe(own);
  });

  test("with what was encoded before for everybody else", () => {
    const ready = new SharedMessage({ type: "pong", nonce: 1, windowMs: 1 });
    const single = new BucketRun("b", "e", 5, [update(6, "ada")], ready);
    expect(single.messageFor(reader("eve"))).toBe(ready);
    expect(said(single.messageFor(reader("ada"))).updates).toMatchObject([{ key: "k6" }]);
  });
});

describe("an object that the application has changed since", () => {
  const data = { count: 99 };
  const asStored = vi.fn(() => ({ ...update(6, "ada"), data: { count: 1 } }));
  const changed = { ...update(6, "ada"), data, stored: asStored };
  const other = { ...jsonServerCodec };
  const push = { type: "updates", bucket: "b", epoch: "e", after: 5, upTo: 6 } as const;
  const ready = (): SharedMessage => {
    const message = new SharedMessage({ ...push, updates: [{ seq: 6, at: 1, data }] });
    message.in(jsonServerCodec, 32);
    return message;
  };

  test("is pushed as it was stored, to whomever, in whatever codec, and however late", () => {
    const seen: unknown[] = [];
    const sees: RunReader["sees"] = (seenUpdate) => seen.push(seenUpdate.data) > 0;
    for (const late of [
      new BucketRun("b", "e", 5, [changed]),
      new BucketRun("b", "e", 4, [update(5), changed]).beyond(5),
    ]) {
      for (const who of [reader(), reader("eve"), reader("ada"), reader("eve", sees)]) {
        expect(said(late.messageFor(who)).updates).toMatchObject([{ data: { count: 1 } }]);
      }
    }
    expect(seen).toEqual([{ count: 1 }, { count: 1 }]);
    const { part } = new BucketRun("b", "e", 5, [changed], ready())
      .messageFor(reader())
      .in(other, 32);
    expect(JSON.parse(String(part))).toEqual({
      ...push,
      updates: [{ seq: 6, at: 1, data: { count: 1 } }],
    });
  });

  test("is not read again for those who get what was encoded with the commit", () => {
    asStored.mockClear();
    const prepared = new BucketRun("b", "e", 5, [changed], ready());
    for (const who of [reader(), reader("eve")]) said(prepared.messageFor(who));
    expect(asStored).not.toHaveBeenCalled();
  });
});

test("a run can be cut to what follows a number", () => {
  expect(run.beyond(4)).toBe(run);
  expect(run.beyond(2)).toBe(run);
  const rest = run.beyond(6);
  expect([rest.after, rest.upTo, rest.updates.length]).toEqual([6, 7, 1]);
  expect(run.beyond(7).updates).toEqual([]);
});

test("what a reader may not see is passed in as few ranges as account for it (B43)", () => {
  const eight = Array.from({ length: 8 }, (_, index) => update(index + 1));
  const seen = runFor(
    { bucket: "b", epoch: "e", after: 0, upTo: 8, updates: eight },
    reader(undefined, ({ seq }) => seq === 3 || seq === 7),
  );
  expect(seen.updates.map(({ seq }) => seq)).toEqual([3, 7]);
  expect(seen.skipped).toEqual([
    [1, 2],
    [4, 6],
    [8, 8],
  ]);
});

test("whatever is seen of a run, every number of it is accounted for", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 30 }), fc.nat(100), (sights, after) => {
      const updates = sights.map((_, index) => update(after + index + 1));
      const upTo = after + updates.length;
      const sees = ({ seq }: { seq: number }): boolean => sights[seq - after - 1] ?? false;
      const seen = runFor({ bucket: "b", epoch: "e", after, upTo, updates }, reader("ada", sees));
      expect(accountsForAll(seen)).toBe(true);
      expect(seen.updates).toHaveLength(sights.filter(Boolean).length);
    }),
  );
});

test("a filtered run is encoded for each reader, for each may see something else", () => {
  const sees = (): boolean => false;
  expect(run.messageFor(reader("ada", sees))).not.toBe(run.messageFor(reader("ada", sees)));
  expect(said(run.messageFor(reader("ada", sees)))).toMatchObject({
    after: 4,
    upTo: 7,
    updates: [],
    skipped: [[5, 7]],
  });
});
