/** The machine as a table; `support/machine-table.ts` has its rows. */
import { describe, expect, test } from "vitest";

import { CONNECTION_STATES } from "../../src/connection/connection-state.ts";
import { PLACES, placeName } from "./support/connection-places.ts";
import { ALARMS, EVENTS, FACTS, happen, outcomeOf } from "./support/connection-row.ts";
import { MACHINE_TABLE } from "./support/machine-table.ts";

interface Row {
  readonly place: string;
  readonly event: string;
  readonly outcome: string;
}

const facts = Object.keys(FACTS);
const alarms = ALARMS.map((name) => `alarm ${name}`);
const allEvents = [...Object.keys(EVENTS), ...facts, ...alarms];

function* rowsOf(table: string): Generator<Row> {
  const [, ...sections] = table.trim().split("\n\n");
  for (const section of sections) {
    const [place = "", ...lines] = section.split("\n");
    const rows = lines.map((line) => line.split("|").map((cell) => cell.trim()));
    const named = new Set(rows.map(([event]) => event));
    for (const [event = "", ...cells] of rows) {
      const outcome = cells.join(" | ");
      if (event === "any fact") yield* facts.map((fact) => ({ place, event: fact, outcome }));
      else if (event === "any other alarm") {
        const others = alarms.filter((alarm) => !named.has(alarm));
        yield* others.map((alarm) => ({ place, event: alarm, outcome }));
      } else yield { place, event, outcome };
    }
  }
}

const rows = [...rowsOf(MACHINE_TABLE)];
const reachOf = new Map(PLACES.map((place) => [placeName(place), place[2]]));

describe.each(PLACES.map((place) => placeName(place)))("%s", (name) => {
  test.each(rows.filter(({ place }) => place === name))("$event", ({ event, outcome }) => {
    const reach = reachOf.get(name);
    if (!reach) throw new Error(`the table names an unknown place: ${name}`);
    const happened = happen(reach, event);
    const { to, reason, effects, notes } = outcomeOf(happened);
    expect(`${to} | ${reason} | ${effects} | ${notes}`).toBe(outcome);

    const { before, step } = happened.handled;
    const dials = step.effects.filter(({ type }) => type === "openTransport").length;
    expect(step.model.sessionId - before.sessionId).toBe(dials);
    for (const effect of step.effects) {
      if (!("sessionId" in effect)) continue;
      const { sessionId } = effect.type === "openTransport" ? step.model : before;
      expect(effect.sessionId).toBe(sessionId);
    }
    if (to === "stale") expect(step.model).toBe(before);
  });
});

test("every event has a row in every state", () => {
  const pairs = new Set(rows.map(({ place, event }) => `${place.split(":")[0]} ${event}`));
  const missing = CONNECTION_STATES.flatMap((state) =>
    allEvents
      .filter((event) => !pairs.has(`${state} ${event}`))
      .map((event) => `${state} ${event}`),
  );
  expect(missing).toEqual([]);
});

test("every place is what its name says, and has rows", () => {
  for (const place of PLACES) {
    expect(place[2]().model.state).toBe(place[0]);
    expect(rows.some((row) => row.place === placeName(place))).toBe(true);
  }
});

test("every place of the table can be reached", () => {
  expect(
    [...new Set(rows.map(({ place }) => place))].filter((place) => !reachOf.has(place)),
  ).toEqual([]);
});
