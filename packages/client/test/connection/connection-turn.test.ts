/** A turn writes to a draft: what others hold of the old model stays as it was. */
import { expect, test } from "vitest";

import { act, turnOf } from "../../src/connection/connection-turn.ts";
import { rig } from "./support/connection-rig.ts";

test("the draft is the model, and writing to it changes nobody else's", () => {
  const { model, policy } = rig().open();
  const before = structuredClone(model);
  const turn = turnOf(model, { now: 5, random: 0.5 }, policy);
  expect(turn.model).toEqual(model);
  turn.model.attempt = 7;
  turn.model.constraints.network = false;
  turn.model.deadlines.drain = 9;
  expect(model).toEqual(before);
});

test("without a session's vitals nothing was heard, nothing waits, nothing is paused", () => {
  const { model, policy } = rig();
  const nothing = { lastInboundAt: 0, bufferedBytes: 0, inboundPaused: false };
  expect(turnOf(model, { now: 5, random: 0.5 }, policy).vitals).toEqual(nothing);
  expect(turnOf(model, { now: 5, random: 0.5, vitals: undefined }, policy).vitals).toEqual(nothing);
  const vitals = { lastInboundAt: 4, bufferedBytes: 3, inboundPaused: true };
  expect(turnOf(model, { now: 5, random: 0.5, vitals }, policy).vitals).toEqual(vitals);
});

test("an effect names the session that lives when it is asked for", () => {
  const { model, policy } = rig().open();
  const turn = turnOf(model, { now: 5, random: 0.5 }, policy);
  act(turn, "closeTransport", { detail: "why" });
  turn.model.sessionId = 2;
  act(turn, "startHandshake");
  expect(turn.effects).toEqual([
    { type: "closeTransport", sessionId: 1, detail: "why" },
    { type: "startHandshake", sessionId: 2 },
  ]);
});
