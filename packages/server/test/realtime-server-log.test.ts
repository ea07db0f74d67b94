import { ALL_CAPABILITIES, jsonServerCodec } from "@holdfast/protocol";
import type { BucketPosition, Fetch, ServerMessage } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import type { MemoryPeer } from "./memory-peer.ts";
import { memoryStore } from "../src/stores/memory.ts";
import { TestServer } from "./serve.ts";
import type { ServeOptions } from "./serve.ts";

const everything = { capabilities: ALL_CAPABILITIES };
const types = (messages: readonly ServerMessage[]): string[] => messages.map(({ type }) => type);
const subscribe = (...buckets: BucketPosition[]) => ({ type: "subscribe", buckets }) as const;

class Chat extends TestServer {
  constructor(options: ServeOptions = {}) {
    super(options);
  }

  /** A session that speaks everything. */
  async durable(token = "ada"): Promise<MemoryPeer> {
    return await this.open({ ...everything, token });
  }

  async publish(count: number, key: "room:1" | "room:2" = "room:1"): Promise<void> {
    for (let i = 0; i < count; i++) await this.server.publish(key, i);
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The epoch is known once something was subscribed. */
  async learnEpoch(peer: MemoryPeer): Promise<string> {
    peer.says(subscribe({ bucket: "room:99" }));
    await this.tick();
    const [answer] = peer.takes();
    this.#epoch = answer?.type === "subscribed" ? answer.epoch : "";
    return this.#epoch;
  }
  #epoch = "";

  fetch(id: number, after: number, changes: Partial<Fetch> = {}): Fetch {
    const { epoch } = this;
    return { type: "fetch", id, bucket: "room:1", epoch, after, limit: 200, ...changes };
  }
}

describe("a page that grows in its codec", () => {
  /** JSON with so much around each update as others may need for their numbers. */
  const wordy: typeof jsonServerCodec = {
    ...jsonServerCodec,
    subprotocol: "holdfast.v1.wordy",
    sizeOf: (part) => 3 * jsonServerCodec.sizeOf(part),
  };

  test("is fetched in parts, and the last of them goes live", async () => {
    const limits = { frameBytes: 20_000 };
    const own = new Chat({ limits, codecs: [jsonServerCodec, wordy] });
    const epoch = await own.learnEpoch(await own.durable());
    for (let n = 0; n < 8; n++) await own.server.publish("room:1", "x".repeat(1_000));
    const peer = own.dial({ subprotocol: "holdfast.v1.wordy" });
    peer.says(own.hello({ ...everything, buckets: [{ bucket: "room:1", epoch, after: 0 }] }));
    await own.tick();
    expect(types(peer.takes())).toEqual(["welcome", "subscribed", "heads"]);
    for (const [id, after, upTo] of [
      [1, 0, 4],
      [2, 4, 8],
    ] as const) {
      peer.says(own.fetch(id, after));
      await own.tick();
      expect(peer.takes()).toMatchObject([{ type: "page", id, after, upTo, head: 8 }]);
    }
    await own.publish(1);
    await own.tick();
    expect(peer.takes()).toMatchObject([{ type: "updates", after: 8, upTo: 9 }]);
    expect([peer.isTerminated, own.errors]).toEqual([false, []]);
  });
});

describe("a client with a position", () => {
  test("gets what it missed with the hello, and needs no request (Y2, B47)", async () => {
    const own = new Chat();
    const epoch = await own.learnEpoch(await own.durable());
    await own.publish(3);
    const peer = own.dial();
    const buckets = [{ bucket: "room:1", epoch, after: 1 }];
    peer.says(own.hello({ ...everything, buckets }));
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "welcome", capabilities: ["updates", "log", "keys"], keyRetentionMs: 172_800_000 },
      { type: "subscribed", bucket: "room:1", epoch, head: 3 },
      { type: "page", after: 1, upTo: 3, head: 3, updates: [{ seq: 2 }, { seq: 3 }] },
    ]);
    await own.publish(1);
    await own.tick();
    expect(peer.takes()).toMatchObject([{ type: "updates", after: 3, upTo: 4 }]);
  });

  test("is not heard where it speaks no log (B52)", async () => {
    const own = new Chat();
    const epoch = await own.learnEpoch(await own.durable());
    await own.publish(3);
    const peer = await own.open();
    peer.says(subscribe({ bucket: "room:1", epoch, after: 1 }));
    await own.tick();
    expect(peer.takes()).toEqual([{ type: "subscribed", bucket: "room:1", epoch, head: 3 }]);
  });

  test("that missed more than a page is pushed nothing until it has fetched the rest", async () => {
    const own = new Chat({ limits: { pageUpdates: 2 } });
    const peer = await own.durable();
    const epoch = await own.learnEpoch(peer);
    await own.publish(5);
    peer.says(subscribe({ bucket: "room:1", epoch, after: 0 }));
    await own.tick();
    expect(peer.takes()).toMatchObject([{ head: 5 }, { type: "page", after: 0, upTo: 2, head: 5 }]);
    await own.publish(1);
    peer.says(own.fetch(1, 2), own.fetch(2, 4));
    await own.tick();
    await own.publish(1);
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "page", id: 1, after: 2, upTo: 4, head: 6 },
      { type: "page", id: 2, after: 4, upTo: 6, head: 6 },
      { type: "updates", after: 6, upTo: 7 },
    ]);
  });

  test("gets a mebibyte unasked, and heads for the rest", async () => {
    const own = new Chat();
    const peer = await own.durable();
    const epoch = await own.learnEpoch(peer);
    const buckets = Array.from({ length: 8 }, (_, index) => `room:b${index}` as const);
    for (const bucket of buckets) {
      for (let i = 0; i < 4; i++) await own.server.publish(bucket, "x".repeat(50_000));
    }
    peer.says(subscribe(...buckets.map((bucket) => ({ bucket, epoch, after: 0 }))));
    await own.tick();
    const heard = types(peer.takes()).filter((type) => type !== "subscribed");
    expect(heard).toEqual([
      ...Array.from({ length: 5 }, () => "page"),
      ...Array.from({ length: 3 }, () => "heads"),
    ]);
    // The next message has a budget of its own.
    peer.says({ type: "unsubscribe", buckets: [...buckets] });
    peer.says(subscribe({ bucket: "room:b7", epoch, after: 0 }));
    await own.tick();
    expect(types(peer.takes()).slice(8)).toEqual(["subscribed", "page"]);
  });
});

describe("a fetch", () => {
  test("reads a bucket that is not subscribed, if the account may", async () => {
    const own = new Chat();
    const peer = await own.durable();
    await own.learnEpoch(peer);
    await own.publish(2);
    await own.server.publish("note:1", { text: "n" });
    peer.says(
      own.fetch(1, 0, { limit: 1 }),
      own.fetch(2, 0, { bucket: "note:1" }),
      own.fetch(3, 2),
      own.fetch(4, 3),
      own.fetch(5, 0, { epoch: "other" }),
      own.fetch(6, 0, { bucket: "secret:1" }),
      own.fetch(7, 0, { bucket: "none" }),
      own.fetch(8, 0, { limit: 0 }),
    );
    await own.tick();
    const answers = peer
      .takes()
      .toSorted((a, b) => ("id" in a && "id" in b ? Number(a.id) - Number(b.id) : 0));
    expect(answers).toMatchObject([
      { type: "page", id: 1, upTo: 1, head: 2 },
      { type: "page", id: 2, bucket: "note:1", updates: [{ data: { text: "n" } }] },
      { type: "page", id: 3, after: 2, upTo: 2, head: 2, updates: [] },
      { type: "tooFarBehind", id: 4, oldest: 1, head: 2 },
      { type: "tooFarBehind", id: 5, oldest: 1, head: 2 },
      { type: "failure", id: 6, code: "denied", refused: true },
      { type: "failure", id: 7, code: "gone", refused: true },
      { type: "failure", id: 8, code: "badInput", refused: true },
    ]);
  });

  test("beside a subscription that is just being opened disturbs neither", async () => {
    const own = new Chat();
    const peer = await own.durable();
    const epoch = await own.learnEpoch(peer);
    await own.publish(2);
    peer.says(subscribe({ bucket: "room:1", epoch, after: 1 }), own.fetch(1, 0));
    await own.tick();
    await own.publish(1);
    await own.tick();
    const heard = peer.takes();
    expect(heard.map(({ type }) => type).toSorted()).toEqual([
      "page",
      "page",
      "subscribed",
      "updates",
    ]);
    expect(heard.at(-1)).toMatchObject({ type: "updates", after: 2, upTo: 3 });
  });

  test("of a bucket that is revoked while it is read brings nothing (L62)", async () => {
    const own = new Chat();
    const peer = await own.durable();
    const epoch = await own.learnEpoch(peer);
    await own.publish(2);
    peer.says(subscribe({ bucket: "room:1", epoch, after: 2 }));
    await own.tick();
    peer.takes();
    peer.says(own.fetch(1, 0));
    own.server.revoke("ada", "room:1");
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "unsubscribed", code: "revoked" },
      { type: "failure", id: 1, code: "denied" },
    ]);
  });

  test("of a bucket that is not subscribed brings nothing either, once its right is gone", async () => {
    const own = new Chat();
    const peer = await own.durable();
    const epoch = await own.learnEpoch(peer);
    await own.publish(2);
    peer.says({ type: "unsubscribe", buckets: ["room:1"] });
    await own.tick();
    peer.takes();
    peer.says(own.fetch(1, 0, { epoch }), own.fetch(2, 0, { epoch, bucket: "note:1" }));
    own.server.revoke("ada", "room:1");
    own.server.revoke("ada", "note:1");
    own.server.revoke("ada", "room:2");
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "failure", id: 1, code: "denied", refused: true },
      { type: "failure", id: 2, code: "denied", refused: true },
    ]);
    // The next one asks anew.
    peer.says(own.fetch(3, 0, { epoch }));
    await own.tick();
    expect(peer.takes()).toMatchObject([{ type: "page", id: 3, upTo: 2 }]);
  });

  test("fails where the log cannot be read, and the session goes on", async () => {
    const store = memoryStore();
    const own = new Chat({ store: { ...wrapped(store), read: failing, ranges: failing } });
    const peer = await own.durable();
    peer.says(own.fetch(1, 0, { epoch: "e" }), { type: "ping", nonce: 1 });
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "pong" },
      { type: "failure", id: 1, code: "internal" },
    ]);
    expect(own.errors).toMatchObject([{ context: { place: "store" } }]);
  });
});

describe("what a viewer may not see", () => {
  test("is passed as a skip, live and in pages (B43)", async () => {
    const own = new Chat();
    const [ada, bob] = [await own.durable(), await own.durable("bob")];
    const epoch = await own.learnEpoch(ada);
    for (const peer of [ada, bob]) peer.says(subscribe({ bucket: "whisper:1", epoch, after: 0 }));
    await own.tick();
    for (const peer of [ada, bob]) peer.takes();
    for (const to of ["ada", "bob", "bob"]) await own.server.publish("whisper:1", to);
    await own.tick();
    expect(ada.takes()).toMatchObject([
      { type: "updates", after: 0, upTo: 1, updates: [{ data: "ada" }] },
      { type: "updates", after: 1, upTo: 2, updates: [], skipped: [[2, 2]] },
      { type: "updates", after: 2, upTo: 3, updates: [], skipped: [[3, 3]] },
    ]);
    expect(JSON.stringify(bob.takes())).not.toContain('"data":"ada"');
    ada.says(own.fetch(1, 0, { bucket: "whisper:1" }));
    await own.tick();
    expect(ada.takes()).toMatchObject([{ type: "page", upTo: 3, head: 3, skipped: [[2, 3]] }]);
  });

  test("is denied as a whole to who speaks no log", async () => {
    const own = new Chat();
    const peer = await own.open();
    peer.says(subscribe({ bucket: "whisper:1" }));
    await own.tick();
    expect(peer.takes()).toEqual([{ type: "unsubscribed", bucket: "whisper:1", code: "denied" }]);
  });
});

describe("buckets that the application names", () => {
  test("are subscribed by every hello of a client that speaks the log, after its own", async () => {
    const own = new Chat({ accountBuckets: ({ account }) => [`room:${account}`, "room:1"] });
    const peer = own.dial();
    peer.says(own.hello({ ...everything, buckets: [{ bucket: "room:1" }] }));
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "welcome" },
      { type: "subscribed", bucket: "room:1" },
      { type: "subscribed", bucket: "room:ada" },
    ]);
    expect(types((await own.open()).takes())).toEqual([]);
  });

  test("are none where one is no name, which would spoil the reading of all others", async () => {
    const own = new Chat({ accountBuckets: () => ["room:1", "room:\ud800"] });
    const peer = await own.durable();
    await own.tick();
    expect(peer.takes()).toEqual([]);
    expect(own.errors).toMatchObject([{ context: { place: "authorize", account: "ada" } }]);
  });

  test("are none where the application breaks, which is reported", async () => {
    const own = new Chat({
      accountBuckets: () => {
        throw new Error("no database");
      },
    });
    const peer = await own.durable();
    await own.tick();
    expect(peer.takes()).toEqual([]);
    expect(own.errors).toMatchObject([{ context: { place: "authorize", account: "ada" } }]);
  });
});

describe("a store", () => {
  test("that was passed in outlives the server, and its log with it", async () => {
    const store = memoryStore();
    const first = new Chat({ store });
    await first.publish(2);
    await first.server.close();
    const second = new Chat({ store });
    expect((await second.server.publish("room:1", "third")).seq).toBe(3);
  });

  test("that the server made is closed with it", async () => {
    const own = new Chat();
    await own.server.close();
    await expect(own.server.publish("room:1", 1)).rejects.toThrow("the store failed");
  });

  test("that cannot commit fails the publish and is reported", async () => {
    const own = new Chat({ store: { ...wrapped(memoryStore()), commit: failing } });
    await expect(own.server.publish("room:1", 1)).rejects.toThrow("the store failed");
    expect(own.errors).toMatchObject([{ context: { place: "store" } }]);
  });

  test("is told once a minute what to keep", async () => {
    const asked: unknown[] = [];
    const store = wrapped(memoryStore());
    const own = new Chat({
      store: {
        ...store,
        trim: async (retention) => {
          asked.push(retention);
          return await Promise.resolve(0);
        },
      },
      retention: { updatesMax: 7 },
    });
    await own.durable();
    await own.tick(60_000);
    expect(asked).toMatchObject([{ updatesMax: 7, keyMs: 172_800_000 }]);
  });
});

test("a unit outside of any call appends all or nothing", async () => {
  const own = new Chat();
  const failed = own.server.commit((tx) => {
    tx.append("room:1", "a");
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  const seq = await own.server.commit((tx) => tx.append("room:1", "b").seq);
  expect(seq).toBe(1);
});

test("limits that do not fit into a frame are cut, and the welcome says so", async () => {
  const own = new Chat({ limits: { frameBytes: 20_000 } });
  const peer = own.dial();
  peer.says(own.hello());
  await own.tick();
  expect(peer.takes()).toMatchObject([
    { limits: { frameBytes: 20_000, updateBytes: 10_000, pageBytes: 10_000, pageUpdates: 9 } },
  ]);
});

test("a server says whether it should get connections, and why not (V4)", async () => {
  const store = memoryStore();
  let isBroken = false;
  const failing = (): Promise<never> => Promise.reject(new Error("disk"));
  const own = new TestServer({
    store: {
      ...wrapped(store),
      ranges: (buckets) => (isBroken ? failing() : store.ranges(buckets)),
      commit: (unit) => (isBroken ? failing() : store.commit(unit)),
    },
  });
  expect(await own.server.readiness()).toBe("ready");
  isBroken = true;
  expect(await own.server.readiness()).toBe("storeFailing");
  isBroken = false;
  await own.server.publish("room:1", "a");
  expect(await own.server.readiness()).toBe("ready");
  isBroken = true;
  await expect(own.server.publish("room:1", "b")).rejects.toThrow("the store failed");
  isBroken = false;
  expect([await own.server.readiness(), own.server.stats.storeFaults]).toEqual(["storeFailing", 2]);
  await own.server.close();
  expect(await own.server.readiness()).toBe("closing");
  expect(own.clock.pending).toBe(0);
});

/** The store's methods, to be replaced one by one. */
function wrapped(store: ReturnType<typeof memoryStore>): ReturnType<typeof memoryStore> {
  return {
    commit: async (unit) => await store.commit(unit),
    outcome: async (call) => await store.outcome(call),
    cancel: async (call, now) => await store.cancel(call, now),
    ranges: async (buckets) => await store.ranges(buckets),
    read: async (requests, limits) => await store.read(requests, limits),
    trim: async (retention, now, rowsMax) => await store.trim(retention, now, rowsMax),
    watch: (listener) => store.watch(listener),
    close: async () => await store.close(),
  };
}
async function failing(): Promise<never> {
  return await Promise.reject(new Error("disk"));
}
