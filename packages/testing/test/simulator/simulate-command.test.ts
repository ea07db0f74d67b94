import { expect, test } from "vitest";

import { ManualClock } from "../../src/manual-clock.ts";
import { parseSimulateCommand, runBatch } from "../../src/simulator/simulate-command.ts";

test("the command line says which seeds, how many and how long", () => {
  expect(parseSimulateCommand([])).toMatchObject({ seed: 1, runs: 1, forMinutes: undefined });
  expect(parseSimulateCommand(["--seed", "9", "--runs", "3", "--minutes", "2"])).toMatchObject({
    seed: 9,
    runs: 3,
    minutes: 2,
  });
  expect(parseSimulateCommand(["--for", "2"])).toMatchObject({ runs: Infinity, forMinutes: 2 });
});

test.each([[["--seeds", "1"]], [["--seed"]], [["--runs", "many"]], [["--runs", "-1"]]])(
  "what is not understood is said: %j",
  (args) => {
    expect(() => parseSimulateCommand(args)).toThrow("Not understood");
  },
);

test("a batch says a line for each run, and the totals", async () => {
  const lines: string[] = [];
  const command = { seed: 1, runs: 2, minutes: 1, forMinutes: undefined };
  expect(await runBatch(command, new ManualClock(), (line) => lines.push(line))).toBe(true);
  expect(lines.slice(0, 3)).toEqual([
    expect.stringMatching(/^seed 1: ok \(. devices, 1 min, .*hash [0-9a-f]{8}/),
    expect.stringMatching(/^seed 2: ok /),
    expect.stringMatching(/^2 runs, 0 counted, 0 failed; /),
  ]);
  expect(lines.slice(3).map((line) => line.split(":")[0])).toEqual([
    "faults",
    "reasons",
    "never met",
  ]);
});
