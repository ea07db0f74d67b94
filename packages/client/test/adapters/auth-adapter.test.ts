import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { AuthAdapter } from "../../src/adapters/auth-adapter.ts";
import { Cell } from "../../src/base/source.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function harness(identity: string | null = null) {
  const cell = new Cell(identity);
  const clock = new ManualClock();
  let fetched = 0;
  const adapter = new AuthAdapter(
    { identity: cell, token: async () => `${cell.current} ${++fetched}` },
    clock,
  );
  const events: string[] = [];
  const start = () =>
    adapter.start(({ available, account }) =>
      events.push(available ? `account ${account}` : `none ${account}`),
    );
  const answers: string[] = [];
  const request = (forced = false) =>
    adapter.request(forced, (answer) =>
      answers.push(answer.type === "token" ? answer.token.reveal() : answer.type),
    );
  return { cell, clock, adapter, events, start, request, answers };
}

describe("identities become events", () => {
  test("from the current one on, without a gap, without a name (C4)", () => {
    const { cell, events, start } = harness();
    start();
    cell.set("ann");
    cell.set("bob");
    cell.set(null);
    cell.set("ann");
    expect(events).toEqual(["none 0", "account 1", "account 2", "none 0", "account 1"]);
  });

  test("not before the start, and each once", () => {
    const { cell, events, start } = harness("ann");
    expect(events).toEqual([]);
    start();
    cell.set("ann");
    expect(events).toEqual(["account 1"]);
  });

  test("never again after the end, and no listener, fetch or timer stays", () => {
    const { cell, events, start, request, answers, clock } = harness("ann");
    const stop = start();
    request();
    stop();
    cell.set("bob");
    expect(events).toEqual(["account 1"]);
    expect(cell.subscriberCount).toBe(0);
    expect(clock.pending).toBe(0);
    expect(answers).toEqual([]);
  });

  test("anew after another start: who signed out meanwhile is told so", () => {
    const { cell, events, start } = harness("ann");
    start()();
    cell.set(null);
    start();
    expect(events).toEqual(["account 1", "none 0"]);
  });
});

describe("a new token for the same identity", () => {
  test("is the same account again, and is fetched (L19)", async () => {
    const { adapter, events, start, request, answers } = harness("ann");
    start();
    request();
    await settled();
    adapter.tokenChanged();
    request();
    await settled();
    expect(events).toEqual(["account 1", "account 1"]);
    expect(answers).toEqual(["ann 1", "ann 2"]);
  });

  test("is no event while signed out, nor before the start", () => {
    const { adapter, events, start } = harness();
    adapter.tokenChanged();
    start();
    adapter.tokenChanged();
    expect(events).toEqual(["none 0"]);
  });
});

describe("credentials for a hello", () => {
  test("are missing while signed out, and the provider is not asked (B22)", () => {
    const { start, request, answers } = harness();
    start();
    request();
    expect(answers).toEqual(["missing"]);
  });

  test("are those of the identity that the events speak of", async () => {
    const { cell, adapter, start, request, answers } = harness("ann");
    start();
    request();
    cell.set("bob");
    request();
    await settled();
    expect(adapter.identity).toBe("bob");
    expect(answers).toEqual(["bob 2"]);
  });

  test("need no token where cookies carry them", () => {
    const adapter = new AuthAdapter(
      { ambient: true, identity: new Cell<string | null>("ann") },
      new ManualClock(),
    );
    const answers: string[] = [];
    adapter.request(false, ({ type }) => answers.push(type));
    adapter.start(() => {});
    adapter.request(false, ({ type }) => answers.push(type));
    adapter.request(true, ({ type }) => answers.push(type));
    adapter.tokenChanged();
    expect(answers).toEqual(["missing", "ambient", "ambient"]);
  });
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
