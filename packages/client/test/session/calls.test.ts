import type { Call, Failure, Result } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { OptionsError } from "../../src/base/errors.ts";
import { CALL_TIMEOUT_MAX_MS, CALLS_WAITING_MAX } from "../../src/session/call-options.ts";
import type { CallOptions } from "../../src/session/call-options.ts";
import { Calls } from "../../src/session/calls.ts";
import { failure, isSettled } from "./session-harness.ts";

/** A client's calls, and a session that writes them when told to. */
function harness() {
  const clock = new ManualClock();
  const calls = new Calls(clock);
  const said = { pokes: 0, cancels: [] as number[] };
  const attach = (): void =>
    calls.attach({
      poke: () => void said.pokes++,
      sayFirst: ({ id }) => void said.cancels.push(id),
    });
  const call = (options?: CallOptions, method = "m"): Promise<unknown> => {
    const promise = calls.call(method, undefined, options);
    promise.catch(() => {}); // A test that does not look at it must not fail by it.
    return promise;
  };
  const write = (): Call => {
    const taken = calls.take();
    if (taken?.type !== "call") throw new Error("no call waits");
    return taken;
  };
  return { clock, calls, said, attach, call, write };
}

const answer = (calls: Calls, message: Result | Failure): boolean | undefined =>
  calls.answer(message.id, message);

describe("an open session", () => {
  test("a call resolves with the handler's output", async () => {
    const { calls, attach, call, write, said } = harness();
    attach();
    const { pokes } = said;
    const promise = call();
    expect(said.pokes).toBe(pokes + 1);
    const { id } = write();
    expect(answer(calls, { type: "result", id, output: { n: 1 } })).toBe(true);
    expect(await promise).toEqual({ n: 1 });
    expect(answer(calls, { type: "result", id })).toBe(false);
  });

  test("answers in any order settle the calls they name", async () => {
    const { calls, attach, call, write } = harness();
    attach();
    const promises = [call(), call(), call()];
    const ids = promises.map(() => write().id);
    for (const id of ids.toReversed()) answer(calls, { type: "result", id, output: id });
    expect(await Promise.all(promises)).toEqual(ids);
  });

  test("a handler's failure carries its code and data, and may have run", async () => {
    const { calls, attach, call, write } = harness();
    attach();
    const promise = call();
    const { id } = write();
    answer(calls, { type: "failure", id, code: "full", message: "No room.", data: [1] });
    expect(await failure(promise)).toMatchObject({
      kind: "failed",
      code: "full",
      message: "No room.",
      data: [1],
      mayHaveRun: true,
      retryable: false,
    });
  });

  test.each([
    [{ code: "denied" }, { retryable: false, mayHaveRun: false, retryAfterMs: undefined }],
    [{ code: "busy" }, { retryable: true, mayHaveRun: false }],
    [{ code: "draining" }, { retryable: true, mayHaveRun: false }],
    [
      { code: "rateLimited", retryAfterMs: 9 },
      { retryable: true, retryAfterMs: 9 },
    ],
  ])("a refused call %o has not run: %o", async (said, expected) => {
    const { calls, attach, call, write } = harness();
    attach();
    const promise = call();
    const { id } = write();
    answer(calls, { type: "failure", id, message: "", refused: true, ...said });
    expect(await failure(promise)).toMatchObject({ kind: "refused", ...expected });
  });
});

describe("without a session", () => {
  test("a call waits, and is written by the next one", async () => {
    const { calls, attach, call, write, said } = harness();
    const promise = call();
    expect(await isSettled(promise)).toBe(false);
    attach();
    expect(said.pokes).toBe(1);
    answer(calls, { type: "result", id: write().id, output: 1 });
    expect(await promise).toBe(1);
  });

  test("a call that may not wait fails at once", async () => {
    const { call, calls } = harness();
    expect(await failure(call({ whenOffline: "fail" }))).toMatchObject({
      kind: "neverSent",
      code: "offline",
      mayHaveRun: false,
      retryable: true,
    });
    expect(calls.waiting).toBe(0);
  });

  test("one call too many fails, and the others wait on", async () => {
    const { call, calls } = harness();
    for (let made = 0; made < CALLS_WAITING_MAX; made++) void call();
    expect(await failure(call())).toMatchObject({ kind: "neverSent", code: "tooManyWaiting" });
    expect(calls.waiting).toBe(CALLS_WAITING_MAX);
  });
});

describe("deadlines", () => {
  test("a call that says nothing has one of 15 s (B33)", async () => {
    const { clock, call } = harness();
    const promise = call();
    clock.advance(14_999);
    expect(await isSettled(promise)).toBe(false);
    clock.advance(1);
    expect(await failure(promise)).toMatchObject({ kind: "timedOut", mayHaveRun: false });
    expect(clock.pending).toBe(0);
  });

  test.each([Infinity, -1, Number.NaN, CALL_TIMEOUT_MAX_MS + 1])(
    "no call is without a deadline: %s is turned down (B33)",
    async (timeoutMs) => {
      const { calls, clock } = harness();
      await expect(calls.call("m", 1, { timeoutMs })).rejects.toThrow(OptionsError);
      expect(clock.pending).toBe(0);
    },
  );

  test.each(["", "m".repeat(129), "a\0b", "a\ud800"])(
    "the method %j can be no server's",
    async (method) => {
      const { calls, clock } = harness();
      await expect(calls.call(method, 1)).rejects.toThrow(OptionsError);
      expect([calls.waiting, clock.pending]).toEqual([0, 0]);
    },
  );

  test("past its deadline a written call may have run, and the server is told", async () => {
    const { calls, clock, attach, call, write, said } = harness();
    attach();
    const promise = call({ timeoutMs: 100 });
    const { id } = write();
    clock.advance(100);
    expect(await failure(promise)).toMatchObject({ kind: "timedOut", mayHaveRun: true });
    expect(said.cancels).toEqual([id]);
    expect(answer(calls, { type: "result", id })).toBe(false);
  });

  test("many calls with many deadlines cost one timer, and each ends in its time", async () => {
    const { clock, call } = harness();
    const endings: number[] = [];
    const promises = [500, 100, 300, 200, 400].map((timeoutMs) =>
      call({ timeoutMs }).catch(() => void endings.push(timeoutMs)),
    );
    expect(clock.pending).toBe(1);
    for (let passed = 0; passed < 5; passed++) {
      clock.advance(100);
      await Promise.allSettled([isSettled(Promise.resolve())]);
    }
    await Promise.all(promises);
    expect(endings).toEqual([100, 200, 300, 400, 500]);
    expect(clock.pending).toBe(0);
  });

  test("an answer that waits at the socket when the deadline passes still counts", async () => {
    const { calls, clock, attach, call, write } = harness();
    attach();
    const promise = call({ timeoutMs: 100 });
    const { id } = write();
    clock.at(clock.now() + 5_000, () => void answer(calls, { type: "result", id, output: 1 }));
    clock.sleep(5_000); // The process was stopped; both are due now.
    clock.flush();
    expect(await promise).toBe(1);
  });
});

describe("abort", () => {
  test("a signal that is aborted already: the call is never sent", async () => {
    const { calls, call } = harness();
    const error = await failure(call({ signal: AbortSignal.abort("why") }));
    expect(error).toMatchObject({ kind: "aborted", mayHaveRun: false, cause: "why" });
    expect(calls.waiting).toBe(0);
  });

  test("while it waits: it vanishes as never sent, and leaves nothing behind", async () => {
    const { calls, clock, call, said } = harness();
    const controller = new AbortController();
    const promise = call({ signal: controller.signal });
    controller.abort();
    expect(await failure(promise)).toMatchObject({ kind: "aborted", mayHaveRun: false });
    expect(calls.take()).toBeUndefined();
    expect(said.cancels).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test("after it was written: it may have run, and the server is told", async () => {
    const { attach, call, write, said } = harness();
    attach();
    const controller = new AbortController();
    const promise = call({ signal: controller.signal });
    const { id } = write();
    controller.abort();
    expect(await failure(promise)).toMatchObject({ kind: "aborted", mayHaveRun: true });
    expect(said.cancels).toEqual([id]);
  });

  test("of many calls by one signal: all at once, by one listener, of which Node does not warn", async () => {
    const { calls, attach, call, write, said } = harness();
    attach();
    const { signal } = new AbortController();
    const controller = new AbortController();
    const listeners = new Set<unknown>();
    const add = controller.signal.addEventListener.bind(controller.signal);
    controller.signal.addEventListener = (...args: Parameters<typeof add>) => (
      listeners.add(args[1]),
      add(...args)
    );
    const other = call({ signal });
    const first = call({ signal: controller.signal });
    write();
    answer(calls, { type: "result", id: write().id });
    await first;
    const many = Array.from({ length: 20 }, () => call({ signal: controller.signal }));
    const { id } = write();
    controller.abort("why");
    for (const one of many) expect(await failure(one)).toMatchObject({ cause: "why" });
    expect(listeners.size).toBe(1);
    expect(said.cancels).toEqual([id]);
    expect(await isSettled(other)).toBe(false);
  });

  test("still counts for a call that waits on when another of the same signal is lost", async () => {
    const { calls, attach, call, write } = harness();
    attach();
    const controller = new AbortController();
    const lost = call({ signal: controller.signal });
    const { id } = write();
    const waiting = call({ signal: controller.signal });
    calls.detach(id);
    expect(await failure(lost)).toMatchObject({ kind: "outcomeUnknown" });
    controller.abort("why");
    expect(await isSettled(waiting)).toBe(true);
    expect(await failure(waiting)).toMatchObject({ kind: "aborted", mayHaveRun: false });
  });

  test("of a call that has settled changes nothing, and its listener is gone", async () => {
    const { calls, attach, call, write, said } = harness();
    attach();
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (
      listeners--,
      remove(...args)
    );
    const promise = call({ signal });
    expect(listeners).toBe(1);
    answer(calls, { type: "result", id: write().id });
    expect(listeners).toBe(0);
    controller.abort();
    expect(await promise).toBeUndefined();
    expect(said.cancels).toEqual([]);
  });
});

describe("a lost session", () => {
  test("what was not written waits for the next; what was written may have run (B34)", async () => {
    const { calls, attach, call, write } = harness();
    attach();
    const sent = call();
    const { id } = write();
    const waiting = call();
    calls.detach(id);
    expect(await failure(sent)).toMatchObject({
      kind: "outcomeUnknown",
      mayHaveRun: true,
      retryable: false,
    });
    attach();
    answer(calls, { type: "result", id: write().id, output: 2 });
    expect(await waiting).toBe(2);
  });

  test("a repeatable call is sent again, under another id; its old id answers nothing (B28)", async () => {
    const { calls, attach, call, write } = harness();
    attach();
    const promise = call({ repeatable: true });
    const { id: oldId } = write();
    calls.detach(oldId);
    attach();
    const { id } = write();
    expect(id).toBeGreaterThan(oldId);
    expect(answer(calls, { type: "result", id: oldId, output: "old" })).toBe(false);
    answer(calls, { type: "result", id, output: "new" });
    expect(await promise).toBe("new");
  });

  test("a call that the transport did not take was never sent, and waits", async () => {
    const { calls, attach, call, write } = harness();
    attach();
    void call();
    const { id: sentId } = write();
    const promise = call();
    write();
    calls.detach(sentId);
    attach();
    answer(calls, { type: "result", id: write().id, output: 1 });
    expect(await promise).toBe(1);
  });

  test("a call that may not wait offline and was not written fails as never sent", async () => {
    const { calls, attach, call } = harness();
    attach();
    const promise = call({ whenOffline: "fail" });
    calls.detach(0);
    expect(await failure(promise)).toMatchObject({ kind: "neverSent", mayHaveRun: false });
  });

  test("nothing stays scheduled when no call is left", () => {
    const { calls, clock, attach, call, write } = harness();
    attach();
    void call();
    calls.detach(write().id);
    expect(clock.pending).toBe(0);
  });

  test("a call that is sent again keeps its deadline, and may have run the first time", async () => {
    const { calls, clock, attach, call, write } = harness();
    attach();
    const promise = call({ repeatable: true, timeoutMs: 1_000 });
    calls.detach(write().id);
    clock.advance(1_000);
    expect(await failure(promise)).toMatchObject({ kind: "timedOut", mayHaveRun: true });
  });
});

test("a call that is refused when it is sent again may have run the first time (B34)", async () => {
  const { calls, attach, call, write } = harness();
  attach();
  const promise = call({ repeatable: true });
  calls.detach(write().id);
  attach();
  const { id } = write();
  answer(calls, { type: "failure", id, code: "denied", message: "No.", refused: true });
  expect(await failure(promise)).toMatchObject({ kind: "refused", mayHaveRun: true });
});

describe("what becomes of a call when the session is lost", () => {
  const yes = true;
  const no = false;
  test.each([
    // what it was            repeatable  waits offline  what becomes of it
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
  ])("%s, repeatable %s, waiting offline %s: %s", async (was, repeatable, waits, fate) => {
    const { calls, attach, call, write } = harness();
    attach();
    const promise = call({ repeatable, whenOffline: waits ? "wait" : "fail" });
    const id = was === "waiting" ? 0 : write().id;
    calls.detach(was === "written" ? id : id - 1);
    expect([calls.inFlight, calls.waiting]).toEqual([0, fate === "waits" ? 1 : 0]);
    if (fate === "waits") expect(await isSettled(promise)).toBe(false);
    else {
      const mayHaveRun = fate === "outcomeUnknown";
      expect(await failure(promise)).toMatchObject({ kind: fate, mayHaveRun });
    }
  });

  test("sent again, it goes before what was made later, in order, under a new id (B34)", () => {
    const { calls, attach, call, write } = harness();
    attach();
    for (const repeatable of [true, true, false]) void call({ repeatable }, `m${calls.waiting}`);
    const old = [write(), write()];
    calls.detach(Infinity);
    attach();
    const again = [write(), write(), write()];
    expect(again.map(({ method }) => method)).toEqual(["m0", "m1", "m2"]);
    expect(Math.min(...again.map(({ id }) => id))).toBeGreaterThan(old[1]?.id ?? Infinity);
  });
});

describe("ids", () => {
  test("rise over sessions and clients, and are never used again (L28)", () => {
    const ids: number[] = [];
    const clients = [harness(), harness()];
    for (let session = 0; session < 3; session++) {
      for (const { calls, attach, call, write } of clients) {
        attach();
        void call();
        void call({ repeatable: true });
        ids.push(write().id, write().id);
        calls.detach(Infinity);
        calls.abandon();
      }
    }
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    const calls = new Calls(new ManualClock());
    const answer = (id: number): boolean | undefined => calls.answer(id, { type: "result", id });
    expect(ids.map(answer)).toEqual(ids.map(() => false));
    expect(answer(Math.max(...ids) + 1)).toBeUndefined();
  });

  test("belong to a call before it is written, so that no answer can come too early (B26)", () => {
    const { calls, attach, call, write } = harness();
    attach();
    void call();
    const { id } = write();
    expect(calls.inFlight).toBe(1);
    expect(answer(calls, { type: "result", id })).toBe(true);
  });
});

test("a call settles once, whatever happens to it in whatever order", async () => {
  type Rig = ReturnType<typeof harness>;
  const ends: ((rig: Rig, id: number, abort: AbortController) => void)[] = [
    ({ calls }, id) => void answer(calls, { type: "result", id, output: "answered" }),
    ({ calls }, id) => calls.turnDown(id, "tooLarge"),
    ({ calls }) => calls.detach(Infinity),
    ({ calls }) => calls.abandon(),
    ({ clock }) => clock.advance(20_000),
    (_rig, _id, controller) => controller.abort(),
  ];
  const fates: unknown[][] = [];
  for (const one of ends) {
    for (const other of ends) {
      const rig = harness();
      const controller = new AbortController();
      rig.attach();
      const promise = rig.call({ signal: controller.signal });
      const { id } = rig.write();
      one(rig, id, controller);
      const fate = await promise.catch((error: { readonly kind: string }) => error.kind);
      other(rig, id, controller);
      fates.push([fate, rig.calls.inFlight, rig.calls.waiting, rig.said.cancels.length]);
    }
  }
  const kinds = ["answered", "tooLarge", "outcomeUnknown", "closed", "timedOut", "aborted"];
  const told = ["timedOut", "aborted"];
  expect(fates).toEqual(
    kinds.flatMap((kind) => ends.map(() => [kind, 0, 0, told.includes(kind) ? 1 : 0])),
  );
});

describe("close", () => {
  test("rejects what waits, what was written and what comes later", async () => {
    const { calls, clock, attach, call, write } = harness();
    attach();
    const sent = call();
    write();
    const waiting = call();
    calls.close();
    expect(await failure(sent)).toMatchObject({ kind: "closed", mayHaveRun: true });
    expect(await failure(waiting)).toMatchObject({ kind: "closed", mayHaveRun: false });
    expect(await failure(call())).toMatchObject({ kind: "closed", mayHaveRun: false });
    expect(clock.pending).toBe(0);
  });
});

describe("abandon", () => {
  test("rejects what one user asked, and leaves room for the next (L41)", async () => {
    const { calls, clock, attach, call, write } = harness();
    attach();
    const sent = call({ repeatable: true });
    write();
    const waiting = call();
    const room = calls.room();
    calls.abandon("accountChanged");
    const code = "accountChanged";
    expect(await failure(sent)).toMatchObject({ kind: "closed", code, mayHaveRun: true });
    expect(await failure(waiting)).toMatchObject({ kind: "closed", code, mayHaveRun: false });
    await room;
    expect(clock.pending).toBe(0);
    const next = call();
    answer(calls, { type: "result", id: write().id, output: 1 });
    expect(await next).toBe(1);
  });
});

describe("room", () => {
  test("is there at once when nothing waits", async () => {
    const { calls } = harness();
    expect(await isSettled(calls.room())).toBe(true);
  });

  test("comes when the last waiting call is written, times out, or is aborted", async () => {
    const { calls, clock, attach, call, write } = harness();
    const controller = new AbortController();
    void call();
    void call({ timeoutMs: 10 });
    void call({ signal: controller.signal });
    const room = calls.room();
    attach();
    write();
    clock.advance(10);
    expect(await isSettled(room)).toBe(false);
    controller.abort();
    expect(await isSettled(room)).toBe(true);
  });

  test("comes when the client closes", async () => {
    const { calls, call } = harness();
    void call();
    const room = calls.room();
    calls.close();
    expect(await isSettled(room)).toBe(true);
  });
});
