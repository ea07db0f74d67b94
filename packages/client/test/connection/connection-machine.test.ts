/** The machine as a table; `support/machine-table.ts` has its rows. */
import { describe, expect, test } from "vitest";

import { CONNECTION_STATES } from "../../src/connection/connection-state.ts";
import { PLACES, placeName } from "./support/connection-places.ts";
import { ALARMS, EVENTS, FACTS, happen, outcomeOf } from "./support/connection-row.ts";
import { eventType, MACHINE_ROWS, stateOf } from "./support/machine-rows.ts";

describe.each(PLACES.map((place) => [placeName(place), place[2]] as const))("%s", (name, reach) => {
  const rows = MACHINE_ROWS.filter(({ place }) => place === name);

  test.each(rows)("$event", ({ event, to, reason, effects, notes }) => {
    const happened = happen(reach, event);
    expect(outcomeOf(happened)).toEqual({ to, reason, effects, notes });

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
  const rows = new Set(MACHINE_ROWS.map((row) => `${stateOf(row)} ${row.event}`));
  const events = [
    ...Object.keys(EVENTS),
    ...Object.keys(FACTS),
    ...ALARMS.map((name) => `alarm ${name}`),
  ];
  const missing = CONNECTION_STATES.flatMap((state) =>
    events.map((event) => `${state} ${event}`).filter((pair) => !rows.has(pair)),
  );
  expect(missing).toEqual([]);
});

test("every place is what its name says, and has rows; and no row stands anywhere else", () => {
  const places = new Set(MACHINE_ROWS.map(({ place }) => place));
  expect([...places].sort()).toEqual(PLACES.map((place) => placeName(place)).sort());
  for (const [state, , reach] of PLACES) expect(reach().model.state).toBe(state);
});

test("every row names the event that it is about", () => {
  const types = new Set(MACHINE_ROWS.map((row) => eventType(row)));
  const known = [...Object.keys(EVENTS), ...Object.keys(FACTS)].map((name) => name.split(" ")[0]);
  for (const type of types)
    expect([...known, ...ALARMS.map((name) => `alarm ${name}`)]).toContain(type);
});
