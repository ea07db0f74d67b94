import { describe, expect, test } from "vitest";

import type { PumpedFeed } from "../src/pumped-bucket.ts";
import { FeedWorld } from "./bucket-feed-world.ts";

// What feeds and pump do together is in `bucket-feed.test.ts`; here is what the pump does alone.

/** A feed that has read its bucket up to here, and writes down what it gets. */
function joined(world: FeedWorld, head: number): { feed: PumpedFeed; heard: string[] } {
  const heard: string[] = [];
  const feed: PumpedFeed = {
    push: ({ after, upTo }) => heard.push(`${after}-${upTo}`),
    lose: () => heard.push("lost"),
    renumber: () => heard.push("renumbered"),
  };
  world.pump.join("room:1", feed);
  world.pump.follows({ bucket: "room:1", epoch: world.log.epoch, head }, []);
  return { feed, heard };
}

function setUp(updates: number): FeedWorld {
  const world = new FeedWorld();
  for (let i = 0; i < updates; i++) world.log.append("room:1", "ada", false);
  return world;
}

describe("a notice", () => {
  test("that continues what was sent is pushed at once, update by update", () => {
    const world = setUp(1);
    const { heard } = joined(world, 1);
    world.log.append("room:1", "ada", false);
    world.log.append("room:1", "ada", false);
    world.log.tell("room:1", 1);
    expect(heard).toEqual(["1-2", "2-3"]);
    expect(world.log.pending).toEqual([]);
  });

  test("that comes twice, or tells more than is new, is pushed once (B43)", () => {
    const world = setUp(1);
    const { heard } = joined(world, 1);
    world.log.append("room:1", "ada", true);
    world.log.tell("room:1", 0);
    world.log.tell("room:1", 1);
    expect(heard).toEqual(["1-2"]);
  });

  test("that leaves a gap has the log read, in pages, and nothing is passed over (B36)", async () => {
    const world = setUp(1);
    const { heard } = joined(world, 1);
    for (let i = 0; i < 5; i++) world.log.append("room:1", "ada", false);
    world.log.tell("room:1", 5);
    await world.answerAll();
    expect(heard).toEqual(["1-4", "4-6"]);
  });

  test("while the log is read is found there", async () => {
    const world = setUp(3);
    const { heard } = joined(world, 1);
    world.log.tell("room:1", 2);
    await world.turn();
    world.log.append("room:1", "ada", true);
    await world.answerAll();
    expect(heard).toEqual(["1-3", "3-4"]);
  });

  test("before anybody has read the bucket is where the pushes begin", () => {
    const world = setUp(3);
    const { feed, heard } = joined(world, 3);
    world.pump.leave("room:1", feed);
    world.pump.join("room:1", feed);
    world.log.append("room:1", "ada", true);
    expect(heard).toEqual(["3-4"]);
    expect(world.pump.sentOf("room:1")).toBe(4);
  });

  test("that one reader cannot take reaches the others, and is reported", () => {
    const world = setUp(0);
    const fault = new Error("too deep");
    const broken: PumpedFeed = {
      push() {
        throw fault;
      },
      lose: () => undefined,
      renumber: () => undefined,
    };
    world.pump.join("room:1", broken);
    const { heard } = joined(world, 0);
    world.log.append("room:1", "ada", false);
    world.log.append("room:1", "ada", false);
    world.log.tell("room:1", 0);
    expect(heard).toEqual(["0-1", "1-2"]);
    expect(world.errors).toEqual([fault, fault]);
  });

  test("of a bucket that nobody reads is nothing to the pump", () => {
    const world = setUp(0);
    const { heard } = joined(world, 0);
    world.log.append("room:2", "ada", true);
    expect(heard).toEqual([]);
  });
});

describe("what nobody told", () => {
  test("is found where the store has doubts", async () => {
    const world = setUp(2);
    const { heard } = joined(world, 1);
    world.log.doubt();
    await world.answerAll();
    expect(heard).toEqual(["1-2"]);
  });

  test("is found within 30 s in any case, again and again", async () => {
    const world = setUp(1);
    const { heard } = joined(world, 1);
    for (const upTo of [2, 3]) {
      world.log.append("room:1", "ada", false);
      world.clock.advance(29_999);
      await world.answerAll();
      expect(heard).not.toContain(`${upTo - 1}-${upTo}`);
      world.clock.advance(1);
      await world.answerAll();
      expect(heard).toContain(`${upTo - 1}-${upTo}`);
    }
  });
});

test("a page that the store fails to give is asked for again a second later", async () => {
  const world = setUp(2);
  const { feed, heard } = joined(world, 1);
  world.log.doubt();
  await world.turn();
  await world.answer(0);
  await world.answer(0, true);
  expect(heard).toEqual([]);
  world.clock.advance(1_000);
  await world.answerAll();
  expect(heard).toEqual(["1-2"]);
  world.pump.leave("room:1", feed);
  expect(world.clock.pending).toBe(0);
});

test("a log that no longer reaches back to what was sent is lost to who reads it", async () => {
  const world = setUp(5);
  const { heard } = joined(world, 1);
  world.log.trim("room:1", 3);
  world.log.doubt();
  await world.answerAll();
  world.log.append("room:1", "ada", true);
  expect(heard).toEqual(["lost", "5-6"]);
});

test("a bucket that is numbered anew is told to who reads it, however it is noticed", async () => {
  for (const notice of ["push", "doubt", "page", "another reader"]) {
    const world = setUp(2);
    const { heard } = joined(world, 1);
    if (notice === "page") {
      // The head was read before, the page is read after.
      world.log.doubt();
      await world.turn();
    }
    world.log.epoch = "e2";
    if (notice === "push") world.log.append("room:1", "ada", true);
    else if (notice === "doubt") world.log.doubt();
    else if (notice === "another reader") joined(world, 2);
    await world.answerAll();
    expect(heard).toEqual(["renumbered"]);
  }
});

describe("who waits until it was pushed", () => {
  test("does not wait where it was, or where nobody reads", () => {
    const world = setUp(1);
    joined(world, 1);
    expect(world.pump.caughtUp({ "room:1": 1, "room:2": 9 })).toBeUndefined();
  });

  test("waits while the log is read, and not longer if it fails (B27)", async () => {
    for (const fails of [false, true]) {
      const world = setUp(3);
      const { heard } = joined(world, 1);
      world.log.tell("room:1", 2);
      let isThere = false;
      void world.pump.caughtUp({ "room:1": 3 })?.then(() => (isThere = true));
      await world.turn();
      expect(isThere).toBe(false);
      await world.answer(0, fails);
      expect([isThere, heard]).toEqual([true, fails ? [] : ["1-3"]]);
    }
  });

  test("does not wait for a bucket that everybody has left", async () => {
    const world = setUp(3);
    const { feed } = joined(world, 1);
    world.log.tell("room:1", 2);
    const waits = world.pump.caughtUp({ "room:1": 3 });
    world.pump.leave("room:1", feed);
    await waits;
    await world.answerAll();
    expect(world.clock.pending).toBe(0);
  });
});

test("a feed that breaks is reported, and the store hears nothing of it", () => {
  const world = setUp(1);
  const { feed } = joined(world, 1);
  feed.push = () => {
    throw new Error("ours");
  };
  world.log.append("room:1", "ada", true);
  expect(world.errors).toEqual([new Error("ours")]);
});
