/** Live updates through drops, restarts and slow listeners. */
import { seededRandom } from "@holdfast/client";
import type { SubscriptionState } from "@holdfast/client";
import { describe, expect, test } from "vitest";

import { Fate, openChat } from "./chat-world.ts";
import type { ChatWorld } from "./chat-world.ts";

/** Follows a bucket and remembers each stretch: its beginning, and what came in it. */
class Follower {
  readonly stretches: { epoch: string; head: number; seqs: number[] }[] = [];
  readonly phases: SubscriptionState["phase"][] = [];
  readonly texts: string[] = [];

  constructor({ pair }: ChatWorld, bucket: "room:1" | "secret:1" = "room:1") {
    pair.client.subscribe(
      bucket,
      ({ seq, data }) => {
        this.texts.push(data);
        this.stretches.at(-1)?.seqs.push(seq);
      },
      (state) => {
        this.phases.push(state.phase);
        if (state.phase !== "live") return;
        this.stretches.push({ epoch: state.epoch, head: state.head, seqs: [] });
      },
    );
  }

  expectContiguous(): void {
    for (const { head, seqs } of this.stretches) {
      expect(seqs).toEqual(seqs.map((_, index) => head + 1 + index));
    }
  }
}

describe("updates of a bucket", () => {
  test("come in order, and those of a call before its result (B06)", async () => {
    const world = await openChat();
    const { clock, client } = world.pair;
    const follower = new Follower(world);
    await clock.settle();
    const order: string[] = [];
    client.subscribe("room:1", ({ data }) => void order.push(`heard ${data}`));
    await clock.finish(client.call("send", "hi").then(() => void order.push("answered")));
    expect(order).toEqual(["heard hi", "answered"]);
    expect(follower.phases).toEqual(["waiting", "live"]);
    await world.close();
  });

  test("are contiguous in each stretch, whatever breaks: 300 random moments (B36)", async () => {
    const world = await openChat();
    const { clock, link, server } = world.pair;
    const random = seededRandom(7);
    const follower = new Follower(world);
    let published = 0;
    for (let moment = 0; moment < 300; moment++) {
      const dice = random();
      if (dice < 0.03) link.drop();
      else if (dice < 0.05) link.blackHole(dice < 0.04 ? "down" : "up");
      else if (dice < 0.08) link.heal();
      else if (dice < 0.09) world.pair.startServer();
      else
        for (let i = 0; i < dice * 10; i++)
          await world.pair.server.publish("room:1", `${++published}`);
      await clock.run(random() * 500);
    }
    link.heal();
    await world.pair.connected();
    await clock.settle();
    await world.pair.server.publish("room:1", "last");
    await clock.settle();
    expect(server).toBeDefined();
    expect(follower.stretches.length).toBeGreaterThan(5);
    expect(follower.texts.at(-1)).toBe("last");
    follower.expectContiguous();
    await world.close();
  });

  test("tell where each stretch begins, so that a gap can be seen; a new server has a new epoch", async () => {
    const world = await openChat();
    const { clock, link } = world.pair;
    const follower = new Follower(world);
    await clock.settle();
    await world.pair.server.publish("room:1", "one");
    await clock.settle();
    link.drop();
    await world.pair.server.publish("room:1", "missed");
    await world.pair.connected();
    await clock.settle();
    world.pair.startServer();
    await world.pair.connected();
    await clock.settle();
    expect(follower.stretches.map(({ head }) => head)).toEqual([0, 2, 0]);
    expect(new Set(follower.stretches.map(({ epoch }) => epoch)).size).toBe(2);
    expect(follower.texts).toEqual(["one"]);
    await world.close();
  });

  test("that may not be read end, and are asked for again with the next session", async () => {
    const world = await openChat();
    const { clock, link } = world.pair;
    const follower = new Follower(world, "secret:1");
    await clock.settle();
    expect(follower.phases).toEqual(["waiting", "ended"]);
    link.drop();
    await world.pair.connected();
    expect(follower.phases).toEqual(["waiting", "ended", "waiting", "ended"]);
    await world.close();
  });

  test("whose right was taken away stop at once", async () => {
    const world = await openChat();
    const { clock, server } = world.pair;
    const follower = new Follower(world);
    await clock.settle();
    server.revoke("ada", "room:1");
    await server.publish("room:1", "not for you");
    await clock.settle();
    expect(follower.phases).toEqual(["waiting", "live", "ended"]);
    expect(follower.texts).toEqual([]);
    await world.close();
  });
});

describe("a listener that takes its time", () => {
  const listenSlowly = (world: ChatWorld): { heard: string[]; release: () => void } => {
    const heard: string[] = [];
    let resolves: (() => void)[] = [];
    let isSlow = true;
    world.pair.client.subscribe("room:1", ({ data }) => {
      heard.push(data);
      if (!isSlow) return;
      return new Promise<void>((resolve) => void resolves.push(resolve));
    });
    const release = (): void => {
      isSlow = false;
      for (const resolve of resolves) resolve();
      resolves = [];
    };
    return { heard, release };
  };

  test("stops the socket, keeps the connection, and hears everything in the end", async () => {
    const world = await openChat();
    const { clock, server, link, client } = world.pair;
    const { heard, release } = listenSlowly(world);
    await clock.settle();
    for (let batch = 0; batch < 20; batch++) {
      for (let i = 0; i < 50; i++) await server.publish("room:1", `${batch * 50 + i}`);
      await clock.run(100);
    }
    expect(heard.length).toBeGreaterThan(256);
    expect(heard.length).toBeLessThan(400);
    await clock.run(60_000);
    expect(client.state.current).toBe("connected");
    release();
    await clock.run(1_000);
    expect(heard).toEqual(Array.from({ length: 1_000 }, (_, index) => `${index}`));
    expect(link.dials).toBe(1);
    await world.close();
  });

  test("beyond all measure costs the session, not the server's memory", async () => {
    const world = await openChat({ server: { policy: { bufferedBytesMax: 50_000 } } });
    const { clock, server, link } = world.pair;
    const { release } = listenSlowly(world);
    await clock.settle();
    for (let batch = 0; batch < 40; batch++) {
      for (let i = 0; i < 50; i++) await server.publish("room:1", "x".repeat(100));
      await clock.run(100);
    }
    expect(server.stats.refusals).toEqual({ slowConsumer: 1 });
    release();
    await clock.run(10_000);
    await world.pair.connected();
    expect(link.dials).toBeGreaterThan(1);
    await world.close();
  });

  test("does not delay the answers of calls made before it paused the socket", async () => {
    const world = await openChat();
    const { clock, client } = world.pair;
    listenSlowly(world);
    await clock.settle();
    const fates = Array.from({ length: 100 }, () => new Fate(client.call("send", "x")));
    await clock.settle();
    expect(fates.every(({ state }) => state === "resolved")).toBe(true);
    await world.close();
  });
});

test("a listener that is far behind does not keep its client from coming back after a drop (S4)", async () => {
  const world = await openChat();
  const { clock, client, link, server } = world.pair;
  const works: (() => void)[] = [];
  client.subscribe("room:1", () => new Promise<void>((resolve) => void works.push(resolve)));
  await clock.settle();
  for (let n = 0; n < 300; n++) await server.publish("room:1", `${n}`);
  await clock.settle();
  link.drop();
  await clock.run(60_000);
  expect(client.connection.current).toMatchObject({ state: "open" });
  expect(works).toHaveLength(300);
  for (const end of works) end();
  await clock.finish(client.call("read", "on"));
  await world.close();
});
