import { describe, expect, test } from "vitest";

import type { Viewer } from "../src/call-context.ts";
import { CallFailure } from "../src/call-failure.ts";
import type { ServerStore } from "../src/server-store.ts";
import { KeyedWorld } from "./keyed-world.ts";
import type { Act } from "./keyed-world.ts";
import { settled } from "./serve.ts";

/** Appends its input, and answers with its place. */
const post: Act = async (input, { commit }) => await commit((tx) => tx.append("room:1", input).seq);

/** As `post`, once the test lets it. */
class Gate {
  readonly signals: AbortSignal[] = [];
  readonly #waiting: (() => void)[] = [];
  runs = 0;

  readonly act: Act = async (input, ctx) => {
    this.runs++;
    this.signals.push(ctx.signal);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return await post(input, ctx);
  };

  async open(): Promise<void> {
    for (const go of this.#waiting.splice(0)) go();
    await settled();
  }
}

const silent = (id: number, output: unknown): unknown => ({ type: "result", id, output });
const result = (id: number, output: unknown, at: unknown = { "room:1": output }): unknown => ({
  type: "result",
  id,
  output,
  at,
});

describe("a key that has succeeded", () => {
  test("is answered from the store, without its handler (B29, L60)", async () => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act);
    await world.ask(1, "k", { input: "a" });
    await gate.open();
    await world.ask(9, "k", { input: "a" });
    expect(world.answers).toEqual([result(1, 1), result(9, 1)]);
    expect(gate.runs).toBe(1);
    expect(await world.log()).toEqual(["a"]);
    expect(world.keyed.size).toBe(0);
    expect(world.clock.pending).toBe(0);
  });

  test("is another account's business: its key names another call", async () => {
    const world = new KeyedWorld(post);
    await world.ask(1, "k", { input: "a" });
    await world.ask(1, "k", { input: "a", account: "bob" });
    expect(world.answers).toEqual([result(1, 1), result(1, 2)]);
  });

  test.each([
    ["input", { input: "b" }],
    ["method", { input: "a", method: "other" }],
  ])("is not to be used for another %s", async (_, options) => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act);
    await world.ask(1, "k", { input: "a" });
    await world.ask(2, "k", options);
    await gate.open();
    await world.ask(3, "k", options);
    expect(world.answers).toMatchObject([
      { type: "failure", id: 2, code: "keyReused", refused: true },
      result(1, 1),
      { type: "failure", id: 3, code: "keyReused", refused: true },
    ]);
    expect(await world.log()).toEqual(["a"]);
  });
});

describe("a key that is running", () => {
  test("goes on without the sessions that have ended, and holds nothing of them", async () => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act);
    for (const id of [1, 2, 3]) await world.ask(id, "k", { input: "a" });
    const viewer = (sessionId: string): Viewer => ({
      account: "ada",
      accountData: undefined,
      sessionId,
    });
    for (const sessionId of ["s1", "s3", "s4"]) world.keyed.leave(viewer(sessionId));
    world.keyed.leave({ ...viewer("s2"), account: "bob" });
    await gate.open();
    expect(world.answers).toEqual([result(2, 1)]);
    expect(world.keyed.size).toBe(0);
    await world.ask(9, "k", { input: "a" });
    expect(world.answers.at(-1)).toEqual(result(9, 1));
  });

  test("is joined, whatever session asks, and all get one answer (B29)", async () => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act);
    await world.ask(1, "k", { input: "a" });
    await world.ask(7, "k", { input: "a" });
    expect(world.keyed.size).toBe(1);
    await gate.open();
    expect(world.answers).toEqual([result(1, 1), result(7, 1)]);
    expect(gate.runs).toBe(1);
  });

  test("is told when the last of those who asked has waited long enough, and may yet commit", async () => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act);
    await world.ask(1, "k", { timeoutMs: 1_000 });
    await world.clock.run(900);
    await world.ask(2, "k", { timeoutMs: 1_000 });
    await world.clock.run(999);
    expect(gate.signals[0]?.aborted).toBe(false);
    await world.clock.run(1);
    expect(gate.signals[0]?.reason).toMatchObject({ code: "timedOut" });
    await gate.open();
    expect(await world.log()).toHaveLength(1);
  });

  test("takes room: an account may not pile them up", async () => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act, { keyedCallsMax: 2 });
    for (const [id, key] of [
      [1, "a"],
      [2, "b"],
      [3, "c"],
      [4, "b"],
    ] as const) {
      await world.ask(id, key);
    }
    await world.ask(5, "c", { account: "bob" });
    expect(world.answers).toMatchObject([{ id: 3, code: "busy", refused: true }]);
    await gate.open();
    expect(world.answers.map(({ id }) => id)).toEqual([3, 1, 2, 4, 5]);
  });

  test("in two processes is applied once: who commits second is answered by the first", async () => {
    const [one, two] = [new Gate(), new Gate()];
    const first = new KeyedWorld(one.act);
    const second = new KeyedWorld(two.act, { store: first.store, clock: first.clock });
    await first.ask(1, "k", { input: "a" });
    await second.ask(2, "k", { input: "a" });
    await two.open();
    await one.open();
    expect(second.answers).toEqual([result(2, 1)]);
    expect(first.answers).toEqual([result(1, 1)]);
    expect(await first.log()).toEqual(["a"]);
  });

  test("in two processes with different inputs is refused to who commits second", async () => {
    const [one, two] = [new Gate(), new Gate()];
    const first = new KeyedWorld(one.act);
    const second = new KeyedWorld(two.act, { store: first.store, clock: first.clock });
    await first.ask(1, "k", { input: "a" });
    await second.ask(2, "k", { input: "b" });
    await two.open();
    await one.open();
    expect(first.answers).toMatchObject([{ type: "failure", code: "keyReused" }]);
    expect(await first.log()).toEqual(["b"]);
  });

  test("is told when its server ends, and leaves no timer", async () => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act);
    await world.ask(1, "k");
    world.keyed.close();
    expect(gate.signals[0]?.reason).toMatchObject({ code: "closed" });
    expect(world.clock.pending).toBe(0);
    await gate.open();
    expect(world.answers).toHaveLength(1);
  });
});

describe("a key that is cancelled", () => {
  test("and unknown takes room in the store, so an account may cancel only so many (V3)", async () => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act, { keyCancelsBurst: 2 });
    await world.ask(1, "runs");
    for (const id of [2, 3, 4]) await world.cancel(id, `unknown ${id}`);
    expect(world.answers).toMatchObject([
      { id: 2, code: "cancelled" },
      { id: 3, code: "cancelled" },
      { type: "failure", id: 4, code: "busy", refused: true, retryAfterMs: 1_000 },
    ]);
    expect(await world.store.outcome({ account: "ada", key: "unknown 4" })).toBeUndefined();
    // What runs is stored anyway, and others have an allowance of their own.
    await world.cancel(5, "runs");
    await world.cancel(6, "unknown 4", "bob");
    expect(world.answers.slice(3)).toMatchObject([{ id: 5 }, { id: 6, code: "cancelled" }]);
    world.clock.advance(1_000);
    await world.cancel(7, "unknown 4");
    expect(world.answers.at(-1)).toMatchObject({ id: 7, code: "cancelled" });
  });

  test("before it came never runs (L33, L34)", async () => {
    const world = new KeyedWorld(post);
    await world.cancel(1, "k");
    await world.ask(2, "k");
    await world.cancel(3, "k");
    expect(world.answers).toMatchObject(
      [1, 2, 3].map((id) => ({ type: "failure", id, code: "cancelled" })),
    );
    expect(await world.log()).toEqual([]);
  });

  test("while it runs tells the handler, and takes no effect whatever the handler does (L34)", async () => {
    const gate = new Gate();
    const world = new KeyedWorld(gate.act);
    await world.ask(1, "k");
    await world.cancel(2, "k");
    expect(world.answers).toMatchObject([{ id: 2, code: "cancelled" }]);
    expect(gate.signals[0]?.reason).toMatchObject({ code: "cancelled" });
    await gate.open();
    expect(world.answers).toMatchObject([{ id: 2 }, { id: 1, code: "cancelled" }]);
    expect(await world.log()).toEqual([]);
    expect(world.errors).toEqual([]);
  });

  test("while its handler is past all commits has its answer undone as well", async () => {
    let go: () => void = () => undefined;
    const world = new KeyedWorld(async () => await new Promise<void>((resolve) => (go = resolve)));
    await world.ask(1, "k");
    await world.cancel(2, "k");
    go();
    await settled();
    expect(world.answers).toMatchObject([{ id: 2 }, { type: "failure", id: 1, code: "cancelled" }]);
  });

  test("too late is answered by its result", async () => {
    const world = new KeyedWorld(post);
    await world.ask(1, "k", { input: "a" });
    await world.cancel(2, "k");
    await world.cancel(3, "k", "bob");
    expect(world.answers).toMatchObject([
      result(1, 1) as object,
      result(2, 1) as object,
      { id: 3, code: "cancelled" },
    ]);
  });
});

describe("only success is stored:", () => {
  test.each<[string, Act, string]>([
    ["fails on purpose", () => Promise.reject(new CallFailure("full", "no room")), "full"],
    ["throws", () => Promise.reject(new Error("bug")), "internal"],
    [
      "throws in its unit",
      async (_, { commit }) =>
        await commit((tx) => {
          tx.append("room:1", "undone");
          throw new CallFailure("full", "no room");
        }),
      "full",
    ],
    [
      "puts its unit's failure into other words",
      async (_, { commit }) => {
        try {
          await commit(() => {
            throw new Error("constraint");
          });
        } catch {
          throw new CallFailure("taken", "somebody was faster");
        }
      },
      "taken",
    ],
    [
      "swallows its unit's failure",
      async (_, { commit }) => {
        await commit(() => {
          throw new CallFailure("full", "no room");
        }).catch(() => undefined);
        return "fine";
      },
      "full",
    ],
    ["answers what JSON cannot say", async (_, { commit }) => await commit(() => 1n), "badOutput"],
    [
      "answers more than a frame holds",
      async (_, { commit }) =>
        await commit((tx) => {
          tx.append("room:1", "undone");
          return "x".repeat(2_000);
        }),
      "tooLarge",
    ],
  ])("a handler that %s may be asked again", async (_, act, code) => {
    let isMended = false;
    const world = new KeyedWorld((input, ctx) => (isMended ? post(input, ctx) : act(input, ctx)), {
      limits: { frameBytes: 1_000 },
    });
    await world.ask(1, "k", { input: "a" });
    expect(world.answers).toMatchObject([{ type: "failure", id: 1, code }]);
    expect(await world.log()).toEqual([]);
    isMended = true;
    await world.ask(2, "k", { input: "a" });
    expect(world.answers[1]).toEqual(result(2, 1));
  });

  test("an output that breaks the contract undoes its unit", async () => {
    const world = new KeyedWorld(
      async (input, { commit }) =>
        await commit((tx) => {
          tx.append("room:1", "a");
          return input;
        }),
    );
    await world.ask(1, "k", { method: "checked", input: "no number" });
    await world.ask(2, "l", { method: "later" });
    expect(world.answers).toMatchObject([
      { id: 1, code: "badOutput" },
      { id: 2, code: "badOutput" },
    ]);
    expect(await world.log()).toEqual([]);
    await world.ask(3, "k", { method: "checked", input: 5 });
    await world.ask(4, "k", { method: "checked", input: 5 });
    // What the validator makes of it is what is stored: it is not applied again.
    expect(world.answers.slice(2)).toEqual([
      result(3, 6, { "room:1": 1 }),
      result(4, 6, { "room:1": 1 }),
    ]);
  });
});

describe("a handler that has failed while something of it still runs", () => {
  const failing =
    (turns: number): Act =>
    async (_, { commit }) => {
      const price = async (): Promise<void> => {
        for (let n = 0; n < turns; n++) await Promise.resolve();
        await commit((tx) => tx.append("room:1", "late"));
      };
      await Promise.all([price(), Promise.reject(new CallFailure("noQuota", "no"))]);
    };

  test("has its effect or its failure, never both, whenever the rest commits", async () => {
    const ends = new Set<string>();
    for (let turns = 0; turns < 30; turns++) {
      const world = new KeyedWorld(failing(turns));
      await world.ask(1, "k");
      await settled();
      const log = await world.log();
      const [answer] = world.answers;
      ends.add(`${answer?.type} ${log.length}`);
      await world.ask(2, "k");
      expect(world.answers[1]?.type).toBe(answer?.type);
    }
    expect([...ends].sort()).toEqual(["failure 0", "result 1"]);
  });
});

describe("what the unit returned is the answer", () => {
  test("whatever the handler returns afterwards", async () => {
    const world = new KeyedWorld(async (_, { commit }) => {
      await commit(() => "stored");
      return "said";
    });
    await world.ask(1, "k");
    await world.ask(2, "k");
    expect(world.answers).toEqual([silent(1, "stored"), silent(2, "stored")]);
  });

  test("even if the handler breaks afterwards, which is told to the server's owner", async () => {
    const world = new KeyedWorld(async (_, { commit }) => {
      await commit(() => "stored");
      throw new Error("too late");
    });
    await world.ask(1, "k");
    expect(world.answers).toEqual([silent(1, "stored")]);
    expect(world.errors).toEqual([new Error("too late")]);
  });

  test("even if the handler does not wait for it", async () => {
    const world = new KeyedWorld((_, { commit }) => void commit(() => "stored"));
    await world.ask(1, "k");
    expect(world.answers).toEqual([silent(1, "stored")]);
  });

  test("of the first commit: a second is refused", async () => {
    const world = new KeyedWorld(async (_, { commit }) => {
      await commit(() => 1);
      await commit(() => 2);
    });
    await world.ask(1, "k");
    expect(world.answers).toEqual([silent(1, 1)]);
    expect(world.errors).toMatchObject([{ name: "CommitError" }]);
  });
});

test("a handler that commits nothing has its answer stored, so that it can be repeated", async () => {
  let runs = 0;
  const world = new KeyedWorld(() => ++runs);
  await world.ask(1, "k");
  await world.ask(2, "k");
  expect(world.answers).toEqual([silent(1, 1), silent(2, 1)]);
});

describe("a store that fails", () => {
  const failing = (method: "outcome" | "commit" | "cancel"): KeyedWorld => {
    const world: KeyedWorld = new KeyedWorld(post, {
      store: new Proxy({} as ServerStore, {
        get: (_, name) => {
          if (name === method) return async () => await Promise.reject(new Error("disk"));
          return async () => await Promise.resolve(undefined);
        },
      }),
    });
    return world;
  };

  test.each(["outcome", "commit"] as const)(
    "at its %s fails the call, and is reported once",
    async (method) => {
      const world = failing(method);
      await world.ask(1, "k");
      expect(world.answers).toEqual([
        { type: "failure", id: 1, code: "internal", message: "the store failed" },
      ]);
      expect(world.errors).toEqual([new Error("disk")]);
      expect(world.keyed.size).toBe(0);
    },
  );

  test("at a cancel fails the cancel", async () => {
    const world = failing("cancel");
    await world.cancel(1, "k");
    expect(world.answers).toMatchObject([{ type: "failure", id: 1, code: "internal" }]);
    expect(world.errors).toEqual([new Error("disk")]);
  });
});
