/** Reports of a client for as long as somebody looks. */
import { bucket, call, defineContract } from "@holdfast/protocol";
import { defineTransaction } from "@holdfast/client/durable";
import { clientHarness, linkedPair } from "@holdfast/testing";
import { expect, test } from "vitest";

import { ClientFeed, DEBTS_MS, LOOK_MS } from "../../src/report/client-feed.ts";
import type { Report } from "../../src/report/report.ts";

test("a report comes at once, and another when something has happened, not before", async () => {
  const own = await clientHarness().open();
  const feed = new ClientFeed(own.client, { clock: own.clock });
  const seen: Report[] = [];
  feed.reports.subscribe((report) => seen.push(report));
  expect(seen).toHaveLength(1);
  await own.clock.run(LOOK_MS * 5);
  expect(seen).toHaveLength(1);
  own.network.goOnline("constrained");
  await own.clock.run(LOOK_MS);
  expect(seen).toHaveLength(2);
  expect(seen[1]?.trace.entries.map(({ event }) => event.type)).toContain("networkChanged");
  expect(seen[1]?.made.now).toBe(own.clock.now());
  feed.close();
});

test("an event that was told stays the same object, so that what was drawn of it can stay", async () => {
  const own = await clientHarness().open();
  const feed = new ClientFeed(own.client, { clock: own.clock });
  const [first] = feed.reports.current.trace.entries;
  own.network.goOnline("constrained");
  await own.clock.run(LOOK_MS);
  expect(feed.reports.current.trace.entries[0]).toBe(first);
  feed.close();
});

test("looking leaves nothing behind, and changes nothing", async () => {
  const own = await clientHarness().open();
  const before = own.clock.pending;
  const feed = new ClientFeed(own.client, { clock: own.clock });
  feed.close();
  feed.close();
  expect(own.clock.pending).toBe(before);
});

const contract = defineContract({
  calls: { "note.add": call<string, number>() },
  buckets: { list: bucket<string>() },
});
const addNote = defineTransaction(contract, "note.add");

test("transactions and buckets are seen as they stand, and as they change", async () => {
  let answer: (id: number) => void = () => {};
  const answered = new Promise<number>((resolve) => (answer = resolve));
  const pair = linkedPair({
    contract,
    handlers: { "note.add": async () => await answered },
    buckets: { list: { authorize: () => true } },
  });
  const { client } = pair.addDurableClient({ transactions: [addNote] });
  const feed = new ClientFeed(client, { clock: pair.clock, payloads: true });
  client.start();
  client.bucket("list:1").open({ apply: () => {} });
  client.transact(addNote, "buy milk");
  await pair.clock.run(LOOK_MS);
  const phases: string[] = [];
  feed.reports.subscribe(({ transactions }) =>
    phases.push(Object.keys(transactions?.phases ?? {}).join()),
  );
  expect(feed.reports.current.transactions?.pending[0]).toMatchObject({
    name: "note.add",
    input: `"buy milk"`,
  });
  answer(1);
  await pair.clock.run(DEBTS_MS * 2);
  expect(phases.at(-1)).toBe("");
  expect(feed.reports.current.buckets).toMatchObject([{ key: "list:1", phase: "live", head: 0 }]);
  feed.close();
  client.close();
  await pair.clock.finish(client.closed);
});
