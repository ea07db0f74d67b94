/** The fake session under a real manager: how a test of one's own would use it. */
import { ConnectionManager, DEFAULT_CONNECTION_POLICY } from "@holdfast/client/machine";
import { expect, test } from "vitest";

import { FakeSessionControl } from "../src/fake-session.ts";
import { ManualClock } from "../src/manual-clock.ts";

function manage(control: FakeSessionControl, clock: ManualClock): ConnectionManager {
  return new ConnectionManager({
    clock,
    random: () => 0.5,
    policy: DEFAULT_CONNECTION_POLICY,
    control,
    facts: {
      account: 1,
      quality: "good",
      constraints: { auth: true, network: true, appActive: true, notFrozen: true },
    },
    onFault: (error) => expect.unreachable(String(error)),
  });
}

test("it keeps what was asked of it, and the test says what becomes of it", () => {
  const control = new FakeSessionControl();
  const clock = new ManualClock();
  const manager = manage(control, clock);
  manager.dispatch({ type: "start" });
  expect(control.effects).toEqual([
    { type: "openTransport", sessionId: 1, attempt: 0, renewToken: false },
  ]);
  manager.dispatch({ type: "transportOpened", sessionId: 1 });
  expect(control.count("startHandshake")).toBe(1);
  manager.close();
  expect(control.count("closeTransport")).toBe(1);
  expect(clock.pending).toBe(0);
});

test("it may answer within the very call, and its vitals are read with each event", () => {
  const control = new FakeSessionControl();
  const manager = manage(control, new ManualClock());
  const buffered: (number | undefined)[] = [];
  control.onPerform = ({ type }) => {
    buffered.push(control.vitals()?.bufferedBytes);
    if (type === "openTransport") manager.dispatch({ type: "transportOpened", sessionId: 1 });
  };
  control.current = { lastInboundAt: 0, bufferedBytes: 7, inboundPaused: false };
  manager.dispatch({ type: "start" });
  expect(manager.model.state).toBe("authenticating");
  expect(buffered).toEqual([7, 7]);
  manager.close();
});
