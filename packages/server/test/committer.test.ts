import { describe, expect, test } from "vitest";

import { PublishError } from "../src/bucket-publisher.ts";
import type { BucketRun } from "../src/bucket-run.ts";
import { StoreFault } from "../src/committer.ts";
import type { ServerStore } from "../src/server-store.ts";
import { KeyedWorld } from "./keyed-world.ts";
import { settled } from "./serve.ts";

const world = (store?: ServerStore): KeyedWorld =>
  new KeyedWorld(() => undefined, store && { store });

test("all of a unit is appended, or nothing of it (B48)", async () => {
  const own = world();
  const failed = own.committer.commit((tx) => {
    tx.append("room:1", "a");
    tx.append("room:1", 1n);
  });
  await expect(failed).rejects.toBeInstanceOf(PublishError);
  expect(await own.log()).toEqual([]);
  const { output } = await own.committer.commitPlain(({ append, head }) => {
    append("room:1", "a");
    append("room:1", "b");
    return head("room:1").head;
  });
  expect(output).toBe(2);
  expect(await own.log()).toEqual(["a", "b"]);
  expect(own.counts.updatesPublished).toBe(2);
  expect(own.writes).toBe(1);
});

test("a commit is told to who reads live before it resolves, and nothing prepared is left", async () => {
  const own = world();
  const order: string[] = [];
  const feed = {
    push: (run: BucketRun) => order.push(`pushed ${run.upTo}`),
    lose: () => order.push("lost"),
    renumber: () => order.push("renumbered"),
  };
  own.pump.join("room:1", feed);
  await own.committer.publish("room:1", "a").then(({ seq }) => order.push(`published ${seq}`));
  expect(order).toEqual(["pushed 1", "published 1"]);
  await own.committer.commit((tx) => tx.append("room:1", 1n)).catch(() => undefined);
  expect(own.prepared.size).toBe(0);
  own.pump.leave("room:1", feed);
});

test("nothing prepared is left where a store runs a unit again at another place", async () => {
  const store: Pick<ServerStore, "commit"> = {
    commit: async (unit) => {
      for (const head of [0, 5]) {
        unit.run({
          append: () => ({ epoch: "e", seq: head + 1 }),
          head: (bucket) => ({ bucket, epoch: "e", head }),
          db: undefined,
        });
      }
      return await Promise.reject(new Error("disk"));
    },
  };
  const own = world(store as ServerStore);
  await expect(own.committer.publish("room:1", "a")).rejects.toBeInstanceOf(StoreFault);
  expect(own.prepared.size).toBe(0);
});

test("a transaction is of no use once its unit is over", async () => {
  const own = world();
  let kept: { append: (bucket: string, data: unknown) => unknown } | undefined;
  await own.committer.commit((tx) => void (kept = tx));
  expect(() => kept?.append("room:1", "late")).toThrow("the unit is over".replace("t", "T"));
});

describe("a failure is", () => {
  test("the unit's own where the unit threw", async () => {
    const own = world();
    const fault = new Error("constraint");
    const failed = own.committer.commit(() => {
      throw fault;
    });
    await expect(failed).rejects.toBe(fault);
    expect(own.errors).toEqual([]);
  });

  test("the unit's own where it asked for what no store does: the store is well", async () => {
    const own = world();
    const failed = own.committer.commit(async () => await Promise.resolve(1));
    await expect(failed).rejects.toMatchObject({ name: "StoreError", code: "asyncUnit" });
    expect(own.errors).toEqual([]);
  });

  test("the store's where it did not, and is reported", async () => {
    const disk = new Error("disk");
    const own = world({ commit: async () => await Promise.reject(disk) } as never);
    await expect(own.committer.publish("room:1", 1)).rejects.toBeInstanceOf(StoreFault);
    expect(own.errors).toEqual([disk]);
  });

  test("the store's where a unit went well and could not be made durable", async () => {
    const disk = new Error("disk");
    const store: Pick<ServerStore, "commit"> = {
      commit: async (unit) => {
        unit.run({
          append: () => ({ epoch: "e", seq: 1 }),
          head: (bucket) => ({ bucket, epoch: "e", head: 0 }),
          db: undefined,
        });
        return await Promise.reject(disk);
      },
    };
    const own = world(store as ServerStore);
    await expect(own.committer.publish("room:1", 1)).rejects.toBeInstanceOf(StoreFault);
    expect(own.prepared.size).toBe(0);
    await settled();
  });
});
