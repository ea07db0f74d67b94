/** The picture of the states, held against the machine's own page. */
import { readFileSync } from "node:fs";

import { CONNECTION_STATES } from "@holdfast/client/machine";
import { expect, test } from "vitest";

import {
  EDGES,
  hopPath,
  HOPS_MAX,
  lastHops,
  lastPath,
  MAP,
  PLACES,
} from "../../src/view/state-map.ts";
import { accepts, acceptsThenDrops, opened, recorded } from "../recording-world.ts";

const page = readFileSync(
  new URL("../../../../docs/connection-states.md", import.meta.url),
  "utf8",
);
const live = ["connectingTransport", "authenticating", "open"];

test("its ways are those of the machine, as docs/connection-states.md draws them", () => {
  const drawn = [...page.matchAll(/^ +(\w+) --> (\w+): /gm)].flatMap(([, from = "", to = ""]) =>
    (from === "live" ? live : [from]).map((state) => `${state} ${to}`),
  );
  const known = EDGES.map(([from, to]) => `${from} ${to}`);
  const others = drawn.filter((edge) => new Set(edge.split(" ")).size > 1);
  expect([...known].sort()).toEqual(
    [...new Set([...others, "authenticating connectingTransport"])].sort(),
  );
});

test("every state stands in the picture once, and no two boxes touch", () => {
  expect(PLACES.map(({ state }) => state).sort()).toEqual([...CONNECTION_STATES].sort());
  for (const one of PLACES) {
    expect(one.x - MAP.boxWidth / 2).toBeGreaterThanOrEqual(0);
    expect(one.x + MAP.boxWidth / 2).toBeLessThanOrEqual(MAP.width);
    for (const other of PLACES) {
      const isApart =
        Math.abs(one.x - other.x) > MAP.boxWidth || Math.abs(one.y - other.y) > MAP.boxHeight;
      expect(one === other || isApart).toBe(true);
    }
  }
});

test.each(EDGES)("the way from %s to %s begins and ends at the boxes", (from, to) => {
  const numbers =
    hopPath(from, to)
      .match(/-?\d+(\.\d+)?/g)
      ?.map(Number) ?? [];
  expect(numbers.every(Number.isFinite)).toBe(true);
  const [startX = 0, startY = 0] = numbers;
  const [endX = 0, endY = 0] = numbers.slice(-2);
  for (const [state, x, y] of [
    [from, startX, startY],
    [to, endX, endY],
  ] as const) {
    const place = PLACES.find((one) => one.state === state);
    expect(Math.abs((place?.x ?? 0) - x)).toBeLessThanOrEqual(MAP.boxWidth / 2 + 4);
    expect(Math.abs((place?.y ?? 0) - y)).toBeLessThanOrEqual(MAP.boxHeight / 2 + 4);
  }
});

test("the last moves are marked, the newest above the others", async () => {
  const own = await opened({ behaviors: [acceptsThenDrops(), accepts()] });
  await own.reach("backoff");
  const recording = recorded(own);
  const hops = lastHops(recording, recording.beats.length - 1);
  expect(hops.map(({ from, to, age }) => [from, to, age])).toEqual([
    ["connectingTransport", "authenticating", 2],
    ["authenticating", "open", 1],
    ["open", "backoff", 0],
  ]);
  expect(lastPath(recording, recording.beats.length - 1)).toEqual([...live, "backoff"]);
  expect(lastHops(recording, 2).map(({ to }) => to)).toEqual(["connectingTransport"]);
  expect(lastHops(recording, 1)).toEqual([]);
  expect(lastPath(recording, 1)).toEqual([]);
});

test("a move that repeats is marked once", async () => {
  const own = await opened({ behaviors: [acceptsThenDrops(), acceptsThenDrops(), accepts()] });
  await own.reach("backoff");
  await own.reach("open");
  await own.reach("backoff");
  const recording = recorded(own);
  const hops = lastHops(recording, recording.beats.length - 1);
  expect(hops).toHaveLength(HOPS_MAX);
  expect(new Set(hops.map(({ from, to }) => `${from} ${to}`)).size).toBe(HOPS_MAX);
});
