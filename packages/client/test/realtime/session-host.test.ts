/** What the host does with a dial: its address, its token, its end. Told through a whole client. */
import { accepts, clientHarness, neverAnswers, opensNeverWelcomes } from "@holdfast/testing";
import { describe, expect, test } from "vitest";

import { Cell } from "../../src/base/source.ts";

describe("the address of a dial", () => {
  test("that comes after the attempt has ended opens no socket (B09)", async () => {
    let answer: (url: string) => void = () => {};
    const url = (): Promise<string> => new Promise((resolve) => (answer = resolve));
    const own = clientHarness({ url });
    own.client.start();
    own.client.stop();
    answer("wss://late.test");
    await own.clock.settle();
    expect(own.server.transports).toEqual([]);
  });

  test("that comes late still opens within the dial's deadline", async () => {
    let answer: (url: string) => void = () => {};
    const url = (): Promise<string> => new Promise((resolve) => (answer = resolve));
    const own = clientHarness({ url });
    own.client.start();
    await own.clock.run(9_000);
    answer("wss://late.test");
    await own.clock.settle();
    expect(own.client.state.current).toBe("connected");
  });
});

describe("the token of a dial", () => {
  test("that comes after the attempt has ended greets nobody (B09)", async () => {
    let answer: (token: string) => void = () => {};
    const own = clientHarness();
    own.credentials.reply(new Promise((resolve) => (answer = resolve)));
    own.client.start();
    await own.clock.settle();
    own.client.stop();
    answer("ada.1");
    await own.clock.settle();
    expect(own.server.last.said).toEqual([]);
  });

  test("does not hold up the socket, nor the socket the token", async () => {
    let answer: (token: string) => void = () => {};
    const own = clientHarness();
    own.credentials.reply(new Promise((resolve) => (answer = resolve)));
    own.client.start();
    await own.clock.run(5_000);
    expect(own.snapshot.state).toBe("authenticating");
    answer("ada.1");
    await own.clock.settle();
    expect(own.snapshot.state).toBe("open");
  });

  test("is not asked for where cookies carry it", async () => {
    const identity = new Cell<string | null>("ada");
    const own = clientHarness({ credentials: { ambient: true, identity } });
    await own.open();
    expect(own.said("hello")[0]).not.toHaveProperty("token");
  });

  test("that the server rejected is not handed out again from memory (B24)", async () => {
    const own = clientHarness({ behaviors: [opensNeverWelcomes(), accepts()] });
    await own.open();
    expect(own.credentials.requests).toHaveLength(1);
    own.client.tokenChanged();
    await own.clock.settle();
    expect(own.credentials.requests).toHaveLength(2);
  });
});

describe("the end of a session", () => {
  test("closes the socket in the very call stack of its cause", () => {
    const own = clientHarness({ behaviors: [neverAnswers()] });
    own.client.start();
    own.client.stop();
    expect(own.server.last.closed).toMatchObject({ code: 1000 });
  });

  test("tells every subscription that it waits again, and the next hello asks anew", async () => {
    const own = await clientHarness().open();
    const phases: string[] = [];
    own.client.subscribe(
      "room",
      () => {},
      ({ phase }) => phases.push(phase),
    );
    await own.clock.settle();
    own.server.last.end(1006);
    await own.reach("open");
    expect(phases).toEqual(["waiting", "live", "waiting", "live"]);
    expect(own.said("hello")).toMatchObject([{ buckets: [{ bucket: "room" }] }]);
  });

  test("what an old session says, late and rudely, changes nothing (B05, L6)", async () => {
    const own = await clientHarness().open();
    const old = own.server.last;
    old.end(1006);
    await own.reach("open");
    const before = own.snapshot;
    old.sayRudely({ type: "closed", code: 4001, reason: "" });
    old.sayRudely({ type: "frame", frame: '{"type":"goAway","windowMs":0}' });
    old.sayRudely({ type: "opened", subprotocol: "holdfast.v1.json" });
    await own.clock.settle();
    expect(own.snapshot).toEqual(before);
  });
});
