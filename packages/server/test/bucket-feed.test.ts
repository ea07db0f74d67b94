import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { BucketFeed } from "../src/bucket-feed.ts";
import { BucketRun } from "../src/bucket-run.ts";
import type { FeedSession } from "../src/feed-session.ts";
import { PageBudget } from "../src/page-budget.ts";
import { CheckingClient, FeedWorld } from "./bucket-feed-world.ts";

const isDeep = process.env["HOLDFAST_DEEP"] === "1";
const brief = (client: CheckingClient): string[] =>
  client.takes().map((message) => {
    switch (message.type) {
      case "subscribed":
        return `subscribed ${message.head}`;
      case "page":
        return `page ${message.after}-${message.upTo} of ${message.head}`;
      case "updates":
        return `updates ${message.after}-${message.upTo}`;
      case "heads":
        return `heads ${message.heads.map(({ head }) => head).join(" ")}`;
      default:
        return message.type;
    }
  });

function setUp(updates: number): { world: FeedWorld; client: CheckingClient } {
  const world = new FeedWorld();
  for (let i = 0; i < updates; i++) world.log.append("room:1", "ada", false);
  return { world, client: new CheckingClient(world, "ada", true) };
}

describe("a position is answered", () => {
  test.each<[string, number, number, string[]]>([
    ["with nothing new by an empty page", 5, 5, ["subscribed 5", "page 5-5 of 5"]],
    ["with little new by all of it", 5, 3, ["subscribed 5", "page 3-5 of 5"]],
    ["with much new by a first page", 9, 3, ["subscribed 9", "page 3-6 of 9"]],
    ["beyond the head by tooFarBehind", 5, 6, ["subscribed 5", "tooFarBehind"]],
    ["in an empty bucket by an empty page", 0, 0, ["subscribed 0", "page 0-0 of 0"]],
  ])("%s", async (_, head, after, heard) => {
    const { world, client } = setUp(head);
    client.subscribe("room:1", after);
    await world.answerAll();
    expect(brief(client)).toEqual(heard);
  });

  test.each([
    [6, ["subscribed 9", "page 6-9 of 9"]],
    [5, ["subscribed 9", "tooFarBehind"]],
  ])("after %d in a log that begins at 7", async (after, heard) => {
    const { world, client } = setUp(9);
    world.log.trim("room:1", 6);
    client.subscribe("room:1", after);
    await world.answerAll();
    expect(brief(client)).toEqual(heard);
  });

  test("of another epoch by tooFarBehind, with the present one (Y4)", async () => {
    const { world, client } = setUp(5);
    world.log.epoch = "e2";
    client.subscribe("room:1", 3);
    await world.answerAll();
    const [subscribed, far] = client.takes();
    expect(subscribed).toMatchObject({ type: "subscribed", epoch: "e2", head: 5 });
    expect(far).toMatchObject({ type: "tooFarBehind", epoch: "e2", oldest: 1, head: 5 });
  });

  test("for 64 buckets by pages, for the others by heads where there is news", async () => {
    const { world, client } = setUp(0);
    for (let i = 0; i < 70; i++) {
      world.log.append(`room:${i}`, "ada", false);
      client.subscribe(`room:${i}`, i === 69 ? 1 : 0);
    }
    await world.answerAll();
    const heard = brief(client).filter((text) => !text.startsWith("subscribed"));
    expect(heard.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "heads 1"));
    expect(heard.filter((text) => text === "page 0-1 of 1")).toHaveLength(64);
    expect(heard.filter((text) => text === "page 1-1 of 1")).toHaveLength(1);
  });
});

describe("what is pushed while the log is read", () => {
  test("follows the page, without a gap and without a double (B36)", async () => {
    const { world, client } = setUp(2);
    client.subscribe("room:1", 0);
    await world.turn();
    for (let i = 0; i < 3; i++) world.log.append("room:1", "bob", true);
    await world.answerAll();
    // The store read when it was asked.
    expect(brief(client)).toEqual([
      "subscribed 2",
      "page 0-2 of 2",
      "updates 2-3",
      "updates 3-4",
      "updates 4-5",
    ]);
  });

  test("is kept from a client whose page does not reach the head, until a fetch does", async () => {
    const { world, client } = setUp(5);
    client.subscribe("room:1", 0);
    await world.answerAll();
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["subscribed 5", "page 0-3 of 5"]);
    client.fetch("room:1", 3);
    await world.turn();
    world.log.append("room:1", "bob", true);
    await world.answerAll();
    client.fetch("room:1", 3);
    await world.answerAll();
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["page 3-6 of 6", "updates 6-7", "page 7-7 of 7", "updates 7-8"]);
  });

  test("is held without bound by nobody: what is too much is read again", async () => {
    const { world, client } = setUp(0);
    client.subscribe("room:1");
    await world.turn();
    for (let i = 0; i < 1_500; i++) world.log.append("room:1", "bob", true);
    await world.answerAll();
    expect(brief(client)[0]).toBe("subscribed 1500");
  });
});

test("a page that does not reach the head lets nothing through, also when it was fetched", async () => {
  const { world, client } = setUp(9);
  client.subscribe("room:1", 0);
  await world.answerAll();
  client.fetch("room:1", 2);
  await world.answerAll();
  world.log.append("room:1", "bob", true);
  expect(brief(client)).toEqual(["subscribed 9", "page 0-3 of 9", "page 3-5 of 9"]);
});

test("a fetch that ends while the bucket is being opened again does not disturb that", async () => {
  const { world, client } = setUp(2);
  client.subscribe("room:1", 2);
  await world.answerAll();
  client.takes();
  client.fetch("room:1", 2);
  await world.turn();
  client.unsubscribe("room:1");
  client.subscribe("room:1", 0);
  await world.answerAll();
  world.log.append("room:1", "bob", true);
  expect(brief(client).slice(-3)).toEqual(["subscribed 2", "page 0-2 of 2", "updates 2-3"]);
});

test("a subscription that is left hears nothing of what was under way", async () => {
  const { world, client } = setUp(2);
  client.subscribe("room:1", 0);
  await world.turn();
  client.unsubscribe("room:1");
  await world.answerAll();
  world.log.append("room:1", "bob", true);
  expect(client.takes()).toEqual([]);
  expect(world.pump.buckets).toBe(0);
  expect(world.clock.pending).toBe(0);
});

test("a log that cannot be read for the moment is read a second later, and nothing is lost", async () => {
  const { world, client } = setUp(2);
  client.subscribe("room:1", 0);
  await world.turn();
  await world.answer(0, true);
  expect(world.errors).toEqual([new Error("disk")]);
  world.log.append("room:1", "bob", true);
  world.clock.advance(999);
  await world.answerAll();
  expect(client.takes()).toEqual([]);
  world.clock.advance(1);
  await world.answerAll();
  expect(brief(client)).toEqual(["subscribed 3", "page 0-3 of 3"]);
});

test("a subscription that is left gives up its retry as well", async () => {
  const { world, client } = setUp(2);
  client.subscribe("room:1", 0);
  await world.turn();
  await world.answer(0, true);
  client.close();
  expect(world.clock.pending).toBe(0);
});

test("a live bucket is announced again as it stands", async () => {
  const { world, client } = setUp(2);
  client.subscribe("room:1");
  client.subscribe("room:1");
  await world.answerAll();
  world.log.append("room:1", "bob", true);
  client.subscribe("room:1", 0);
  expect(brief(client)).toEqual(["subscribed 2", "updates 2-3", "subscribed 3"]);
});

describe("a client that takes less than it is pushed", () => {
  test("hears heads once, and nothing more until its fetch has reached the head (L57)", async () => {
    const { world, client } = setUp(2);
    client.subscribe("room:1", 2);
    await world.answerAll();
    client.takes();
    client.isSlow = true;
    for (let i = 0; i < 4; i++) world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["heads 3"]);
    client.fetch("room:1", 3);
    await world.answerAll();
    client.isSlow = false;
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["page 2-5 of 6"]);
    client.fetch("room:1", 3);
    await world.answerAll();
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["page 5-7 of 7", "updates 7-8"]);
    expect(client.counts).toEqual({ feedsBehind: 0, headsSaid: 1, pagesSaid: 1 });
  });

  test("falls behind again with the first push after its fetch, if it is still slow", async () => {
    const { world, client } = setUp(0);
    client.subscribe("room:1", 0);
    await world.answerAll();
    client.isSlow = true;
    world.log.append("room:1", "bob", true);
    client.fetch("room:1", 3);
    await world.answerAll();
    expect(client.counts.feedsBehind).toBe(0);
    world.log.append("room:1", "bob", true);
    world.log.append("room:1", "bob", true);
    expect(brief(client).slice(2)).toEqual(["heads 1", "page 0-1 of 1", "heads 2"]);
    expect(client.counts).toMatchObject({ feedsBehind: 1, headsSaid: 2 });
    client.unsubscribe("room:1");
    expect(client.counts.feedsBehind).toBe(0);
  });

  test("is pushed to all the same if it cannot fetch", async () => {
    const { world } = setUp(0);
    const client = new CheckingClient(world, "ada", false);
    client.subscribe("room:1");
    await world.answerAll();
    client.isSlow = true;
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["subscribed 0", "updates 0-1"]);
  });
});

describe("a client that only listens", () => {
  test("hears where the updates go on when some of them are lost to it, and then those", async () => {
    const { world, client } = setUp(2);
    client.subscribe("room:1");
    await world.answerAll();
    for (let i = 0; i < 4; i++) world.log.append("room:1", "bob", false);
    world.log.trim("room:1", 5);
    world.log.append("room:1", "bob", true);
    await world.answerAll();
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["subscribed 2", "subscribed 7", "updates 7-8"]);
    expect(client.counts).toMatchObject({ feedsBehind: 0, headsSaid: 0 });
  });

  test("and is slow, hears nothing until it takes again, and then where the updates go on", async () => {
    const { world, client } = setUp(2);
    client.subscribe("room:1");
    await world.answerAll();
    client.isSlow = true;
    for (let i = 0; i < 3; i++) world.log.append("room:1", "bob", true);
    for (let second = 0; second < 5; second++) {
      world.clock.advance(1_000);
      await world.answerAll();
    }
    expect(brief(client)).toEqual(["subscribed 2"]);
    client.isSlow = false;
    world.clock.advance(1_000);
    await world.answerAll();
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["subscribed 5", "updates 5-6"]);
  });

  test("and is slow for a moment, goes on when the log was read", async () => {
    const { world, client } = setUp(2);
    client.subscribe("room:1");
    await world.answerAll();
    client.isSlow = true;
    for (let i = 0; i < 3; i++) world.log.append("room:1", "bob", true);
    client.isSlow = false;
    await world.answerAll();
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["subscribed 2", "subscribed 5", "updates 5-6"]);
  });

  test("and is slow, gives up its retry when it leaves", async () => {
    const { world, client } = setUp(2);
    client.subscribe("room:1");
    await world.answerAll();
    client.isSlow = true;
    world.log.append("room:1", "bob", true);
    await world.answerAll();
    client.close();
    expect(world.clock.pending).toBe(0);
  });

  test("hears heads like others, once it has fetched", async () => {
    const { world, client } = setUp(2);
    client.subscribe("room:1");
    await world.answerAll();
    client.fetch("room:1", 3);
    await world.answerAll();
    client.isSlow = true;
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["subscribed 2", "page 2-2 of 2", "heads 3"]);
  });

  test("is told to fetch when it has left the bucket, and comes back with a position", async () => {
    const { world, client } = setUp(2);
    client.subscribe("room:1");
    await world.answerAll();
    client.unsubscribe("room:1");
    client.subscribe("room:1", 2);
    await world.answerAll();
    client.takes();
    client.isSlow = true;
    world.log.append("room:1", "bob", true);
    expect(brief(client)).toEqual(["heads 3"]);
  });
});

test("a log that lies behind its notices is asked twice, and then once a second", async () => {
  const { world, client } = setUp(2);
  client.subscribe("room:1");
  await world.answerAll();
  world.log.append("room:1", "bob", true);
  // What is read of it from here on is older than what was told.
  world.log.of("room:1").pop();
  const other = new CheckingClient(world, "bob", true);
  other.subscribe("room:1");
  await world.answerAll();
  expect([world.log.reads, other.takes()]).toEqual([3, []]);
  world.clock.advance(1_000);
  await world.answerAll();
  expect(world.log.reads).toBe(5);
  client.close();
  other.close();
  expect(world.clock.pending).toBe(0);
});

/** Anything that may happen to a few clients and buckets. */
type Step = readonly [action: string, first: number, second: number, third: number];
const actions = (
  "publish publish publish publishElsewhere doubt tellAgain trim subscribe subscribe subscribe " +
  "unsubscribe fetch fetch answer answer answer turn fail second slow fast"
).split(" ");
const steps = fc.array(fc.tuple(fc.constantFrom(...actions), fc.nat(50), fc.nat(50), fc.nat(50)), {
  maxLength: 80,
  size: "max",
});
const keys = ["room:1", "room:2", "filtered:1"] as const;

function setPace(client: CheckingClient | undefined, isSlow: boolean): void {
  if (client) client.isSlow = isSlow;
}

async function take(world: FeedWorld, clients: CheckingClient[], step: Step): Promise<void> {
  const [action, first, second, third] = step;
  const key = keys[second % keys.length] ?? "room:1";
  const index = first % clients.length;
  const client = clients[index];
  const { log } = world;
  const { length } = log.of(key);
  // The third client cannot skip.
  const mayRead = index !== 2 || !key.startsWith("filtered");
  if (action === "publish") log.append(key, first % 2 ? "ada" : "bob", true);
  else if (action === "publishElsewhere") log.append(key, first % 2 ? "ada" : "bob", false);
  else if (action === "doubt") log.doubt();
  else if (action === "tellAgain") log.tell(key, third % (length + 1));
  else if (action === "trim") log.trim(key, third % (length + 1));
  else if (action === "unsubscribe") client?.unsubscribe(key);
  else if (action === "fetch") client?.fetch(key, (third % 5) + 1);
  else if (action === "answer") await world.answer(third);
  else if (action === "fail") await world.answer(third, true);
  else if (action === "turn") await world.turn();
  else if (action === "slow" || action === "fast") setPace(client, action === "slow");
  else if (action === "second") world.clock.advance(1_000);
  else if (mayRead) {
    const after = third % (length + 3);
    client?.subscribe(key, third % 4 === 0 ? undefined : after);
  }
}

/** The store works again and is silent, and clients fetch what they miss. */
async function heal(world: FeedWorld, clients: CheckingClient[]): Promise<void> {
  for (const client of clients) setPace(client, false);
  // Answers that were read before the world healed may come in the first round: what they leave
  // open is read again a second later, so one calm round is not enough.
  let calmRounds = 0;
  for (let round = 0; round < 100; round++) {
    world.clock.advance(31_000);
    await world.answerAll();
    const behind = clients.flatMap((client) =>
      [...client.buckets]
        .filter(([, { next, upTo }]) => next === undefined || upTo < next)
        .map(([key]) => ({ client, key })),
    );
    calmRounds = behind.length === 0 ? calmRounds + 1 : 0;
    if (calmRounds === 2) return;
    for (const { client, key } of behind) client.fetch(key, 9);
    await world.answerAll();
  }
  throw new Error("a client never got to the head");
}

test("what does not follow is not pushed, whoever it comes from: the client is told to fetch", async () => {
  const { world } = setUp(5);
  const said: string[] = [];
  const session: FeedSession = {
    pump: world.pump,
    reader: world.reader,
    speaksLog: true,
    author: "ada",
    say: ({ type }) => void said.push(type),
    sayWithin: () => 0,
    push: () => said.push("push") > 0,
    leftOut: () => undefined,
    isSlow: () => false,
    counts: { feedsBehind: 0, headsSaid: 0, pagesSaid: 0 },
  };
  const feed = new BucketFeed("room:1", session, undefined);
  feed.open({ bucket: "room:1", epoch: "e1", after: 5 }, new PageBudget());
  await world.answerAll();
  feed.push(new BucketRun("room:1", "e1", 5, [{ seq: 6, at: 0, data: 6 }]));
  feed.push(new BucketRun("room:1", "e1", 7, [{ seq: 8, at: 0, data: 8 }]));
  feed.push(new BucketRun("room:1", "e1", 8, [{ seq: 9, at: 0, data: 9 }]));
  expect(said).toEqual(["subscribed", "page", "push", "heads"]);
  feed.close();
});

test("a log that forgets what was about to be pushed leaves nobody waiting for it", async () => {
  const { world, client } = setUp(5);
  client.subscribe("room:1", 0);
  await world.answerAll();
  // The fetch reads up to 6; what the pump reads later has been forgotten, with all before.
  world.log.append("room:1", "bob", true);
  client.fetch("room:1", 3);
  await world.turn();
  world.log.append("room:1", "bob", false);
  world.log.append("room:1", "bob", true);
  await world.turn();
  world.log.trim("room:1", 8);
  await world.answer(1);
  await world.answer(0);
  expect(brief(client)).toEqual(["subscribed 5", "page 0-3 of 5", "page 3-6 of 6", "heads 8"]);
  client.close();
});

test("nor one whose subscription is being opened while that is forgotten (B36)", async () => {
  const { world, client } = setUp(0);
  client.subscribe("room:1");
  await world.turn();
  world.log.append("room:1", "bob", true);
  world.log.append("room:1", "bob", false);
  world.log.append("room:1", "bob", true);
  await world.turn();
  world.log.trim("room:1", 2);
  await world.answer(1);
  await world.answerAll();
  expect(brief(client)).toEqual(["subscribed 3"]);
  client.close();
});

test("whatever happens, every client hears each update of its buckets once and in order, and in the end all of them (B36, B43, L49, L57)", async () => {
  const life = fc.asyncProperty(steps, async (taken) => {
    const world = new FeedWorld();
    const clients = [
      new CheckingClient(world, "ada", true),
      new CheckingClient(world, "bob", true),
      new CheckingClient(world, "bob", false),
    ];
    for (const step of taken) await take(world, clients, step);
    await heal(world, clients);
    for (const client of clients) {
      for (const [key, { upTo, next }] of client.buckets) {
        expect([key, upTo, next]).toEqual([
          key,
          world.log.of(key).length,
          world.log.of(key).length,
        ]);
      }
      client.close();
      expect(client.counts.feedsBehind).toBe(0);
    }
    expect(world.errors.filter((error) => String(error) !== "Error: disk")).toEqual([]);
    expect(world.pump.buckets).toBe(0);
    expect(world.clock.pending).toBe(0);
  });
  await fc.assert(life, { numRuns: isDeep ? 20_000 : 1_000 });
});
