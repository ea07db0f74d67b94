import { describe, expect, test } from "vitest";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { LogReader } from "../src/log-reader.ts";
import type { LogPage, LogRange, ServerStore } from "../src/server-store.ts";
import { StoreError } from "../src/store-error.ts";
import { settled } from "./serve.ts";

interface Trip {
  readonly asked: readonly string[];
  answer(): void;
  fail(error?: Error): void;
}

class World {
  readonly clock = new ManualClock();
  readonly errors: unknown[] = [];
  readonly trips: Trip[] = [];
  readonly reader: LogReader;

  constructor() {
    const page = (bucket: string, after: number): LogPage => ({
      bucket,
      epoch: "e",
      head: after,
      oldest: 1,
      after,
      upTo: after,
      updates: [],
    });
    const store: Pick<ServerStore, "read" | "ranges"> = {
      read: async (asked) =>
        await this.#trip(
          asked.map(({ bucket, after }) => `${bucket}>${after}`),
          asked.map(({ bucket, after }) => page(bucket, after)),
        ),
      ranges: async (asked) =>
        await this.#trip(
          asked,
          asked.map((bucket) => page(bucket, 0)),
        ),
    };
    this.reader = new LogReader(
      store as ServerStore,
      this.clock,
      { updates: 9, bytes: 9 },
      (error) => this.errors.push(error),
    );
  }

  /** Reads; what is answered is written down as `bucket@head`, or `bucket: none`. */
  page(bucket: string, after: number, heard: string[]): void {
    this.reader.page(bucket, after, (page) =>
      heard.push(page ? `${bucket}@${page.head}` : `${bucket}: none`),
    );
  }

  async turn(): Promise<void> {
    this.clock.flush();
    await settled();
  }

  async #trip<Answer extends LogRange>(
    asked: readonly string[],
    answers: readonly Answer[],
  ): Promise<readonly Answer[]> {
    return await new Promise((resolve, reject) => {
      this.trips.push({
        asked,
        answer: () => resolve(answers),
        fail: (error = new Error("disk")) => reject(error),
      });
    });
  }
}

test("what is asked for in one tick goes in one trip, alike questions once", async () => {
  const world = new World();
  const heard: string[] = [];
  world.page("a", 1, heard);
  world.page("a", 2, heard);
  world.page("a", 1, heard);
  world.reader.range("b", (range) => heard.push(`range ${range?.bucket}`));
  expect(world.trips).toEqual([]);
  await world.turn();
  expect(world.trips.map(({ asked }) => asked)).toEqual([["b"], ["a>1", "a>2"]]);
  for (const trip of world.trips) trip.answer();
  await settled();
  expect(heard).toEqual(["range b", "a@1", "a@1", "a@2"]);
  expect(world.clock.pending).toBe(0);
});

test("no more than 64 pages go in one trip, and four trips at once", async () => {
  const world = new World();
  const heard: string[] = [];
  for (let i = 0; i < 300; i++) world.page(`b${i}`, 0, heard);
  await world.turn();
  expect(world.trips.map(({ asked }) => asked.length)).toEqual([64, 64, 64, 64]);
  world.trips[2]?.answer();
  await settled();
  await world.turn();
  expect(world.trips.map(({ asked }) => asked.length)).toEqual([64, 64, 64, 64, 44]);
  for (const trip of world.trips) trip.answer();
  await settled();
  expect(heard).toHaveLength(300);
});

describe("a store that fails", () => {
  test("is reported once, and everybody hears that there is no answer", async () => {
    const world = new World();
    const heard: string[] = [];
    world.page("a", 1, heard);
    world.page("b", 1, heard);
    await world.turn();
    world.trips[0]?.fail();
    await settled();
    expect(heard).toEqual(["a: none", "b: none"]);
    expect(world.errors).toEqual([new Error("disk")]);
  });

  test("over one spoiled bucket fails for those alone who read it", async () => {
    const world = new World();
    const heard: string[] = [];
    for (const bucket of ["a", "spoiled", "c"]) world.page(bucket, 1, heard);
    await world.turn();
    const corrupt = new StoreError("corrupt");
    world.trips[0]?.fail(corrupt);
    for (const turn of [1, 2, 3]) {
      await settled();
      expect(world.trips[turn]?.asked).toEqual([["a>1"], ["spoiled>1"], ["c>1"]][turn - 1]);
      if (turn === 2) world.trips[turn]?.fail(corrupt);
      else world.trips[turn]?.answer();
    }
    await settled();
    expect(heard).toEqual(["a@1", "spoiled: none", "c@1"]);
    expect(world.errors).toEqual([corrupt]);
  });

  test("by throwing fails as one that rejects", async () => {
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const store = {
      read: () => {
        throw new Error("closed");
      },
    };
    const reader = new LogReader(store as never, clock, { updates: 1, bytes: 1 }, (error) =>
      errors.push(error),
    );
    const heard: unknown[] = [];
    reader.page("a", 0, (page) => heard.push(page));
    clock.flush();
    await settled();
    expect(heard).toEqual([undefined]);
    expect(errors).toEqual([new Error("closed")]);
  });
});

test("an asker that throws keeps the answer from nobody else", async () => {
  const world = new World();
  const heard: string[] = [];
  world.reader.page("a", 0, () => {
    throw new Error("ours");
  });
  world.page("a", 0, heard);
  await world.turn();
  world.trips[0]?.answer();
  await settled();
  expect(heard).toEqual(["a@0"]);
  expect(world.errors).toEqual([new Error("ours")]);
});

test("a reader that is closed asks nothing more", async () => {
  const world = new World();
  world.page("a", 0, []);
  world.reader.close();
  await world.turn();
  expect(world.trips).toEqual([]);
  expect(world.clock.pending).toBe(0);
});
