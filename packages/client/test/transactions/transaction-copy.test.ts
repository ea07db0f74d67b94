import { expect, test } from "vitest";
import { copyOf } from "../../src/transactions/transaction-copy.ts";
import type { TransactionRecord } from "../../src/transactions/transaction-record.ts";

const BYTES_MAX = 1_000;
const circle: Record<string, unknown> = {};
circle["self"] = circle;
const deep: unknown = JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`);

const recordOf = (input: unknown): TransactionRecord => ({
  recordVersion: 1,
  id: "1",
  owner: "tab",
  order: 1,
  name: "note",
  inputVersion: 1,
  method: "note",
  input,
  blockers: [],
  phase: "queued",
  createdAt: 0,
  deadlineAt: 1_000,
  attempts: 0,
  violations: 0,
});

test("what will be stored is out of the caller's reach", () => {
  const input = { list: [1] };
  const record = recordOf(input);
  const copy = copyOf(record, BYTES_MAX);
  input.list.push(2);
  expect(copy).toEqual(recordOf({ list: [1] }));
});

test.each<[what: string, input: unknown, fault: string]>([
  ["a number that JSON has no word for", 1n, "notEncodable"],
  ["bytes", new Uint8Array(3), "notEncodable"],
  ["a circle", circle, "notEncodable"],
  ["a key that would change a prototype", JSON.parse('{"__proto__":1}'), "prototypeKey"],
  ["more levels than a frame may have", deep, "tooDeep"],
  ["more characters than a record may have", "x".repeat(BYTES_MAX), "tooLarge"],
  ["fewer characters, of three bytes each", "€".repeat(300), "tooLarge"],
])("%s cannot be stored", (_, input, fault) => {
  expect(copyOf(recordOf(input), BYTES_MAX)).toBe(fault);
});

test("a record just below the limit can, whatever its characters weigh", () => {
  const room = BYTES_MAX - new TextEncoder().encode(JSON.stringify(recordOf(""))).length;
  expect(copyOf(recordOf("x".repeat(room)), BYTES_MAX)).toBeTypeOf("object");
  expect(copyOf(recordOf("x".repeat(room + 1)), BYTES_MAX)).toBe("tooLarge");
});
