/** What a report holds of a client, and what it leaves out. */
import { replay } from "@holdfast/client/machine";
import { Cell } from "@holdfast/client";
import type { BucketState, PendingTransaction } from "@holdfast/client/durable";
import { clientHarness } from "@holdfast/testing";
import { expect, test } from "vitest";

import { FrameTap } from "../../src/frames.ts";
import { clientReport, type Inspected } from "../../src/report/client-report.ts";

const made = { now: 1, wallNow: 2 };

test("its trace is whole: the machine comes to the same over it", async () => {
  const own = await clientHarness().open();
  const { trace } = clientReport(own.client, {}, [], made);
  expect(replay(trace)).toEqual({ verdict: "same", agreed: 5 });
});

test("a plain client has neither frames, transactions nor buckets, unless frames are noted", async () => {
  const own = await clientHarness().open();
  const plain = clientReport(own.client, { name: "ann" }, [], made);
  expect(Object.keys(plain).sort()).toEqual(["isLive", "made", "name", "trace"]);
  expect(clientReport(own.client, { frames: new FrameTap() }, [], made).frames?.recent).toEqual([]);
});

/** A client with these transactions and buckets, as far as a report looks. */
async function durable(parts: Partial<Inspected>): Promise<Inspected> {
  const { version, platformName, policy, recentEvents, connection } = (await clientHarness().open())
    .client;
  return { version, platformName, policy, recentEvents, connection, ...parts };
}

const pending = (count: number): readonly PendingTransaction[] =>
  Array.from({ length: count }, (_, at) => ({
    id: String(at),
    name: "note.add",
    input: { text: "secret" },
    createdAt: at,
    phase: at % 2 ? "queued" : "inFlight",
  }));

test("what transactions are asked to do is left out unless the app allows it", async () => {
  const client = await durable({ pending: new Cell(pending(1)) });
  expect(JSON.stringify(clientReport(client, {}, [], made))).not.toContain("secret");
  const open = clientReport(client, { payloads: true }, [], made);
  expect(open.transactions?.pending[0]?.input).toBe(`{"text":"secret"}`);
});

test("all are counted by phase, and the first are listed", async () => {
  const trouble = new Cell({ setAside: [], unknown: ["x"], storeFailure: "full" });
  const client = await durable({ pending: new Cell(pending(501)), trouble });
  const { transactions } = clientReport(client, {}, [], made);
  expect(transactions).toMatchObject({
    phases: { queued: 250, inFlight: 251 },
    unknown: 1,
    storeFailure: "full",
  });
  expect(transactions?.pending).toHaveLength(200);
});

test("buckets come with their cursor, head and debt; those that are only owed, too", async () => {
  const states = new Map<string, BucketState>([
    ["room:1", { phase: "behind", cursor: { epoch: "e", seq: 3 }, head: 9 }],
    ["room:2", { phase: "waiting", cursor: undefined, head: undefined }],
  ]);
  const client = await durable({ bucketStates: () => states });
  const debts = [
    { bucket: "room:1", epoch: "e", head: 9 },
    { bucket: "room:9", epoch: "e", head: 4 },
  ];
  expect(clientReport(client, {}, debts, made).buckets).toEqual([
    { key: "room:1", phase: "behind", cursor: 3, head: 9, debt: 9 },
    { key: "room:2", phase: "waiting" },
    { key: "room:9", phase: "owed", debt: 4 },
  ]);
});
