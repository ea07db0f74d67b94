/** A trace from outside is run over the machine again: it comes to the same, or says where not. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { replay, tracedModels } from "../../src/connection/connection-replay.ts";
import {
  exportTrace,
  type ExportedTrace,
  type TraceEntry,
} from "../../src/connection/connection-trace.ts";
import { readTrace } from "../../src/connection/trace-file.ts";
import { rig, type ConnectionRig } from "./support/connection-rig.ts";
import { POLICIES } from "./support/explored.ts";
import { PlausibleWorld } from "./support/plausible-world.ts";
import { afternoons } from "./support/random-afternoon.ts";

/** As it comes out of a file. */
function traceOf({ policy, handled }: Pick<ConnectionRig, "policy" | "handled">): ExportedTrace {
  const traced = { version: "1.2.3", platformName: "test", policy, recentEvents: handled };
  const trace = readTrace(JSON.stringify(exportTrace(traced)));
  if (typeof trace === "string") throw new Error(trace);
  return trace;
}

/** Opened, gone silent, and open again. */
function life(): ConnectionRig {
  const test = rig().open().advance(4_500).untilAlarm("pong").untilAlarm("backoff").accept();
  return test.sayAs(1, { type: "useful" });
}

/** The same trace with one entry told otherwise. */
function altered(index: number, change: Partial<TraceEntry>): ExportedTrace {
  const trace = traceOf(life());
  const entries = trace.entries.map((entry, at) =>
    at === index ? { ...entry, ...change } : entry,
  );
  return { ...trace, entries };
}

/** The first entry of this event. */
function placeOf(type: string): number {
  return traceOf(life()).entries.findIndex(({ event }) => event.type === type);
}

describe("replaying a trace gives the same models", () => {
  test("of random afternoons, wherever the trace begins", () => {
    let events = 0;
    fc.assert(
      fc.property(afternoons, fc.nat(), ({ seed, device, isSignedIn, acts }, from) => {
        const world = new PlausibleWorld(seed, POLICIES[device], isSignedIn);
        world.tell({ type: "start" });
        for (const one of acts) one.in(world);
        const handled = world.handled.slice(from % world.handled.length);
        const trace = traceOf({ policy: world.policy, handled });
        expect(replay(trace)).toEqual({ verdict: "same", agreed: handled.length });
        const models = handled.map(({ step }) => JSON.parse(JSON.stringify(step.model)) as unknown);
        expect(tracedModels(trace)).toEqual(models);
        events += handled.length;
        world.end();
      }),
      { numRuns: process.env["HOLDFAST_DEEP"] ? 5_000 : 100, seed: 7 },
    );
    expect(events).toBeGreaterThan(2_000);
  });

  test("of a client to which nothing has happened", () => {
    expect(replay(traceOf(rig()))).toEqual({ verdict: "same", agreed: 0 });
  });
});

describe("the first difference is named", () => {
  const opened = placeOf("welcomed");
  const last = traceOf(life()).entries.length - 1;
  const rows: readonly (readonly [
    what: string,
    index: number,
    change: Partial<TraceEntry>,
    expected: unknown,
    got: unknown,
  ])[] = [
    ["to", opened, { to: "backoff" }, "backoff", "open"],
    ["reason", opened, { reason: "retry" }, "retry", "opened"],
    ["from", opened, { from: "backoff" }, "backoff", "authenticating"],
    ["effects", opened, { effects: [{ type: "renewToken" }] }, [{ type: "renewToken" }], []],
    ["stale", placeOf("useful"), {}, undefined, true],
    ["model.attempt", last, { changed: { attempt: 3 } }, 3, 1],
  ];
  test.each(rows)("in %s", (what, index, change, expected, got) => {
    const trace = altered(index, change);
    const entries = trace.entries.map(({ stale, ...entry }) =>
      stale && what !== "stale" ? { ...entry, stale } : entry,
    );
    const { verdict, agreed, difference } = replay({ ...trace, entries });
    expect({ verdict, agreed }).toEqual({ verdict: "different", agreed: index });
    expect(difference).toMatchObject({ index, entry: entries[index], what });
    expect([difference?.expected, difference?.got]).toEqual([expected, got]);
  });

  test("a delay that other dice would have drawn", () => {
    const index = traceOf(life()).entries.findIndex(({ to }) => to === "backoff");
    const entry = traceOf(life()).entries[index];
    const stamp = { now: 0, ...entry?.stamp, random: 0.1 };
    const { difference } = replay(altered(index, { stamp }));
    expect(difference).toMatchObject({ index, what: "model.deadlines" });
  });

  test("an entry that is missing: the next one does not follow", () => {
    const trace = traceOf(life());
    const entries = trace.entries.filter((_, index) => index !== opened);
    expect(replay({ ...trace, entries })).toMatchObject({
      verdict: "different",
      agreed: opened,
      difference: { what: "from" },
    });
  });

  test("a machine that had other edges may differ, and is told apart", () => {
    const trace = altered(opened, { to: "backoff" });
    expect(replay({ ...trace, edges: "another" }).verdict).toBe("otherVersion");
    expect(replay({ ...traceOf(life()), edges: "another" }).verdict).toBe("same");
  });

  test("an event that this machine does not know, and a trace that begins nowhere", () => {
    const event = { type: "nonsense" } as unknown as TraceEntry["event"];
    expect(replay(altered(1, { event }))).toMatchObject({
      agreed: 1,
      difference: { what: "threw", got: "TypeError" },
    });
    const { before, ...trace } = traceOf(life());
    expect(before).toBeDefined();
    expect(replay(trace)).toMatchObject({ agreed: 0, difference: { what: "before" } });
  });

  test("fields may come in any order", () => {
    const trace = traceOf(life());
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, part]) => [name, reversed(part)]),
      );
    };
    expect(replay(reversed(trace) as ExportedTrace).verdict).toBe("same");
  });
});
