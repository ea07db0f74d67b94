import { expect, test } from "vitest";
import { hexOf, randomHex, seededRandom, systemRandom } from "../../src/base/random.ts";

const draw = (random: () => number, count: number): number[] =>
  Array.from({ length: count }, random);

test("the same seed gives the same numbers, another seed others", () => {
  expect(draw(seededRandom(7), 20)).toEqual(draw(seededRandom(7), 20));
  expect(draw(seededRandom(7), 20)).not.toEqual(draw(seededRandom(8), 20));
});

test.each([
  ["seeded", seededRandom(42)],
  ["system", systemRandom],
])("%s numbers lie in [0, 1) and are spread evenly", (_, random) => {
  const numbers = draw(random, 10_000);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  for (let decile = 0; decile < 10; decile++) {
    const share = numbers.filter((number) => Math.floor(number * 10) === decile).length;
    expect(share).toBeGreaterThan(800);
    expect(share).toBeLessThan(1_200);
  }
});

test("an instance id is 32 hexadecimal digits, and never the same twice", () => {
  const ids = Array.from({ length: 100 }, () => randomHex(16));
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(100);
});

test("a byte is two digits", () => {
  expect(hexOf(Uint8Array.of(0, 9, 16, 255))).toBe("000910ff");
});
