/** What one client reads and says, over a store in memory and without a connection. */
import type { BucketHooks, DocumentStore, PendingTransaction } from "@holdfast/client/durable";
import { StoreError, TransactionError } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { expect, test } from "vitest";

import { ROOM, type Draft, type Message } from "../../src/contract.ts";
import { Conversation, MESSAGES_KEPT } from "../../src/page/conversation.ts";

interface Device {
  readonly conversation: Conversation;
  readonly documents: DocumentStore;
  readonly hooks: BucketHooks<Message>;
}

async function device(): Promise<Device> {
  const { documents } = await memoryStore().open("ben-0123abcd");
  const conversation = new Conversation(async () => "e2");
  conversation.follow(documents);
  return { conversation, documents, hooks: conversation.hooks(() => documents) };
}

/** Applies the messages up to `upTo`; `keys` are those of our own, by number. */
async function apply(
  { hooks }: Device,
  after: number,
  upTo: number,
  keys: Readonly<Record<number, string>> = {},
): Promise<unknown> {
  const numbers = Array.from({ length: upTo - after }, (_, index) => after + index + 1);
  return await hooks.apply({
    bucket: ROOM,
    from: after === 0 ? undefined : { epoch: "e", seq: after },
    to: { epoch: "e", seq: upTo },
    isLive: true,
    updates: numbers.map((seq) => {
      const key = keys[seq];
      const data = { author: "ben-0123abcd", name: "Ben", text: `text ${seq}` };
      return { seq, at: seq, data, ...(key !== undefined && { key }) };
    }),
  });
}

function pending(id: string, createdAt = 1): PendingTransaction<Draft> {
  const input = { text: `draft ${id}` };
  return { id, name: "message.send", input, createdAt, phase: "queued" };
}

function numbers({ conversation }: Device): number[] {
  return conversation.view.current.messages.map(({ seq }) => seq);
}

function unsent({ conversation }: Device): string[] {
  return conversation.view.current.unsent.map(
    ({ id, phase, why }) => `${id} ${phase}${why === undefined ? "" : `: ${why}`}`,
  );
}

test("messages stand in the room's order, and are shown by the time they count as applied", async () => {
  const ben = await device();
  await apply(ben, 0, 12);
  expect(numbers(ben)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(ben.conversation.view.current.messages[0]).toEqual({
    seq: 1,
    at: 1,
    author: "ben-0123abcd",
    name: "Ben",
    text: "text 1",
  });
});

test("what another tab has stored is shown as well, and what it was faster with is not doubled", async () => {
  const ben = await device();
  const otherTab = new Conversation(async () => "e2");
  otherTab.follow(ben.documents);
  await apply(ben, 0, 2);
  const hooks = otherTab.hooks(() => ben.documents);
  expect(await apply({ ...ben, hooks }, 0, 1)).toEqual({ moved: { epoch: "e", seq: 2 } });
  expect(otherTab.view.current.messages.map(({ seq }) => seq)).toEqual([1, 2]);
});

test("a device keeps the newest messages, and forgets the others", async () => {
  const ben = await device();
  await apply(ben, 0, MESSAGES_KEPT);
  await apply(ben, MESSAGES_KEPT, MESSAGES_KEPT + 5);
  expect(numbers(ben)).toHaveLength(MESSAGES_KEPT);
  expect(numbers(ben)[0]).toBe(6);
});

test("what is on its way shows at once, and is replaced by the message that carries its id", async () => {
  const ben = await device();
  ben.conversation.showPending([pending("a"), pending("b")]);
  expect(unsent(ben)).toEqual(["a queued", "b queued"]);
  const lines: number[] = [];
  ben.conversation.view.subscribe(({ messages, unsent: left }) =>
    lines.push(messages.length + left.length),
  );
  await apply(ben, 0, 1, { 1: "a" });
  expect(unsent(ben)).toEqual(["b queued"]);
  ben.conversation.showPending([pending("b")]);
  // At no moment was it there twice, or not at all.
  expect(new Set(lines)).toEqual(new Set([2]));
});

test("what failed says why in its place, until it is dismissed", async () => {
  const ben = await device();
  ben.conversation.showPending([pending("b", 2)]);
  const failed = { ...pending("a", 1), phase: "failed" as const };
  const error = new TransactionError("rejected", { code: "noCommands" });
  ben.conversation.sendMessage.onFailure?.(error, failed);
  expect(unsent(ben)).toEqual([
    "a failed: The server declined: the room takes no /commands",
    "b queued",
  ]);
  expect(ben.conversation.dismiss("a")?.text).toBe("draft a");
  expect(ben.conversation.dismiss("a")).toBeUndefined();
  expect(unsent(ben)).toEqual(["b queued"]);
});

test("only the last that failed are shown", async () => {
  const ben = await device();
  for (let count = 1; count <= 25; count++) {
    const error = new TransactionError("cancelled");
    ben.conversation.sendMessage.onFailure?.(error, pending(`id-${count}`, count));
  }
  expect(unsent(ben)).toHaveLength(20);
  expect(unsent(ben)[0]).toMatch(/^id-6 /);
});

test("nobody signed in reads nothing, also of what is still being read", async () => {
  const ben = await device();
  await apply(ben, 0, 2);
  const reading = ben.conversation.read();
  ben.conversation.follow(undefined);
  await reading;
  expect(numbers(ben)).toEqual([]);
});

test("a store that fails for the moment leaves what is shown, and a fault of ours is not hidden", async () => {
  const ben = await device();
  await apply(ben, 0, 2);
  let error: Error = new StoreError("failed");
  const broken = { ...ben.documents, documents: async () => Promise.reject(error) };
  ben.conversation.follow(broken);
  await ben.conversation.read();
  expect(numbers(ben)).toEqual([]);
  error = new TypeError("ours");
  await expect(ben.conversation.read()).rejects.toThrow("ours");
});

test("where the server has begun anew, so does the device, from the beginning of the new room", async () => {
  const ben = await device();
  await apply(ben, 0, 3);
  const { signal } = new AbortController();
  const snapshot = await ben.hooks.snapshot?.({ bucket: ROOM, reason: "newEpoch", signal });
  expect(snapshot?.cursor).toEqual({ epoch: "e2", seq: 0 });
  await snapshot?.commit({ epoch: "e", seq: 3 });
  await ben.conversation.read();
  expect(numbers(ben)).toEqual([]);
  expect(ben.hooks.from).toBe("start");
});

test("messages go one after the other, in the order of speaking", () => {
  const { sendMessage } = new Conversation(async () => "e2");
  const lane = sendMessage.lane?.({ text: "a" });
  expect(lane).toBeDefined();
  expect(sendMessage.lane?.({ text: "b" })).toBe(lane);
});
