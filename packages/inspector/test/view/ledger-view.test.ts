/** Frames, transactions and buckets as rows. */
import { expect, test } from "vitest";

import {
  REPORT_LIMITS,
  type FrameReport,
  type TransactionsReport,
} from "../../src/report/report.ts";
import {
  bucketsView,
  framesView,
  ledgerCounts,
  transactionsView,
} from "../../src/view/ledger-view.ts";
import { opened, reportOf } from "../recording-world.ts";

const frames: FrameReport = {
  allowsPayloads: true,
  total: { in: { frames: 1, bytes: 40 }, out: { frames: 2, bytes: 1_300 } },
  recent: [
    { at: 0, direction: "out", kind: "hello", bytes: 300 },
    { at: 5, direction: "in", kind: "pong", bytes: 40, text: `{"type":"pong"}` },
  ],
};

test("frames are listed newest first, with way, kind and size", () => {
  const { summary, rows } = framesView(frames, false);
  expect(summary).toBe("in 1 frame, 40 B · out 2 frames, 1.3 kB");
  expect(rows.map(({ cells }) => cells.slice(1))).toEqual([
    ["↓ in", "pong", "40 B"],
    ["↑ out", "hello", "300 B"],
  ]);
});

test("payloads are shown when asked for, where they were allowed, and what was not kept says so", () => {
  expect(framesView(frames, false).rows.some(({ more }) => more !== undefined)).toBe(false);
  expect(framesView(frames, true).rows.map(({ more }) => more)).toEqual([
    `{"type":"pong"}`,
    "not kept",
  ]);
  const forbidden = framesView({ ...frames, allowsPayloads: false }, true);
  expect(forbidden.hasPayloads).toBe(false);
  expect(forbidden.rows.some(({ more }) => more !== undefined)).toBe(false);
});

const transactions: TransactionsReport = {
  allowsPayloads: true,
  pending: [
    {
      id: "0123456789abcdef",
      name: "message.send",
      phase: "inFlight",
      createdAt: 1_000,
      input: "{}",
    },
    { id: "fedcba", name: "message.send", phase: "toString", createdAt: 5_000 },
  ],
  phases: { inFlight: 1, queued: 1 },
  setAside: 1,
  unknown: 2,
  storeFailure: "full",
};

test("transactions are counted by phase, and trouble is told", () => {
  const { summary, rows } = transactionsView(transactions, 3_000, false);
  expect(summary).toBe(
    "2 pending: 1 inFlight, 1 queued · 1 cannot be read · 2 of unknown definitions · the store fails: full",
  );
  expect(rows.map(({ cells, mood }) => [...cells, mood])).toEqual([
    ["message.send", "inFlight", "2.00 s ago", "01234567…", "busy"],
    ["message.send", "toString", "0 ms ago", "fedcba", "idle"],
  ]);
  expect(transactionsView(transactions, 0, true).rows.map(({ more }) => more)).toEqual([
    "{}",
    undefined,
  ]);
});

test("buckets are shown with cursor, head, what is missing and debt", () => {
  const { summary, rows } = bucketsView([
    { key: "room:1", phase: "live", cursor: 7, head: 7 },
    { key: "room:2", phase: "behind", cursor: 2, head: 9, debt: 9 },
    { key: "room:3", phase: "waiting", error: "tooFarBehind" },
  ]);
  expect(summary).toBe("3 buckets, 1 live");
  expect(rows.map(({ cells, mood }) => [...cells, mood])).toEqual([
    ["room:1", "live", "7", "7", "none", "good"],
    ["room:2", "behind", "2", "9 (7 behind)", "up to 9", "busy"],
    ["room:3", "waiting: tooFarBehind", "–", "–", "none", "bad"],
  ]);
});

test("what a client does not have is said, with how to have it", async () => {
  expect(framesView(undefined, true)).toMatchObject({ rows: [], hasPayloads: false });
  expect(framesView(undefined, true).summary).toContain("FrameTap");
  expect(transactionsView(undefined, 0, false).summary).toContain("DurableClient");
  expect(bucketsView(undefined).summary).toContain("DurableClient");
  expect(bucketsView([]).summary).toBe("No bucket is open");
  expect(
    transactionsView({ ...transactions, phases: {}, setAside: 0, unknown: 0 }, 0, false).summary,
  ).toContain("Nothing is pending");
  expect(ledgerCounts(reportOf(await opened(), { frames, transactions }))).toEqual({
    frames: 3,
    transactions: 2,
    buckets: 0,
  });
});

test("of more buckets than a report holds nobody is told that these are all", () => {
  const buckets = Array.from({ length: REPORT_LIMITS.buckets }, (_, count) => ({
    key: `room:${count}`,
    phase: "live",
  }));
  expect(bucketsView(buckets.slice(1)).summary).toBe("199 buckets, 199 live");
  expect(bucketsView(buckets).summary).toBe("The first 200 buckets, 200 live");
});
