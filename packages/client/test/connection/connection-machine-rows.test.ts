/**
 * The table of the machine against the exploration of it: neither knows a way that the other lacks.
 */
import { expect, test } from "vitest";

import { reachableRows } from "./support/explored.ts";
import { eventType, MACHINE_ROWS, stateOf, type MachineRow } from "./support/machine-rows.ts";

/** A way through the machine: from where, with what, to where, and what is done. */
function wayOf(row: MachineRow): string {
  const isStill = row.to === "stay" || row.to === "stale";
  const to = isStill ? stateOf(row) : row.to;
  const effects = row.to === "stale" ? "stale" : row.effects.replace(/\([^)]*\)/g, "");
  return `${stateOf(row)} | ${eventType(row)} | ${to} | ${effects}`;
}

const explored = new Map(
  reachableRows().map(({ from, event, to, effects, guard }) => [
    `${from} | ${event} | ${to} | ${effects}`,
    guard,
  ]),
);
const inTable = new Set(MACHINE_ROWS.map(wayOf));

test("every way that can be reached has a row", () => {
  const missing = [...explored].filter(([way]) => !inTable.has(way));
  expect(missing.map(([way, guard]) => `${way}, when ${guard}`)).toEqual([]);
});

test("every row is a way that can be reached", () => {
  expect([...inTable].filter((way) => !explored.has(way))).toEqual([]);
});
