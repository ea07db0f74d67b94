/** A short fuzz run, and what a run finds. */
import type { Frame } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { seededRandom } from "../../packages/client/src/base/random.ts";
import { FrameMutator } from "./frame-mutator.ts";
import { fuzz } from "./fuzz-run.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const now = (): number => 0;

test("2,500 mutated frames, and neither decoders nor sessions throw or leave anything behind", async () => {
  const { frames, verdicts, finding } = await fuzz({ seed: 4, frames: 2_500, now });
  expect(finding).toBeUndefined();
  expect(frames).toBe(2_500);
  for (const verdict of ["messages", "badField", "notParseable", "unknownType", "prototypeKey"])
    for (const decoder of ["server decoder", "client decoder", "durable client decoder"])
      expect(verdicts.get(decoder)?.get(verdict), verdict).toBeGreaterThan(0);
  for (const verdict of ["messages", "badField", "notParseable", "unknownType", "prototypeKey"])
    for (const decoder of ["server decoder", "client decoder", "durable client decoder"])
      expect(verdicts.get(`${decoder}, MessagePack`)?.get(verdict), verdict).toBeGreaterThan(0);
  expect(verdicts.get("server session")?.get("answered")).toBeGreaterThan(100);
  expect(verdicts.get("client session")?.get("told")).toBeGreaterThan(100);
});

/** A target that does this at its tenth frame. */
function target(act: () => void): FuzzTarget {
  let count = 0;
  return {
    name: "own",
    take() {
      if (++count === 10) act();
      return "fine";
    },
  };
}

test("a frame that makes something throw is named, and the same seed makes it again", async () => {
  const run = async (): Promise<unknown> => {
    const targets = [
      target(() => {
        throw new RangeError("deep");
      }),
    ];
    const { finding } = await fuzz({ seed: 1, frames: 100, now, targets });
    return { ...finding, what: finding?.what.split("\n")[0] };
  };
  const found = await run();
  expect(found).toMatchObject({ target: "own", number: 10, what: "RangeError: deep" });
  expect(await run()).toEqual(found);
});

test("a frame that takes long is named", async () => {
  let ms = 0;
  const targets = [target(() => (ms += 501))];
  const { finding } = await fuzz({ seed: 1, frames: 100, now: () => ms, targets });
  expect(finding).toMatchObject({ number: 10, what: "it took 501 ms" });
});

test("a frame that changes what every object has is named", async () => {
  const prototype = Object.prototype as { polluted?: boolean };
  const targets = [target(() => (prototype.polluted = true))];
  const { finding } = await fuzz({ seed: 1, frames: 100, now, targets });
  delete prototype.polluted;
  expect(finding).toMatchObject({ number: 10, what: "prototypes" });
});

test("it ends when it is told that it has been long enough", async () => {
  const { frames } = await fuzz({ seed: 1, frames: 1_000, now, isOver: () => true, targets: [] });
  expect(frames).toBe(0);
});

test("frames follow from the dice alone: whole ones, torn ones, bytes, deep and large ones", () => {
  const make = (): Frame[] => {
    const mutator = new FrameMutator(seededRandom(3), [{ type: "ping", nonce: 1 }]);
    return Array.from({ length: 8_000 }, () => mutator.next());
  };
  const frames = make();
  expect(make()).toEqual(frames);
  const texts = frames.filter((frame) => typeof frame === "string");
  const isJson = (text: string): boolean => {
    try {
      return JSON.parse(text) !== undefined;
    } catch {
      return false;
    }
  };
  expect(texts.filter(isJson).length).toBeGreaterThan(400);
  expect(texts.filter((text) => !isJson(text)).length).toBeGreaterThan(400);
  expect(frames.length - texts.length).toBeGreaterThan(20);
  expect(texts.some((text) => text.length > 100_000)).toBe(true);
  expect(texts.some((text) => text.includes("[[[[[[[[") || text.includes('{"a":{"a":'))).toBe(true);
  expect(texts.some((text) => /\p{Cs}/u.test(text))).toBe(true);
});
