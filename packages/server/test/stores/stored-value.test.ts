import { expect, test } from "vitest";

import { storedCount, storedJson, storedName, valueOf } from "../../src/stores/stored-value.ts";

test.each(["a", "room:1", "é", "😀", "__proto__", " ", "a".repeat(10_000)])(
  "%j is a name that can be kept",
  (name) => {
    expect(storedName(name, "a bucket")).toBe(name);
  },
);

test.each(["", "\0", "a\0b", "\ud83d", "\ude00", "a\ud800b", 1 as unknown as string])(
  "%j is no name that can be kept",
  (name) => {
    expect(() => storedName(name, "a bucket")).toThrow(
      expect.objectContaining({ code: "badValue", message: expect.stringContaining("a bucket") }),
    );
  },
);

test.each([0, 1, Number.MAX_SAFE_INTEGER])("%d is a count", (count) => {
  expect(storedCount(count, "a time")).toBe(count);
});

test.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53])("%d is no count", (count) => {
  expect(() => storedCount(count, "a time")).toThrow(expect.objectContaining({ code: "badValue" }));
});

test.each([undefined, null, "", "\0\ud800", 0, { a: [1, { b: null }] }])(
  "%j comes back as it was",
  (value) => {
    expect(valueOf(storedJson(value))).toStrictEqual(value);
  },
);

test("what is damaged is corrupt, and is not quoted", () => {
  const error = expect.objectContaining({ code: "corrupt", message: "a stored value is no JSON" });
  expect(() => valueOf("{secret")).toThrow(error);
  try {
    valueOf("{secret");
  } catch (thrown) {
    expect((thrown as Error).cause).toBeUndefined();
  }
});
