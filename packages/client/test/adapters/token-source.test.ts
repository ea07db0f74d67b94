import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import {
  SecretToken,
  type TokenAnswer,
  TokenSource,
  TOKEN_LENGTH_MAX,
} from "../../src/adapters/token-source.ts";

interface Asked {
  readonly forced: boolean;
  readonly signal: AbortSignal;
  readonly answer: (token: string | null) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

/** Lets everything run that waits for a promise. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A provider that answers when the test says so. */
function harness() {
  const clock = new ManualClock();
  const asked: Asked[] = [];
  const tokens = new TokenSource(
    ({ forced, signal }) =>
      new Promise((resolve, reject) => {
        asked.push({
          forced,
          signal,
          answer: (token) => (resolve(token), settled()),
          fail: (error) => (reject(error), settled()),
        });
      }),
    clock,
  );
  const answers: string[] = [];
  const request = (forced: boolean, name = "") =>
    tokens.request(forced, (answer) => answers.push(name + inWords(answer)));
  const provider = (n: number): Asked => {
    const call = asked[n - 1];
    if (!call) throw new Error(`the provider was asked ${asked.length} times`);
    return call;
  };
  return { clock, tokens, asked, answers, request, provider };
}

function inWords(answer: TokenAnswer): string {
  if (answer.type === "token") return answer.token.reveal();
  return answer.type === "failed" ? answer.detail : answer.type;
}

describe("one fetch at a time", () => {
  test("is shared by all who ask meanwhile", async () => {
    const { request, provider, asked, answers, clock } = harness();
    request(false, "a:");
    request(false, "b:");
    await provider(1).answer("t1");
    expect(answers).toEqual(["a:t1", "b:t1"]);
    expect(asked).toHaveLength(1);
    expect(provider(1).signal.aborted).toBe(false);
    expect(clock.pending).toBe(0);
  });

  test("a forced request joins a forced fetch", async () => {
    const { request, provider, asked, answers } = harness();
    request(true, "a:");
    request(true, "b:");
    request(false, "c:");
    await provider(1).answer("fresh");
    expect(answers).toEqual(["a:fresh", "b:fresh", "c:fresh"]);
    expect(asked.map(({ forced }) => forced)).toEqual([true]);
  });

  test("a forced request takes the place of an unforced fetch, whose answer is discarded (C5)", async () => {
    const { request, provider, answers, clock } = harness();
    request(false, "a:");
    request(true, "b:");
    expect(provider(1).signal.aborted).toBe(true);
    await provider(1).answer("stale");
    expect(answers).toEqual([]);
    await provider(2).answer("fresh");
    expect(answers).toEqual(["a:fresh", "b:fresh"]);
    expect(clock.pending).toBe(0);
  });

  test("goes on for the others when one stops waiting, and for the next hello when all do", async () => {
    const { request, provider, asked, answers } = harness();
    request(false, "a:")();
    await provider(1).answer("t1");
    request(false, "b:");
    expect(answers).toEqual(["b:t1"]);
    expect(asked).toHaveLength(1);
  });
});

test("one who is answered may cancel another, and may ask anew", async () => {
  const { tokens, request, provider, answers } = harness();
  tokens.request(false, () => {
    cancelOther();
    request(true, "again:");
  });
  const cancelOther = request(false, "other:");
  await provider(1).answer("t1");
  await provider(2).answer("t2");
  expect(answers).toEqual(["again:t2"]);
});

describe("an answer is kept", () => {
  test("for 60 s, and given again within the call", async () => {
    const { request, provider, asked, answers, clock } = harness();
    request(false);
    await provider(1).answer("t1");
    clock.advance(59_999);
    request(false);
    expect(answers).toEqual(["t1", "t1"]);
    clock.advance(1);
    request(false);
    expect(asked).toHaveLength(2);
  });

  test("no longer when a sleep has passed that only the wall clock saw", async () => {
    const { request, provider, asked, clock } = harness();
    request(false);
    await provider(1).answer("t1");
    clock.jumpWall(60_000);
    request(false);
    expect(asked).toHaveLength(2);
  });

  test("not for a forced request, nor after one, whatever becomes of it", async () => {
    const { request, provider, asked, answers } = harness();
    request(false);
    await provider(1).answer("rejected by the server");
    request(true);
    await provider(2).fail(new Error("offline"));
    request(false);
    expect(asked.map(({ forced }) => forced)).toEqual([false, true, false]);
    await provider(3).answer("t3");
    expect(answers.at(-1)).toBe("t3");
  });

  test("not when it was no token", async () => {
    const { request, provider, asked, answers } = harness();
    request(false);
    await provider(1).answer(null);
    request(false);
    await provider(2).fail(new Error("offline"));
    request(false);
    expect(answers).toEqual(["missing", "token provider threw Error"]);
    expect(asked).toHaveLength(3);
  });

  test("not when the app says that it is old", async () => {
    const { tokens, request, provider, asked } = harness();
    request(false);
    await provider(1).answer("t1");
    tokens.invalidate();
    request(false);
    expect(asked).toHaveLength(2);
  });
});

describe("a token that the app calls old during a fetch", () => {
  test("is fetched anew", async () => {
    const { tokens, request, provider, answers } = harness();
    request(false);
    tokens.invalidate();
    await provider(1).answer("old");
    await provider(2).answer("new");
    expect(answers).toEqual(["new"]);
  });

  test("is on its way already when the fetch was forced: a provider that says so makes no loop", async () => {
    const { tokens, request, provider, asked, answers } = harness();
    request(true);
    tokens.invalidate();
    await provider(1).answer("new");
    expect(answers).toEqual(["new"]);
    expect(asked).toHaveLength(1);
  });
});

describe("a provider", () => {
  test("that does not answer within 30 s has failed and is aborted; a late answer is nothing", async () => {
    const { request, provider, answers, clock, asked } = harness();
    request(false);
    clock.advance(29_999);
    expect(provider(1).signal.aborted).toBe(false);
    clock.advance(1);
    expect(provider(1).signal.aborted).toBe(true);
    expect(answers).toEqual(["token provider did not answer within 30 s"]);
    await provider(1).answer("late");
    request(false);
    expect(answers).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ["", "returned an empty string"],
    [undefined, "returned undefined, not a string or null"],
    [{ token: "s3cret" }, "returned object, not a string or null"],
    ["s3cret".repeat(TOKEN_LENGTH_MAX), "returned more than 32 KiB"],
  ])("that gives no usable token has failed (%#)", async (value, detail) => {
    const { request, provider, answers } = harness();
    request(false);
    await provider(1).answer(value as string);
    expect(answers).toEqual([`token provider ${detail}`]);
  });

  test("may give a token of 32 KiB", async () => {
    const { request, provider, answers } = harness();
    request(false);
    await provider(1).answer("x".repeat(TOKEN_LENGTH_MAX));
    expect(answers[0]).toHaveLength(TOKEN_LENGTH_MAX);
  });

  test.each([
    [new TypeError("s3cret"), "threw TypeError"],
    ["s3cret", "threw string"],
  ])("that throws at once has failed, and its words stay with it (B25)", async (error, detail) => {
    const answers: string[] = [];
    const tokens = new TokenSource(() => {
      throw error;
    }, new ManualClock());
    tokens.request(false, (answer) => answers.push(inWords(answer)));
    await settled();
    expect(answers).toEqual([`token provider ${detail}`]);
  });
});

describe("a change of identity", () => {
  test("aborts the fetch, answers nobody and keeps nothing (L18, L19)", async () => {
    const { tokens, request, provider, asked, answers, clock } = harness();
    request(false);
    tokens.reset();
    expect(provider(1).signal.aborted).toBe(true);
    expect(clock.pending).toBe(0);
    await provider(1).answer("of the last user");
    request(false);
    expect(answers).toEqual([]);
    expect(asked).toHaveLength(2);
    await provider(2).answer("t2");
    tokens.reset();
    request(false);
    expect(asked).toHaveLength(3);
  });
});

test("a token shows its text only where it is revealed (B25)", () => {
  const token = new SecretToken("s3cret");
  const shown = [
    JSON.stringify({ token }),
    inspect(token, { showHidden: true }),
    Object.entries(token).join(""),
  ];
  expect(shown.join(" ")).not.toContain("s3cret");
  expect(token.reveal()).toBe("s3cret");
});
