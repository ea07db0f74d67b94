/** What a bug report carries: enough to run the machine over it again. */
import { expect, test } from "vitest";

import { transition } from "../../src/connection/connection-machine.ts";
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

test("run over the export, the machine takes the same ways to the same model", () => {
  const test = life();
  const trace = JSON.parse(JSON.stringify(traceOf(test))) as ReturnType<typeof traceOf>;
  let model = trace.before;
  for (const { event, stamp, from, to, reason, effects } of trace.entries) {
    if (!model) throw new Error("the trace begins without a model");
    expect(model.state).toBe(from);
    const step = transition(model, event, stamp, trace.policy);
    expect({ to: step.model.state, reason: step.model.reason }).toEqual({ to, reason });
    expect(JSON.parse(JSON.stringify(step.effects))).toEqual(effects);
    model = step.model;
  }
  expect(JSON.parse(JSON.stringify(model))).toEqual(JSON.parse(JSON.stringify(test.model)));
  expect(model?.state).toBe("stopped");
});
