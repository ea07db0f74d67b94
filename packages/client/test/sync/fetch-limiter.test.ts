/** Who fetches when, if many want to. */
import { expect, test } from "vitest";

import { BACKGROUND, FetchLimiter } from "../../src/sync/fetch-limiter.ts";

function limiterOf(fetchesMax: number) {
  const limiter = new FetchLimiter({ fetchesMax });
  const granted: string[] = [];
  const enter = (name: string, priority = 0) => {
    const fetcher = { priority, grant: () => void granted.push(name) };
    limiter.enter(fetcher);
    return fetcher;
  };
  return { limiter, granted, enter };
}

test("so many at once, and no more (B45)", () => {
  const { limiter, granted, enter } = limiterOf(2);
  const [first] = ["a", "b", "c", "d"].map((name) => enter(name));
  expect(granted).toEqual(["a", "b"]);
  if (first) limiter.leave(first);
  expect(granted).toEqual(["a", "b", "c"]);
});

test("what is on the screen comes first, then who came first (L58)", () => {
  const { limiter, granted, enter } = limiterOf(1);
  const first = enter("first");
  for (const name of ["b", "c"]) enter(name);
  const urgent = enter("urgent", 5);
  limiter.leave(first);
  expect(granted).toEqual(["first", "urgent"]);
  limiter.leave(urgent);
  expect(granted).toEqual(["first", "urgent", "b"]);
});

test("who comes back for more waits behind the others", () => {
  const { limiter, granted, enter } = limiterOf(1);
  const first = enter("a");
  enter("b");
  limiter.enter(first);
  expect(granted).toEqual(["a", "b"]);
});

test("who comes back for more and is the most urgent goes on (L58)", () => {
  const { limiter, granted, enter } = limiterOf(1);
  const urgent = enter("urgent", 5);
  enter("b");
  limiter.enter(urgent);
  expect(granted).toEqual(["urgent", "urgent"]);
});

test("a priority that changes in the queue counts (L58)", () => {
  const { limiter, granted, enter } = limiterOf(1);
  const first = enter("a");
  enter("b");
  const late = enter("c");
  late.priority = 1;
  limiter.leave(first);
  expect(granted).toEqual(["a", "c"]);
});

test("what nobody looks at leaves one turn free", () => {
  const { limiter, granted, enter } = limiterOf(2);
  enter("a", BACKGROUND);
  const second = enter("b", BACKGROUND);
  expect(granted).toEqual(["a"]);
  enter("seen");
  expect(granted).toEqual(["a", "seen"]);
  second.priority = 0;
  limiter.admit();
  expect(granted).toEqual(["a", "seen"]);
});

test("a bucket that is opened while it waits takes the free turn at once", () => {
  const { limiter, granted, enter } = limiterOf(2);
  enter("a", BACKGROUND);
  const opened = enter("b", BACKGROUND);
  opened.priority = 0;
  limiter.admit();
  expect(granted).toEqual(["a", "b"]);
});

test("with a single turn, what nobody looks at gets it too", () => {
  const { granted, enter } = limiterOf(1);
  enter("a", BACKGROUND);
  expect(granted).toEqual(["a"]);
});

test("who gives up its place in the queue is not called", () => {
  const { limiter, granted, enter } = limiterOf(1);
  const first = enter("a");
  limiter.leave(enter("b"));
  limiter.leave(first);
  expect(granted).toEqual(["a"]);
});
