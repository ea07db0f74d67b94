import { describe, expect, test } from "vitest";
import { PendingCalls } from "../../src/session/pending-calls.ts";
import type { PendingCall } from "../../src/session/pending-calls.ts";

function pendingCall(options: Partial<PendingCall> = {}): PendingCall {
  return {
    id: 0,
    method: "m",
    input: undefined,
    deadline: 0,
    repeatable: false,
    waitsOffline: true,
    resolve: () => {},
    reject: () => {},
    signal: undefined,
    onAbort: undefined,
    ...options,
  };
}

function written(book: PendingCalls, options: Partial<PendingCall> = {}): PendingCall {
  const call = pendingCall(options);
  book.add(call);
  expect(book.write()).toBe(call);
  return call;
}

describe("ids", () => {
  test("are given when a call is written, so a call that never leaves uses none", () => {
    const book = new PendingCalls();
    const first = written(book);
    const cancelled = pendingCall();
    book.add(cancelled);
    book.remove(cancelled);
    expect(written(book).id).toBe(first.id + 1);
    expect(cancelled.id).toBe(0);
  });

  test("rise over sessions and clients and are never used again (L28)", () => {
    const ids: number[] = [];
    const books = [new PendingCalls(), new PendingCalls()];
    for (let session = 0; session < 3; session++) {
      for (const book of books) {
        ids.push(written(book).id, written(book).id);
        book.lose(Infinity);
      }
    }
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
  });

  test("a call is in the book under its id before it is written (B26)", () => {
    const book = new PendingCalls();
    const call = written(book);
    expect(book.writtenCount).toBe(1);
    expect(book.answer(call.id)).toBe(call);
  });
});

describe("an answer", () => {
  test("takes its call out once; the second is stale", () => {
    const book = new PendingCalls();
    const call = written(book);
    expect(book.answer(call.id)).toBe(call);
    expect(book.answer(call.id)).toBe("stale");
  });

  test("to a call that its caller gave up is stale", () => {
    const book = new PendingCalls();
    const call = written(book);
    expect(book.remove(call)).toBe(true);
    expect(book.remove(call)).toBe(false);
    expect(book.answer(call.id)).toBe("stale");
  });

  test("to an id of an earlier session is unknown (B28)", () => {
    const book = new PendingCalls();
    const old = written(book);
    book.lose(Infinity);
    written(book);
    expect(book.answer(old.id)).toBe("unknown");
  });

  test("to an id that was never issued is unknown, also before any call", () => {
    const book = new PendingCalls();
    expect(book.answer(0)).toBe("unknown");
    expect(book.answer(1)).toBe("unknown");
    const call = written(book);
    expect(book.answer(call.id + 1)).toBe("unknown");
    expect(book.answer(call.id - 1)).toBe("unknown");
  });

  test("to a waiting call is unknown: it has no id yet", () => {
    const book = new PendingCalls();
    book.add(pendingCall());
    expect(book.answer(0)).toBe("unknown");
    expect(book.waitingCount).toBe(1);
  });
});

describe("a lost session", () => {
  const yes = true;
  const no = false;
  test.each([
    // what it was            repeatable  waitsOffline  what becomes of it
    ["waiting", no, yes, "waits"],
    ["waiting", yes, yes, "waits"],
    ["waiting", no, no, "neverSent"],
    ["waiting", yes, no, "neverSent"],
    ["written", no, yes, "outcomeUnknown"],
    ["written", yes, yes, "waits"],
    ["written", no, no, "outcomeUnknown"],
    ["written", yes, no, "outcomeUnknown"],
    ["not taken", no, yes, "waits"],
    ["not taken", yes, yes, "waits"],
    ["not taken", no, no, "neverSent"],
    ["not taken", yes, no, "neverSent"],
  ])("a %s call, repeatable %s, waits offline %s: %s", (was, repeatable, waitsOffline, fate) => {
    const book = new PendingCalls();
    const options = { repeatable, waitsOffline };
    const sent = written(book, { repeatable: true }).id;
    const call = was === "waiting" ? pendingCall(options) : written(book, options);
    if (was === "waiting") book.add(call);
    const decided = book.lose(was === "not taken" ? sent : Infinity).includes(call);
    const found = decided ? (call.id > 0 ? "outcomeUnknown" : "neverSent") : "waits";
    expect(found).toBe(fate);
    expect(book.all().includes(call)).toBe(fate === "waits");
    expect(book.writtenCount).toBe(0);
  });

  test("what is sent again goes before what was made later, in order, under new ids (B34)", () => {
    const book = new PendingCalls();
    const first = written(book, { repeatable: true });
    const second = written(book, { repeatable: true });
    const later = pendingCall();
    book.add(later);
    const oldIds = [first.id, second.id];
    book.lose(Infinity);
    expect([book.write(), book.write(), book.write()]).toEqual([first, second, later]);
    expect(oldIds).not.toContain(first.id);
    expect(first.id).toBeGreaterThan(Math.max(...oldIds));
  });
});

test("a call leaves the book once, whatever happens to it in whatever order", () => {
  const ends = [
    (book: PendingCalls, call: PendingCall) => book.answer(call.id) === call,
    (book: PendingCalls, call: PendingCall) => book.remove(call),
    (book: PendingCalls, call: PendingCall) => book.lose(Infinity).includes(call),
    (book: PendingCalls, call: PendingCall) => book.clear().includes(call),
  ];
  for (const one of ends) {
    for (const other of ends) {
      const book = new PendingCalls();
      const call = written(book);
      expect([one(book, call), other(book, call)]).toEqual([true, false]);
      expect(book.all()).toEqual([]);
    }
  }
});
