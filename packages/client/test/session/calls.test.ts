import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { OptionsError } from "../../src/base/errors.ts";
import { Calls, CALL_TIMEOUT_MAX_MS, CALLS_WAITING_MAX } from "../../src/session/calls.ts";
import type { CallOptions } from "../../src/session/calls.ts";
import type { PendingCall } from "../../src/session/pending-calls.ts";
import { failure, isSettled } from "./session-harness.ts";

/** A client's calls, and a session that writes them when told to. */
function harness() {
  const clock = new ManualClock();
  const calls = new Calls(clock);
  const said = { pokes: 0, cancels: [] as number[] };
  const attach = (): void =>
    calls.attach({ poke: () => void said.pokes++, cancel: (id) => void said.cancels.push(id) });
  const call = (options?: CallOptions, method = "m"): Promise<unknown> => {
    const promise = calls.call(method, undefined, options);
    promise.catch(() => {}); // A test that does not look at it must not fail by it.
    return promise;
  };
  const write = (): PendingCall => {
    const taken = calls.take();
    if (!taken) throw new Error("no call waits");
    return taken;
  };
  return { clock, calls, said, attach, call, write };
}

describe("an open session", () => {
  test("a call resolves with the handler's output", async () => {
    const { calls, attach, call, write, said } = harness();
    attach();
    const promise = call();
    expect(said.pokes).toBe(1);
    const { id } = write();
    expect(calls.answer({ type: "result", id, output: { n: 1 } })).toBe("settled");
    expect(await promise).toEqual({ n: 1 });
    expect(calls.answer({ type: "result", id })).toBe("stale");
  });

  test("answers in any order settle the calls they name", async () => {
    const { calls, attach, call, write } = harness();
    attach();
    const promises = [call(), call(), call()];
    const ids = promises.map(() => write().id);
    for (const id of ids.toReversed()) calls.answer({ type: "result", id, output: id });
    expect(await Promise.all(promises)).toEqual(ids);
  });

  test("a handler's failure carries its code and data, and may have run", async () => {
    const { calls, attach, call, write } = harness();
    attach();
    const promise = call();
    const { id } = write();
    calls.answer({ type: "failure", id, code: "full", message: "No room.", data: [1] });
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
    calls.answer({ type: "failure", id, message: "", refused: true, ...said });
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
    calls.answer({ type: "result", id: write().id, output: 1 });
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

  test("past its deadline a written call may have run, and the server is told", async () => {
    const { calls, clock, attach, call, write, said } = harness();
    attach();
    const promise = call({ timeoutMs: 100 });
    const { id } = write();
    clock.advance(100);
    expect(await failure(promise)).toMatchObject({ kind: "timedOut", mayHaveRun: true });
    expect(said.cancels).toEqual([id]);
    expect(calls.answer({ type: "result", id })).toBe("stale");
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
    clock.at(clock.now() + 5_000, () => void calls.answer({ type: "result", id, output: 1 }));
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
    calls.answer({ type: "result", id: write().id });
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
    calls.answer({ type: "result", id: write().id, output: 2 });
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
    expect(calls.answer({ type: "result", id: oldId, output: "old" })).toBe("unknown");
    calls.answer({ type: "result", id, output: "new" });
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
    calls.answer({ type: "result", id: write().id, output: 1 });
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
    calls.answer({ type: "result", id: write().id, output: 1 });
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
