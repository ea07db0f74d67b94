/** `holdfast-trace`: what it says of a file, whatever is in it. */
import { exportTrace } from "@holdfast/client/trace";
import type { ExportedTrace } from "@holdfast/client/trace";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { acceptsThenDrops, clientHarness, linkedPair } from "../src/index.ts";
import { traceReport } from "../src/trace-command.ts";

async function trace(): Promise<ExportedTrace> {
  const own = await clientHarness({ behaviors: [acceptsThenDrops()] }).open();
  own.clock.advance(60_000);
  return exportTrace(own.client);
}

const ESCAPE = String.fromCodePoint(27);

test("of a client alone, and of one with a server, the machine does the same again", async () => {
  const pair = await linkedPair({ handlers: {}, contract: { calls: {}, buckets: {} } }).open();
  pair.link.drop();
  await pair.clock.run(30_000);
  const alone = await trace();
  for (const one of [alone, exportTrace(pair.client)]) {
    const { lines, exitCode } = traceReport(JSON.stringify(one));
    const { length } = one.entries;
    expect(lines.at(-1)).toBe(
      `Replayed: the machine does the same, ${length} of ${length} events.`,
    );
    expect(length).toBeGreaterThan(5);
    expect(exitCode).toBe(0);
  }
  await pair.close();
});

test("where the machine does otherwise, it says at which event, what, and both accounts", async () => {
  const told = await trace();
  const entries = told.entries.map((entry, index) =>
    index === 4 ? { ...entry, reason: "retry" as const } : entry,
  );
  const { lines, exitCode } = traceReport(JSON.stringify({ ...told, entries }));
  expect(lines.slice(-4)).toEqual([
    "Replayed: the machine does otherwise after 4 events that agree:",
    "  event 5, welcomed: reason",
    '    the trace says   "retry"',
    '    the machine says "opened"',
  ]);
  expect(exitCode).toBe(1);
  const other = traceReport(JSON.stringify({ ...told, entries, edges: "another" }));
  expect(other.lines.at(-4)).toContain("another version");
  expect(other.exitCode).toBe(0);
});

test("a file that holds no trace is told why, and fails", () => {
  expect(traceReport("no")).toEqual({ lines: ["This is not JSON."], exitCode: 1 });
  expect(traceReport("{}").exitCode).toBe(1);
});

test("a trace whose models are nonsense fails in words", async () => {
  const { before, ...rest } = await trace();
  const text = JSON.stringify({ ...rest, before: { state: before?.state } });
  expect(traceReport(text)).toEqual({
    lines: ["The trace is not whole: its models cannot be read."],
    exitCode: 1,
  });
});

test("what a file says never speaks to the terminal, and never without end", async () => {
  const text = JSON.stringify(await trace()).replaceAll(
    '"1006"',
    JSON.stringify(`${ESCAPE}[2J\u202e\u2028${"x".repeat(10_000)}`),
  );
  const { lines } = traceReport(text);
  expect(lines.join("")).not.toContain(ESCAPE);
  expect(lines.join("")).toContain("?[2J??xxx");
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(500);
});

test("a file that was cut or mangled is read or refused; nothing throws", async () => {
  const text = JSON.stringify(await trace());
  const pieces = ["null", "{}", "[]", '"x"', "1e999", "-1", '"__proto__":1,'];
  const edit = fc.tuple(fc.nat(), fc.nat({ max: 20 }), fc.constantFrom(...pieces));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 4 }), fc.nat({ max: 50 }), (edits, field) => {
      let file = text;
      for (const [at, length, piece] of edits) {
        const from = at % file.length;
        file = file.slice(0, from) + piece + file.slice(from + length);
      }
      traceReport(file);
      // One value of it, whole: the file stays JSON.
      let count = 0;
      const put = pieces[field % 4] ?? "null";
      const mangled = JSON.stringify(JSON.parse(text), (_, value: unknown) =>
        count++ === field * 7 + 1 ? JSON.parse(put) : value,
      );
      traceReport(mangled);
    }),
    { numRuns: 300, seed: 5 },
  );
});
