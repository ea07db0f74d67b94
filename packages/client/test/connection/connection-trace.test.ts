/** What a bug report carries: enough to run the machine over it again. */
import { expect, test } from "vitest";

import { tracedModels } from "../../src/connection/connection-replay.ts";
import { exportTrace, traceEntry } from "../../src/connection/connection-trace.ts";
import { rig, type ConnectionRig } from "./support/connection-rig.ts";

/** A life with some of everything. */
function life(): ConnectionRig {
  const test = rig({ signedIn: false });
  test.peer = "answering";
  test.dial().login().accept().advance(20_000).network(false).advance(100);
  test.drop().untilAlarm("backoff").accept().tell("appFrozen", "appThawed").advance(300);
  return test.sayAs(1, { type: "useful" }).say({ type: "refused", action: "stop", code: "full" });
}

function traceOf({ policy, handled }: ConnectionRig): ReturnType<typeof exportTrace> {
  return exportTrace({ version: "1.2.3", platformName: "test", policy, recentEvents: handled });
}

test("an entry tells the event, the way it took, why, and what was done", () => {
  const test = rig().dial();
  const { handled, clock } = test;
  expect(handled.map((one) => traceEntry(one))).toEqual([
    {
      at: clock.wallNow(),
      stamp: { now: clock.now(), random: 0.5, vitals: undefined },
      event: { type: "start" },
      from: "stopped",
      to: "connectingTransport",
      reason: "started",
      effects: [{ type: "openTransport", sessionId: 1, attempt: 0, renewToken: false }],
      changed: {
        state: "connectingTransport",
        reason: "started",
        wanted: true,
        sessionId: 1,
        lastDialAt: clock.now(),
        deadlines: { connect: clock.now() + 10_000 },
      },
    },
  ]);
});

test("what came too late is marked", () => {
  const { handled } = rig().sayAs(7, { type: "useful" });
  expect(handled.map((one) => traceEntry(one).stale)).toEqual([true]);
});

test("the export is plain JSON, with what is needed to read it", () => {
  const test = life();
  const trace = traceOf(test);
  expect(JSON.parse(JSON.stringify(trace))).toMatchObject({
    format: "holdfast-trace/1",
    version: "1.2.3",
    platform: "test",
    policy: { connectMs: 10_000 },
    before: { state: "stopped" },
  });
  expect(trace.entries).toHaveLength(test.handled.length);
});

test("of a client to which nothing has happened it is empty", () => {
  const trace = traceOf(rig());
  expect(trace.entries).toEqual([]);
  expect(trace).not.toHaveProperty("before");
});

test("what an event takes away is null, so that it shows in JSON too", () => {
  const test = rig().open().drop().untilAlarm("backoff").accept().untilAlarm("stable");
  const [recovery] = test.handled.map((one) => traceEntry(one)).slice(-1);
  expect(recovery).toMatchObject({
    event: { type: "alarm" },
    changed: { attempt: 0, outageSince: null },
  });
});

test("with its changes, the export says how each model was", () => {
  const test = life();
  const trace = JSON.parse(JSON.stringify(traceOf(test))) as ReturnType<typeof traceOf>;
  const models = test.handled.map(({ step }) => JSON.parse(JSON.stringify(step.model)) as unknown);
  expect(tracedModels(trace)).toEqual(models);
});
