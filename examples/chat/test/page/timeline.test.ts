/** What a connection's events look like to people: the real machine, its events told. */
import { DEFAULT_CONNECTION_POLICY, type HandledEvent } from "@holdfast/client";
import {
  stoppedModel,
  transition,
  type ConnectionEvent,
  type ConnectionModel,
} from "@holdfast/client/machine";
import { expect, test } from "vitest";

import { pulseAfter } from "../../src/page/pulse.ts";
import {
  TIMELINE_ENTRIES,
  timelineEntry,
  withEntry,
  type TimelineEntry,
} from "../../src/page/timeline.ts";

const policy = DEFAULT_CONNECTION_POLICY;
/** How far the wall clock is ahead of the monotonic one. */
const WALL = 1_000_000;

/** Runs events over the machine, one every 100 ms from 1 000 on, and hands on how each was met. */
function handled(events: readonly ConnectionEvent[]): HandledEvent[] {
  const constraints = { auth: true, network: true, appActive: true, notFrozen: true };
  let model: ConnectionModel = stoppedModel(
    { account: 1, quality: "good", constraints },
    0,
    policy,
  );
  return events.map((event, index) => {
    const now = 1_000 + index * 100;
    const vitals = { lastInboundAt: now, bufferedBytes: 0, inboundPaused: false };
    const stamp = { now, random: 0, vitals };
    const before = model;
    const step = transition(before, event, stamp, policy);
    model = step.model;
    return { event, stamp, wallNow: now + WALL, before, step };
  });
}

const opening: readonly ConnectionEvent[] = [
  { type: "start" },
  { type: "transportOpened", sessionId: 1 },
  {
    type: "welcomed",
    sessionId: 1,
    windowMs: 100,
    heartbeat: { minMs: 1_000, maxMs: 30_000 },
  },
];

function told(events: readonly ConnectionEvent[]): (string | undefined)[] {
  return handled(events).map((event) => {
    const entry = timelineEntry(event, policy);
    return entry && `${entry.mood} ${entry.title}: ${entry.text}`;
  });
}

test("a connection is told step by step, and what changes nothing is not told", () => {
  expect(told([...opening, { type: "appThawed" }, { type: "stop" }, { type: "stop" }])).toEqual([
    "busy Dialling: The client was started.",
    "busy Saying hello: The client was started.",
    "good Connected: The server welcomed the client.",
    "busy Still there?: The open connection was asked.",
    "idle Stopped: You stopped it.",
    undefined,
  ]);
});

test("a probe is told when it is asked and when it is answered", () => {
  const pong: ConnectionEvent = { type: "pongReceived", sessionId: 1, nonce: 1, windowMs: 100 };
  expect(told([...opening, { type: "connectNow" }, pong]).slice(3)).toEqual([
    "busy Still there?: The open connection was asked.",
    "good Still there: The connection answered.",
  ]);
});

test("only the last entries are kept, the newest first", () => {
  let entries: readonly TimelineEntry[] = [];
  for (let at = 1; at <= TIMELINE_ENTRIES + 2; at++) {
    entries = withEntry(entries, { at, title: "", text: "", mood: "idle" });
  }
  expect(entries).toHaveLength(TIMELINE_ENTRIES);
  expect(entries[0]?.at).toBe(TIMELINE_ENTRIES + 2);
});

test("the pulse tells when the next ping comes, and how long an unanswered one may take", () => {
  const [start, , welcomed, asked] = handled([...opening, { type: "connectNow" }]).map((event) =>
    pulseAfter(event, policy),
  );
  expect(start).toEqual({ phase: "none" });
  expect(welcomed).toEqual({ phase: "quiet", nextPingAt: WALL + 1_200 + policy.idlePingMs });
  expect(asked).toEqual({ phase: "asking", givesUpAt: WALL + 1_300 + policy.probeMs });
});
