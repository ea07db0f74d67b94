import type { Call, ClientMessage, Fetch, Page } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { brief, openDurable, openSession, refusal, sent } from "./drive-session.ts";
import type { DrivenSession } from "./drive-session.ts";

function call(id: number, timeoutMs = 1_000): Call {
  return { type: "call", id, method: "echo", input: { n: id }, timeoutMs };
}
function settle(session: DrivenSession, id: number): string[] {
  return brief(
    session.hears({ type: "callsSettled", calls: [{ id, answer: { type: "result", id } }] }),
  );
}
const cancel = (id: number): ClientMessage => ({ type: "cancel", id });

describe("a call", () => {
  test("runs, and its answer goes out", () => {
    const session = openSession();
    expect(session.frame(call(0))).toEqual([{ type: "runCall", call: call(0) }]);
    expect(settle(session, 0)).toEqual(["send result 0"]);
    expect(session.model.executing).toEqual([]);
    expect(settle(session, 0)).toEqual([]);
  });

  test("that ends together with others is answered as each of them, and they all make room", () => {
    const session = openSession();
    session.frame(call(1), call(2), call(3), call(4));
    const settled = [3, 2, 1].map((id) => ({ id, answer: { type: "result", id } as const }));
    expect(brief(session.hears({ type: "callsSettled", calls: settled }))).toEqual([
      "send result 1",
      "send result 2",
      "runCall 3",
      "resumeReading",
      "runCall 4",
    ]);
    expect(session.model.executing.map(({ id }) => id)).toEqual([3, 4]);
  });

  test.each([1, 0])("with an id that does not rise ends the session: 1, then %d (L60)", (id) => {
    const session = openSession();
    session.frame(call(1));
    expect(brief(session.frame(call(id)))).toEqual(refusal("retry", "protocolViolation", 4214));
  });

  test("of an unknown method is refused, and its id is used up", () => {
    const session = openSession();
    const effects = session.frame({ ...call(3), method: "toString" });
    expect(sent(effects)).toEqual([
      {
        type: "failure",
        id: 3,
        code: "unknownMethod",
        message: "the server has no such method",
        refused: true,
      },
    ]);
    expect(brief(session.frame(call(3)))).toEqual(refusal("retry", "protocolViolation", 4214));
  });

  test("whose input nests deeper than the server allows is refused, and the session goes on", () => {
    const session = openSession();
    const deep = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
    expect(sent(session.frame({ ...call(1), input: deep(33) }))).toEqual([
      {
        type: "failure",
        id: 1,
        code: "badInput",
        message: "the input nests too deep",
        refused: true,
      },
    ]);
    const allowed = { ...call(2), input: deep(32) };
    expect(session.frame(allowed)).toEqual([{ type: "runCall", call: allowed }]);
  });

  test("that takes longer than its caller waits is aborted and answered", () => {
    const session = openSession();
    session.frame(call(1, 500));
    expect(session.wait(499)).toEqual([]);
    expect(brief(session.wait(1))).toEqual(["abortCall 1 timedOut", "send failure 1 timedOut"]);
    expect(settle(session, 1)).toEqual([]);
  });

  test("waits no longer than the server allows", () => {
    const session = openSession({ silenceMs: 1_000_000 });
    session.frame(call(1, 10_000_000));
    expect(session.wait(299_999)).toEqual([]);
    expect(brief(session.wait(1))).toEqual(["abortCall 1 timedOut", "send failure 1 timedOut"]);
  });

  test("that is cancelled is aborted and answered, once", () => {
    const session = openSession();
    session.frame(call(1));
    expect(brief(session.frame(cancel(1)))).toEqual([
      "abortCall 1 cancelled",
      "send failure 1 cancelled",
    ]);
    expect(session.frame(cancel(1))).toEqual([]);
    expect(session.wait(2_000)).toEqual([]);
    expect(settle(session, 1)).toEqual([]);
  });

  test("that has its answer is not touched by a late cancel, nor is one that never came", () => {
    const session = openSession();
    session.frame(call(1), call(2));
    settle(session, 1);
    expect(session.frame(cancel(1), cancel(77))).toEqual([]);
    expect(session.model.executing).toHaveLength(1);
  });
});

describe("more calls than may execute", () => {
  test("wait in order, and reading pauses until none waits", () => {
    const session = openSession();
    expect(brief(session.frame(call(1), call(2), call(3), call(4)))).toEqual([
      "runCall 1",
      "runCall 2",
      "pauseReading",
    ]);
    expect(settle(session, 2)).toEqual(["send result 2", "runCall 3"]);
    expect(settle(session, 1)).toEqual(["send result 1", "resumeReading", "runCall 4"]);
    expect(session.model.executing.map(({ id }) => id)).toEqual([3, 4]);
    expect(session.model.waiting).toEqual([]);
  });

  test("as many as may execute do not pause reading: a client that keeps to the limit is heard", () => {
    const session = openSession();
    expect(brief(session.frame(call(1), call(2)))).toEqual(["runCall 1", "runCall 2"]);
  });

  test("are refused when too many wait already", () => {
    const session = openSession();
    session.frame(call(1), call(2), call(3), call(4));
    expect(brief(session.frame(call(5)))).toEqual(["send failure 5 busy refused"]);
  });

  test("that time out while they wait never ran", () => {
    const session = openSession();
    session.frame(call(1, 9_000), call(2, 9_000), call(3, 100), call(4, 50));
    expect(brief(session.wait(50))).toEqual(["send failure 4 timedOut refused"]);
    expect(brief(session.wait(50))).toEqual(
      ["send failure 3 timedOut refused", "resumeReading"].toReversed(),
    );
    expect(settle(session, 1)).toEqual(["send result 1"]);
  });

  test("that are cancelled while they wait never ran", () => {
    const session = openSession();
    session.frame(call(1), call(2), call(3), call(4));
    expect(brief(session.frame(cancel(3)))).toEqual(["send failure 3 cancelled refused"]);
    expect(session.model.waiting.map((waiting) => waiting.request.id)).toEqual([4]);
  });

  test("keep their deadline when they get to run", () => {
    const session = openSession();
    session.frame(call(1, 9_000), call(2, 9_000), call(3, 800));
    session.wait(500);
    settle(session, 1);
    expect(brief(session.wait(300))).toEqual(["abortCall 3 timedOut", "send failure 3 timedOut"]);
  });

  test("cannot be had by cancelling: a handler keeps its place until it ends", () => {
    const session = openSession();
    session.frame(call(1), cancel(1), call(2), cancel(2));
    expect(brief(session.frame(call(3)))).toEqual(["pauseReading"]);
    expect(settle(session, 1)).toEqual(["resumeReading", "runCall 3"]);
  });

  test("leave a socket that is read again when the session ends", () => {
    const session = openSession();
    session.frame(call(1), call(2), call(3));
    expect(brief(session.hears({ type: "superseded" }))).toEqual([
      "send refuse retry superseded",
      "resumeReading",
      "release",
      "close 4202 superseded",
    ]);
    expect(session.model).toMatchObject({ executing: [], waiting: [] });
  });
});

const fetch = (id: number, limit = 10): Fetch => ({
  type: "fetch",
  id,
  bucket: "room:1",
  epoch: "e",
  after: 3,
  limit,
});
const page: Page = {
  type: "page",
  id: 1,
  bucket: "room:1",
  epoch: "e",
  after: 3,
  upTo: 3,
  updates: [],
  head: 3,
};

describe("a fetch", () => {
  test("reads a page, which is its answer", () => {
    const session = openDurable();
    expect(session.frame(fetch(1))).toEqual([{ type: "fetchPage", fetch: fetch(1) }]);
    expect(sent(session.hears({ type: "callsSettled", calls: [{ id: 1, answer: page }] }))).toEqual(
      [page],
    );
    expect(session.model.executing).toEqual([]);
  });

  test("takes a place among the calls, and an id of theirs", () => {
    const session = openDurable();
    expect(brief(session.frame(fetch(1), call(2), fetch(3)))).toEqual([
      "fetchPage 1",
      "runCall 2",
      "pauseReading",
    ]);
    expect(settle(session, 2)).toEqual(["send result 2", "resumeReading", "fetchPage 3"]);
    expect(brief(session.frame(call(3)))).toEqual(refusal("retry", "protocolViolation", 4214));
  });

  test("of nothing is refused", () => {
    expect(sent(openDurable().frame(fetch(1, 0)))).toEqual([
      {
        type: "failure",
        id: 1,
        code: "badInput",
        message: "a fetch asks for at least one update",
        refused: true,
      },
    ]);
  });

  test("costs a message, so that a flood of them ends the session (V3)", () => {
    const session = openDurable({ limits: { ...openDurable().policy.limits, callsExecuting: 99 } });
    for (let id = 1; id <= 20; id++) session.frame(fetch(id));
    expect(session.model.state).toBe("open");
    session.frame(fetch(21));
    expect(session.model.state).toBe("closed");
  });

  test("that is taken back keeps its place, and its page is not said (B33)", () => {
    const session = openDurable();
    session.frame(fetch(1));
    expect(brief(session.frame(cancel(1)))).toEqual([
      "abortCall 1 cancelled",
      "send failure 1 cancelled",
    ]);
    expect(session.model.executing).toHaveLength(1);
    expect(session.hears({ type: "callsSettled", calls: [{ id: 1, answer: page }] })).toEqual([]);
    expect(session.model.executing).toEqual([]);
  });

  test("has a deadline, though it names none (B33)", () => {
    const session = openDurable({ callTimeoutMaxMs: 700 });
    session.frame(fetch(1));
    expect(session.wait(699)).toEqual([]);
    expect(brief(session.wait(1))).toEqual(["abortCall 1 timedOut", "send failure 1 timedOut"]);
  });

  test("is not answered any more once the server is closing", () => {
    const session = openDurable();
    session.hears({ type: "draining", windowMs: 0, graceMs: 1_000 });
    expect(brief(session.frame(fetch(1)))).toEqual(["send failure 1 draining refused"]);
  });
});

describe("a call with a key", () => {
  const keyed = (id: number): Call => ({ ...call(id), key: `k${id}` });

  test("is acknowledged when it is admitted, also if it has to wait (B27)", () => {
    const session = openDurable();
    expect(brief(session.frame(keyed(1), keyed(2), keyed(3)))).toEqual([
      "send ack 1",
      "runCall 1",
      "send ack 2",
      "runCall 2",
      "send ack 3",
      "pauseReading",
    ]);
  });

  test("is not acknowledged when it is refused", () => {
    const session = openDurable();
    expect(brief(session.frame({ ...keyed(1), method: "none" }))).toEqual([
      "send failure 1 unknownMethod refused",
    ]);
  });

  test("tells where its updates stand, to who speaks of keys", () => {
    const answer = { type: "result", id: 1, output: 5, at: { "room:1": 7 } } as const;
    const durable = openDurable();
    durable.frame(keyed(1));
    expect(sent(durable.hears({ type: "callsSettled", calls: [{ id: 1, answer }] }))).toEqual([
      answer,
    ]);
    const plain = openSession();
    plain.frame(call(1));
    expect(sent(plain.hears({ type: "callsSettled", calls: [{ id: 1, answer }] }))).toEqual([
      { type: "result", id: 1, output: 5 },
    ]);
  });
});

describe("a cancel by key", () => {
  const cancelKey = (id: number): ClientMessage => ({ type: "cancel", id, key: "k" });

  test("is a request of its own, and leaves the call to its own answer", () => {
    const session = openDurable();
    session.frame({ ...call(1), key: "k" });
    expect(session.frame(cancelKey(2))).toEqual([{ type: "cancelKey", id: 2, key: "k" }]);
    expect(settle(session, 2)).toEqual(["send result 2"]);
    expect(settle(session, 1)).toEqual(["send result 1"]);
  });

  test("needs an id that rises", () => {
    const session = openDurable();
    session.frame(call(2));
    expect(brief(session.frame(cancelKey(2)))).toEqual(refusal("retry", "protocolViolation", 4214));
  });

  test("waits for a place like a call, and can be taken back while it does", () => {
    const session = openDurable();
    session.frame(call(1), call(2), cancelKey(3));
    expect(brief(session.frame(cancel(3)))).toEqual([
      "resumeReading",
      "send failure 3 cancelled refused",
    ]);
  });
});
