import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { AuthAdapter } from "../../src/adapters/auth-adapter.ts";
import { Cell } from "../../src/base/source.ts";

interface Asked {
  readonly forced: boolean;
  readonly signal: AbortSignal;
  readonly answer: (token: string | null) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

/** Lets everything run that waits for a promise. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Credentials whose provider answers when the test says so. */
function harness(identity: string | null = "ann") {
  const cell = new Cell(identity);
  const clock = new ManualClock();
  const asked: Asked[] = [];
  const token = ({ forced, signal }: { forced: boolean; signal: AbortSignal }) =>
    new Promise<string | null>((resolve, reject) => {
      asked.push({
        forced,
        signal,
        answer: (text) => (resolve(text), settled()),
        fail: (error) => (reject(error), settled()),
      });
    });
  const adapter = new AuthAdapter({ identity: cell, token }, clock);
  const events: string[] = [];
  const start = () =>
    adapter.start(({ available, account }) =>
      events.push(available ? `account ${account}` : `none ${account}`),
    );
  const answers: string[] = [];
  const request = (forced: boolean, name = "") => {
    adapter.token(forced).then(
      (text) => answers.push(name + text),
      (error: Error) => answers.push(`${name}failed ${error.message}`),
    );
    return settled();
  };
  const provider = (n: number): Asked => {
    const call = asked[n - 1];
    if (!call) throw new Error(`the provider was asked ${asked.length} times`);
    return call;
  };
  return { cell, clock, adapter, events, start, asked, answers, request, provider };
}

/** The same with somebody who hears of the identity. */
function started() {
  const all = harness();
  return { ...all, stop: all.start() };
}

describe("identities become events", () => {
  test("from the current one on, without a gap, without a name (C4)", () => {
    const { cell, events, start } = harness(null);
    start();
    cell.set("ann");
    cell.set("bob");
    cell.set(null);
    cell.set("ann");
    expect(events).toEqual(["none 0", "account 1", "account 2", "none 0", "account 1"]);
  });

  test("not before the start, and each once", () => {
    const { cell, events, start } = harness();
    expect(events).toEqual([]);
    start();
    cell.set("ann");
    expect(events).toEqual(["account 1"]);
  });

  test("never again after the end, and no listener, fetch or timer stays", async () => {
    const { cell, events, stop, request, provider, answers, clock } = started();
    await request(false);
    stop();
    cell.set("bob");
    await provider(1).answer("late");
    expect(events).toEqual(["account 1"]);
    expect(cell.subscriberCount).toBe(0);
    expect(clock.pending).toBe(0);
    expect(answers).toEqual([]);
  });

  test("anew after another start: who signed out meanwhile is told so", () => {
    const { cell, events, start } = harness();
    start()();
    cell.set(null);
    start();
    expect(events).toEqual(["account 1", "none 0"]);
  });
});

describe("a new token for the same identity", () => {
  test("is the same account again, and is fetched (L19)", async () => {
    const { adapter, events, request, provider, answers } = started();
    await request(false);
    await provider(1).answer("t1");
    adapter.tokenChanged();
    await request(false);
    await provider(2).answer("t2");
    expect(events).toEqual(["account 1", "account 1"]);
    expect(answers).toEqual(["t1", "t2"]);
  });

  test("is no event while signed out, nor before the start", async () => {
    const { adapter, events, start, asked } = harness(null);
    adapter.tokenChanged();
    start();
    adapter.tokenChanged();
    await settled();
    expect(events).toEqual(["none 0"]);
    expect(asked).toEqual([]);
  });

  test("is fetched anew when the old one is still on its way", async () => {
    const { adapter, request, provider, answers } = started();
    await request(false);
    adapter.tokenChanged();
    await settled();
    await provider(1).answer("old");
    await provider(2).answer("new");
    expect(answers).toEqual(["new"]);
  });

  test("is on its way already in a forced fetch: a provider that says so makes no loop", async () => {
    const { adapter, request, provider, asked, answers } = started();
    await request(true);
    adapter.tokenChanged();
    await settled();
    await provider(1).answer("new");
    expect(answers).toEqual(["new"]);
    expect(asked).toHaveLength(1);
  });
});

describe("credentials for a hello", () => {
  test("are missing while signed out, and the provider is not asked (B22)", async () => {
    const { start, request, answers, asked } = harness(null);
    start();
    await request(false);
    await request(true);
    expect(answers).toEqual(["null", "null"]);
    expect(asked).toEqual([]);
  });

  test("are those of the identity that the events speak of (L18, L19)", async () => {
    const { cell, adapter, request, provider, answers, clock } = started();
    await request(false);
    cell.set("bob");
    expect(provider(1).signal.aborted).toBe(true);
    expect(clock.pending).toBe(0);
    await request(false);
    await provider(1).answer("ann's");
    await provider(2).answer("bob's");
    expect(adapter.identity).toBe("bob");
    expect(answers).toEqual(["bob's"]);
    cell.set("cid");
    await request(false);
    await provider(3).answer("cid's");
    expect(answers).toEqual(["bob's", "cid's"]);
  });

  test("stay those of the identity whatever the provider does in the middle of its work", async () => {
    const cell = new Cell<string | null>("ann");
    const token = async (): Promise<string> => {
      const asked = cell.current;
      if (asked === "ann") cell.set("bob");
      return `${asked}'s`;
    };
    const adapter = new AuthAdapter({ identity: cell, token }, new ManualClock());
    const answers: (string | null)[] = [];
    adapter.start(() => void adapter.token(false).then((text) => answers.push(text)));
    await settled();
    expect(answers).toEqual(["bob's"]);
  });

  test("need no token where cookies carry them", async () => {
    const identity = new Cell<string | null>("ann");
    const adapter = new AuthAdapter({ ambient: true, identity }, new ManualClock());
    const before = adapter.token(false);
    adapter.start(() => {});
    adapter.tokenChanged();
    expect(await Promise.all([before, adapter.token(false), adapter.token(true)])).toEqual([
      null,
      "",
      "",
    ]);
  });
});

describe("one fetch at a time", () => {
  test("is shared by all who ask meanwhile", async () => {
    const { request, provider, asked, answers, clock } = started();
    await request(false, "a:");
    await request(false, "b:");
    await provider(1).answer("t1");
    expect(answers).toEqual(["a:t1", "b:t1"]);
    expect(asked).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test("a forced request joins a forced fetch", async () => {
    const { request, provider, asked, answers } = started();
    await request(true, "a:");
    await request(true, "b:");
    await request(false, "c:");
    await provider(1).answer("fresh");
    expect(answers).toEqual(["a:fresh", "b:fresh", "c:fresh"]);
    expect(asked.map(({ forced }) => forced)).toEqual([true]);
  });

  test("a forced request takes the place of an unforced fetch, whose answer is discarded (C5)", async () => {
    const { request, provider, answers, clock } = started();
    await request(false, "a:");
    await request(true, "b:");
    expect(provider(1).signal.aborted).toBe(true);
    await provider(1).answer("stale");
    expect(answers).toEqual([]);
    await provider(2).answer("fresh");
    expect(answers.sort()).toEqual(["a:fresh", "b:fresh"]);
    expect(clock.pending).toBe(0);
  });

  test("goes on when the dial that asked has failed, for the next hello", async () => {
    const { adapter, request, provider, asked, answers } = started();
    void adapter.token(false);
    await settled();
    await provider(1).answer("t1");
    await request(false);
    expect(answers).toEqual(["t1"]);
    expect(asked).toHaveLength(1);
  });

  test("is forced from the start when that is asked within the same moment", async () => {
    const { request, provider, asked, answers } = started();
    void request(false, "a:");
    await request(true, "b:");
    await provider(1).answer("fresh");
    expect(answers.sort()).toEqual(["a:fresh", "b:fresh"]);
    expect(asked.map(({ forced }) => forced)).toEqual([true]);
  });

  test("that fails while nobody listens yet is no uncaught error", async () => {
    const { adapter, provider } = started();
    const early = adapter.token(false);
    await settled();
    await provider(1).fail(new TypeError("offline"));
    await expect(early).rejects.toThrow("TypeError");
  });
});

describe("an answer is kept", () => {
  test("for 60 s, and given again without asking", async () => {
    const { request, provider, asked, answers, clock } = started();
    await request(false);
    await provider(1).answer("t1");
    clock.advance(59_999);
    await request(false);
    expect(answers).toEqual(["t1", "t1"]);
    clock.advance(1);
    await request(false);
    expect(asked).toHaveLength(2);
  });

  test("no longer when a sleep has passed that only the wall clock saw", async () => {
    const { request, provider, asked, clock } = started();
    await request(false);
    await provider(1).answer("t1");
    clock.jumpWall(60_000);
    await request(false);
    expect(asked).toHaveLength(2);
  });

  test("not for a forced request, nor after one, whatever becomes of it", async () => {
    const { request, provider, asked, answers } = started();
    await request(false);
    await provider(1).answer("rejected by the server");
    await request(true);
    await provider(2).fail(new Error("offline"));
    await request(false);
    expect(asked.map(({ forced }) => forced)).toEqual([false, true, false]);
    await provider(3).answer("t3");
    expect(answers.at(-1)).toBe("t3");
  });

  test("not when it was no token", async () => {
    const { request, provider, asked, answers } = started();
    await request(false);
    await provider(1).answer(null);
    await request(false);
    await provider(2).fail(new Error("offline"));
    await request(false);
    expect(answers).toEqual(["null", "failed Error"]);
    expect(asked).toHaveLength(3);
  });
});

describe("a provider", () => {
  test("that does not answer within 30 s has failed and is aborted; a late answer is nothing", async () => {
    const { request, provider, answers, clock, asked } = started();
    await request(false);
    clock.advance(29_999);
    expect(provider(1).signal.aborted).toBe(false);
    clock.advance(1);
    expect(provider(1).signal.aborted).toBe(true);
    await settled();
    expect(answers).toEqual(["failed timeout"]);
    await provider(1).answer("late");
    await request(false);
    expect(answers).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  test.each<[string, unknown]>([
    ["an empty token", ""],
    ["undefined", undefined],
    ["a number", 5],
    ["an object", {}],
    ["more than 32 KiB", "x".repeat(32_769)],
  ])("that answers with %s has failed: a server would end each session", async (_, value) => {
    const { request, provider, answers } = started();
    await request(false);
    await provider(1).answer(value as string);
    expect(answers).toEqual(["failed unusable"]);
  });

  test.each([
    [new TypeError("s3cret"), "TypeError"],
    ["s3cret", "string"],
  ])("that throws at once has failed, and its words stay with it (B25)", async (error, name) => {
    const token = (): never => {
      throw error;
    };
    const identity = new Cell<string | null>("ann");
    const adapter = new AuthAdapter({ identity, token }, new ManualClock());
    adapter.start(() => {});
    await expect(adapter.token(false)).rejects.toEqual(new Error(name));
  });
});

test("a token that is kept shows its text nowhere (B25)", async () => {
  const { adapter, request, provider } = started();
  await request(false);
  await provider(1).answer("s3cret");
  const shown = [JSON.stringify({ adapter }), inspect(adapter, { showHidden: true, depth: 9 })];
  expect(shown.join(" ")).not.toContain("s3cret");
  expect(await adapter.token(false)).toBe("s3cret");
});

test("a rejection is reported to the app, which may not care", () => {
  const identity = new Cell<string | null>("ann");
  const told: string[] = [];
  const token = async () => null;
  const clock = new ManualClock();
  new AuthAdapter({ identity, token }, clock).reportRejected();
  new AuthAdapter(
    { identity, token, onRejected: () => void told.push("told") },
    clock,
  ).reportRejected();
  expect(told).toEqual(["told"]);
});
