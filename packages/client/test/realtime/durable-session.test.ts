/** Whom a session's data goes to in a durable client. */
import { beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { WELCOME } from "../../../testing/src/fake-transport.ts";
import { DurableSession } from "../../src/realtime/durable-session.ts";
import { UpdateSubscriptions } from "../../src/realtime/update-subscriptions.ts";
import { Calls } from "../../src/session/calls.ts";
import type { SyncRemote } from "../../src/sync/sync-remote.ts";
import type { Sync } from "../../src/sync/sync.ts";
import type { Transactions } from "../../src/transactions/transactions.ts";

const LIVE = { bucket: "live:1", epoch: "e" };
const KEPT = { bucket: "kept:1", epoch: "e" };
const LINK = { say: () => {}, pauseReading: () => {}, resumeReading: () => {} };

let heard: unknown[];
let remote: SyncRemote | undefined;
let session: DurableSession;
let updates: UpdateSubscriptions;

/** Writes down what each part is told. */
function recorder(name: string, answers: Readonly<Record<string, unknown>> = {}): unknown {
  return new Proxy(
    {},
    {
      get: (_, method) => (argument: unknown) => {
        heard.push(argument === undefined ? [name, method] : [name, method, argument]);
        const answer = answers[String(method)];
        return typeof answer === "function"
          ? (answer as (it: unknown) => unknown)(argument)
          : answer;
      },
    },
  );
}

beforeEach(() => {
  heard = [];
  remote = undefined;
  updates = new UpdateSubscriptions();
  updates.add("live:1", () => {});
  const attach = (it: SyncRemote): unknown => {
    remote = it;
    return [{ bucket: "kept:1", epoch: "e", after: 3 }];
  };
  const sync = recorder("sync", { attach, follows: false }) as Sync;
  const calls = new Calls(new ManualClock());
  const transactions = recorder("transactions") as Transactions;
  session = new DurableSession({ calls, updates }, sync, transactions);
});

test("the hello asks for what is kept first, from its position, then for what is heard live", () => {
  const positions = [{ bucket: "kept:1", epoch: "e", after: 3 }, { bucket: "live:1" }];
  expect(session.attach(LINK)).toEqual(positions);
});

test("a bucket that somebody hears live concerns no other part", () => {
  session.attach(LINK);
  heard = [];
  session.subscribed({ ...LIVE, head: 1 });
  const run = { ...LIVE, after: 1, upTo: 2, updates: [{ seq: 2, at: 1, data: "x" }] };
  expect(session.follows(run)).toBe(true);
  expect(session.follows({ ...run, after: 5 })).toBe(false);
  session.updates(run);
  session.unsubscribed({ type: "unsubscribed", bucket: "live:1", code: "revoked" });
  expect(heard).toEqual([]);
});

test("a bucket that is heard live and fell behind is asked for anew, as soon as the server says so", () => {
  const said: string[] = [];
  session.attach({ ...LINK, say: ({ type }) => void said.push(type) });
  const phases: string[] = [];
  updates.add(
    "live:1",
    () => {},
    ({ phase }) => void phases.push(phase),
  );
  session.subscribed({ ...LIVE, head: 1 });
  session.log({
    type: "heads",
    heads: [
      { ...LIVE, head: 9 },
      { ...KEPT, head: 9 },
    ],
  });
  session.log({ type: "heads", heads: [{ ...LIVE, head: 9 }] });
  expect([said, phases]).toEqual([
    ["unsubscribe", "subscribe"],
    ["waiting", "live", "waiting"],
  ]);
  session.unsubscribed({ type: "unsubscribed", bucket: "live:1" });
  session.subscribed({ ...LIVE, head: 9 });
  expect(phases.at(-1)).toBe("live");
});

test("whoever leaves a bucket when it falls behind is not subscribed to it again", () => {
  const said: string[] = [];
  session.attach({ ...LINK, say: ({ type }) => void said.push(type) });
  let isBehind = false;
  const cancel = updates.add(
    "live:2",
    () => {},
    () => {
      if (isBehind) cancel();
    },
  );
  session.subscribed({ ...LIVE, bucket: "live:2", head: 1 });
  isBehind = true;
  session.log({ type: "heads", heads: [{ ...LIVE, bucket: "live:2", head: 9 }] });
  expect(said.at(-1)).toBe("unsubscribe");
});

test("all else about buckets is sync's, logs included", () => {
  const head = { ...KEPT, head: 9 };
  const answer = { type: "unsubscribed", bucket: "kept:1", code: "gone" } as const;
  const run = { ...KEPT, after: 8, upTo: 9, updates: [{ seq: 9, at: 1, data: "x" }] };
  const page = { type: "page", ...run, head: 9 } as const;
  const behind = { type: "tooFarBehind", ...KEPT, oldest: 5, head: 9 } as const;
  session.subscribed(head);
  session.log(page);
  session.log(behind);
  session.log({ type: "heads", heads: [head] });
  expect(session.follows(run)).toBe(false);
  session.updates(run);
  session.unsubscribed(answer);
  expect(heard).toEqual([
    ["sync", "subscribed", head],
    ["sync", "page", page],
    ["sync", "tooFarBehind", behind],
    ["sync", "heads", [head]],
    ["sync", "follows", run],
    ["sync", "updates", run],
    ["sync", "unsubscribed", answer],
  ]);
});

test("the answer to sync's own goodbye is sync's, though the bucket is heard live by now", () => {
  const answer = { type: "unsubscribed", bucket: "live:1" } as const;
  session.unsubscribed(answer);
  expect(heard).toEqual([["sync", "unsubscribed", answer]]);
});

const RUN = { ...KEPT, after: 8, upTo: 9, updates: [{ seq: 9, at: 1, data: "x" }] };

test.each([
  ["a listener", () => updates.add(KEPT.bucket, () => {})()],
  ["sync", () => remote?.unsubscribe([KEPT.bucket])],
])("what comes for a bucket that %s has just left is nobody's", (_, leave) => {
  session.attach(LINK);
  leave();
  leave();
  heard = [];
  const goodbye = { type: "unsubscribed", bucket: KEPT.bucket } as const;
  const speak = (): void => {
    session.subscribed({ ...KEPT, head: 9 });
    expect(session.follows(RUN)).toBe(true);
    session.updates(RUN);
    session.log({ type: "page", ...RUN, head: 9 });
    session.unsubscribed({ ...goodbye, code: "revoked" });
  };
  speak();
  session.unsubscribed(goodbye);
  speak();
  session.unsubscribed(goodbye);
  session.subscribed({ ...KEPT, head: 9 });
  expect(heard.map((word) => (word as string[])[1])).toEqual([
    "unsubscribed",
    "unsubscribed",
    "subscribed",
  ]);
});

test.each([
  [["updates", "log", "keys"], 5, { keepsKeys: true, keyRetentionMs: 5 }],
  [["updates"], undefined, { keepsKeys: false, keyRetentionMs: undefined }],
])("transactions hear whether the server keeps keys: %j", (capabilities, ms, facts) => {
  session.welcomed({
    ...WELCOME,
    capabilities,
    ...(ms !== undefined && { keyRetentionMs: ms }),
  });
  expect(heard).toEqual([["transactions", "sessionOpened", facts]]);
});

test("a server without logs is asked for no pages (B52)", () => {
  session.attach(LINK);
  session.welcomed({ ...WELCOME, capabilities: ["updates"] });
  const request = { ...KEPT, after: 0, limit: 1 };
  const answers: unknown[] = [];
  const hear = (answer: unknown): void => void answers.push(answer);
  remote?.fetch(request, 1_000, new AbortController().signal, hear, hear);
  expect(answers).toMatchObject([{ code: "unsupported" }]);
});

test.each([
  ["transportClosed", false],
  ["superseded", false],
  ["protocolViolated", true],
  ["protocolViolation", true],
])("the end of a session by %s counts against what is in flight: %j", (cause, isViolation) => {
  session.detach(cause);
  expect(heard).toEqual([
    ["transactions", "sessionClosed", { isViolation }],
    ["sync", "detach"],
  ]);
});
