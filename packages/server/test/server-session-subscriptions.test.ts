import type { ClientMessage } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import type { BucketVerdict } from "../src/server-session-event.ts";
import {
  brief,
  DrivenSession,
  hello,
  openDurable,
  openSession,
  policy,
  refusal,
} from "./drive-session.ts";

const subscribe = (...buckets: string[]): ClientMessage => ({
  type: "subscribe",
  buckets: buckets.map((bucket) => ({ bucket })),
});
const unsubscribe = (...buckets: string[]): ClientMessage => ({ type: "unsubscribe", buckets });
const judged = (
  session: DrivenSession,
  verdict: BucketVerdict,
  askId = session.model.subscriptions.get(verdict.bucket)?.askId ?? 0,
): string[] => brief(session.hears({ type: "authorized", askId, verdicts: [verdict] }));
const allow = (session: DrivenSession, ...buckets: string[]): string[] =>
  buckets.flatMap((bucket) => judged(session, { bucket }));

describe("subscribing", () => {
  test("asks for the right, then joins", () => {
    const session = openSession();
    expect(brief(session.frame(subscribe("a", "b")))).toEqual(["authorize a b"]);
    expect(allow(session, "a", "b")).toEqual(["join a", "join b"]);
  });

  test("without the right is answered with the reason, and the bucket can be asked for again", () => {
    const session = openSession();
    session.frame(subscribe("a"));
    expect(judged(session, { bucket: "a", code: "denied" })).toEqual([
      "send unsubscribed a denied",
    ]);
    expect(brief(session.frame(subscribe("a")))).toEqual(["authorize a"]);
  });

  test("to a live bucket announces it again; to one that is asked for does nothing", () => {
    const session = openSession();
    session.frame(subscribe("a", "a"));
    expect(session.frame(subscribe("a"))).toEqual([]);
    allow(session, "a");
    expect(brief(session.frame(subscribe("a")))).toEqual(["join a"]);
  });

  test("past the limit is answered for each bucket; those within are asked for", () => {
    const session = openSession();
    expect(brief(session.frame(subscribe("a", "b", "c", "d")))).toEqual([
      "send unsubscribed d limit",
      "authorize a b c",
    ]);
    allow(session, "a");
    expect(brief(session.frame(subscribe("a", "d")))).toEqual([
      "join a",
      "send unsubscribed d limit",
    ]);
  });
});

describe("messages that name no bucket", () => {
  test.each([
    ["subscribe", subscribe()],
    ["unsubscribe", unsubscribe()],
  ])("cost as much as others: %s", (_, empty) => {
    const session = openSession();
    session.frame(...Array.from({ length: 20 }, () => empty));
    expect(session.model.allowance).toBe(0);
    expect(brief(session.frame(empty))).toEqual(refusal("retry", "rateLimited", 4206));
  });

  test("cost in a hello as well", () => {
    const session = new DrivenSession();
    session.frame({ ...hello, buckets: [] });
    session.accepts();
    expect(session.model.allowance).toBe(19);
  });
});

test("what changes no subscription copies none of them", () => {
  const session = openSession();
  session.frame(subscribe("a"));
  const { subscriptions } = session.model;
  session.frame(subscribe(), subscribe("a"), unsubscribe(), unsubscribe("z"));
  judged(session, { bucket: "a" }, 77);
  expect(session.model.subscriptions).toBe(subscriptions);
});

test("what changes some leaves those of the model before as they were", () => {
  const session = openSession();
  session.frame(subscribe("a", "b"));
  const { subscriptions } = session.model;
  const before = structuredClone(subscriptions);
  session.frame(unsubscribe("a"), subscribe("c"), unsubscribe("b"));
  expect([...session.model.subscriptions.keys()]).toEqual(["c"]);
  expect(subscriptions).toEqual(before);
});

describe("a question about a bucket", () => {
  const limits = { ...policy.limits, subscriptions: 2 };
  const left = (session: DrivenSession, bucket: string): string[] =>
    brief(session.frame(subscribe(bucket), unsubscribe(bucket)));

  test("keeps its place until its answer, though the bucket was left", () => {
    const session = openSession({ limits });
    for (const bucket of ["a", "b"]) left(session, bucket);
    expect(left(session, "c")).toEqual(["send unsubscribed c limit", "send unsubscribed c"]);
    judged(session, { bucket: "a" }, 1);
    expect(left(session, "c")).toEqual(["authorize c", "send unsubscribed c"]);
  });

  test("that was answered leaves no place taken", () => {
    const session = openSession({ limits });
    session.frame(subscribe("a", "b"));
    allow(session, "a");
    judged(session, { bucket: "b", code: "denied" });
    expect(session.model.asking).toBe(0);
    expect(brief(session.frame(subscribe("c")))).toEqual(["authorize c"]);
  });
});

describe("unsubscribing", () => {
  test("leaves a live bucket, and answers for every bucket", () => {
    const session = openSession();
    session.frame(subscribe("a", "b"));
    allow(session, "a");
    expect(brief(session.frame(unsubscribe("a", "b", "z")))).toEqual([
      "leave a",
      "send unsubscribed a",
      "send unsubscribed b",
      "send unsubscribed z",
    ]);
    expect(session.model.subscriptions.size).toBe(0);
  });

  test("makes a verdict that is under way worthless", () => {
    const session = openSession();
    session.frame(subscribe("a"), unsubscribe("a"));
    expect(allow(session, "a")).toEqual([]);
    expect(session.model.subscriptions.size).toBe(0);
  });

  test("makes room", () => {
    const session = openSession();
    session.frame(subscribe("a", "b", "c"));
    allow(session, "b");
    session.frame(unsubscribe("b"));
    expect(brief(session.frame(subscribe("d")))).toEqual(["authorize d"]);
  });
});

describe("revoking", () => {
  test("ends a live subscription", () => {
    const session = openSession();
    session.frame(subscribe("a"));
    allow(session, "a");
    expect(brief(session.hears({ type: "revoked", bucket: "a" }))).toEqual([
      "leave a",
      "send unsubscribed a revoked",
    ]);
    expect(session.model.subscriptions.size).toBe(0);
  });

  test("ends one that is being asked for", () => {
    const session = openSession();
    session.frame(subscribe("a"));
    expect(brief(session.hears({ type: "revoked", bucket: "a" }))).toEqual([
      "leave a",
      "send unsubscribed a revoked",
    ]);
    expect(allow(session, "a")).toEqual([]);
  });

  test.each<[string, (session: DrivenSession) => unknown]>([
    ["revoked", (session) => session.hears({ type: "revoked", bucket: "a" })],
    ["unsubscribed", (session) => session.frame(unsubscribe("a"))],
  ])(
    "what was allowed before a bucket was %s does not open it when it is asked for again",
    (_, end) => {
      const session = openSession();
      session.frame(subscribe("a"));
      end(session);
      session.frame(subscribe("a"));
      expect(judged(session, { bucket: "a" }, 1)).toEqual([]);
      expect(judged(session, { bucket: "a", code: "denied" }, 2)).toEqual([
        "send unsubscribed a denied",
      ]);
      expect(session.model.subscriptions.size).toBe(0);
    },
  );

  test("says nothing of a bucket that the session never had", () => {
    // But a fetch may be reading it.
    expect(brief(openSession().hears({ type: "revoked", bucket: "a" }))).toEqual(["leave a"]);
  });

  test("the subscriptions go with the session", () => {
    const session = openSession();
    session.frame(subscribe("a"));
    session.hears({ type: "superseded" });
    expect(session.model.subscriptions.size).toBe(0);
  });
});

describe("positions", () => {
  const buckets = [{ bucket: "a", epoch: "e", after: 7 }, { bucket: "b" }];

  test("are kept until the right to read is there", () => {
    const session = openDurable();
    session.frame({ type: "subscribe", buckets });
    expect(allow(session, "b", "a")).toEqual(["join b", "join a e 7"]);
    expect(session.model.subscriptions.get("a")).toEqual({ isLive: true, askId: 1 });
  });

  test("of a later subscription to the same bucket change nothing", () => {
    const session = openDurable();
    session.frame(subscribe("a"), { type: "subscribe", buckets });
    expect(allow(session, "a")).toEqual(["join a"]);
    expect(brief(session.frame({ type: "subscribe", buckets }))).toEqual(["join a"]);
  });

  test("are ignored where the log was not agreed", () => {
    const session = openSession();
    session.frame({ type: "subscribe", buckets });
    expect(allow(session, "a")).toEqual(["join a"]);
  });
});

describe("buckets that the application names", () => {
  test("are subscribed without a position, but for those that were asked for", () => {
    const session = openDurable();
    session.frame({ type: "subscribe", buckets: [{ bucket: "a", epoch: "e", after: 7 }] });
    expect(brief(session.hears({ type: "named", buckets: ["a", "b"] }))).toEqual(["authorize b"]);
    expect(allow(session, "a", "b")).toEqual(["join a e 7", "join b"]);
  });

  test("come too late for a session that has ended", () => {
    const session = openDurable();
    session.hears({ type: "superseded" });
    expect(session.hears({ type: "named", buckets: ["a"] })).toEqual([]);
  });

  test("mean nothing before the session is open", () => {
    const session = new DrivenSession();
    expect(session.hears({ type: "named", buckets: ["a"] })).toEqual([]);
    expect(session.model.subscriptions.size).toBe(0);
  });
});
