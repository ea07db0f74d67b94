import { expect, test } from "vitest";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { Alarms } from "../src/base/alarms.ts";
import { LogTrimmer } from "../src/log-trimmer.ts";
import { DEFAULT_RETENTION } from "../src/server-policy.ts";
import type { ServerStore } from "../src/server-store.ts";

function setUp(answers: (number | Error)[]): {
  clock: ManualClock;
  trimmer: LogTrimmer;
  asked: unknown[][];
  errors: unknown[];
} {
  const clock = new ManualClock();
  const asked: unknown[][] = [];
  const errors: unknown[] = [];
  const store: Pick<ServerStore, "trim"> = {
    trim: async (...question) => {
      asked.push(question);
      const answer = answers.shift() ?? 0;
      if (answer instanceof Error) throw answer;
      return await Promise.resolve(answer);
    },
  };
  const trimmer = new LogTrimmer(
    store as ServerStore,
    DEFAULT_RETENTION,
    clock,
    new Alarms(clock),
    (error) => errors.push(error),
  );
  return { clock, trimmer, asked, errors };
}

test("once a minute the store forgets what is past its time", async () => {
  const { clock, trimmer, asked } = setUp([]);
  expect(clock.pending).toBe(0);
  trimmer.start();
  trimmer.start();
  await clock.run(59_999);
  expect(asked).toEqual([]);
  await clock.run(1);
  expect(asked).toEqual([[DEFAULT_RETENTION, clock.wallNow(), 1_000]]);
  await clock.run(120_000);
  expect(asked).toHaveLength(3);
});

test("what is more than a step goes in several, each in a turn of its own", async () => {
  const { clock, trimmer, asked } = setUp([1_000, 1_000, 999]);
  trimmer.start();
  await clock.run(60_000);
  expect(asked).toHaveLength(3);
});

test("a store that fails is reported, and asked again in a minute", async () => {
  const { clock, trimmer, asked, errors } = setUp([new Error("disk")]);
  trimmer.start();
  await clock.run(120_000);
  expect(errors).toEqual([new Error("disk")]);
  expect(asked).toHaveLength(2);
});

test("a closed one is done for good, in whatever it was about to do", async () => {
  const resting = setUp([]);
  resting.trimmer.start();
  resting.trimmer.close();
  resting.trimmer.start();
  expect(resting.clock.pending).toBe(0);

  const trimming = setUp([1_000]);
  trimming.trimmer.start();
  trimming.clock.advance(60_000);
  trimming.trimmer.close();
  await trimming.clock.run(300_000);
  expect(trimming.asked.length).toBeLessThanOrEqual(1);
  expect(trimming.clock.pending).toBe(0);
});
