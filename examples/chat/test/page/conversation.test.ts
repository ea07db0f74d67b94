/** What one client reads and says, without a connection. */
import { expect, test } from "vitest";

import type { Message } from "../../src/contract.ts";
import { Conversation, MESSAGES_SHOWN } from "../../src/page/conversation.ts";

function message(number: number, id = `id-${number}`): Message {
  return { number, id, author: "ben-1", name: "Ben", text: `text ${number}`, at: number };
}

function numbers(conversation: Conversation): number[] {
  return conversation.view.current.messages.map(({ number }) => number);
}

test("messages stand in the room's order, each once, however they come", () => {
  const conversation = new Conversation();
  conversation.heard(message(2));
  conversation.heard(message(1));
  conversation.caughtUp([message(1), message(2), message(3)]);
  expect(numbers(conversation)).toEqual([1, 2, 3]);
});

test("the history is asked from where everything is known, not from the newest message", () => {
  const conversation = new Conversation();
  conversation.caughtUp([message(1), message(2)]);
  // A session was lost, and 3 with it; then 4 came live, before the catch-up.
  conversation.heard(message(4));
  expect(conversation.position).toBe(2);
  conversation.caughtUp([message(3), message(4)]);
  expect(conversation.position).toBe(4);
  conversation.heard(message(5));
  expect(conversation.position).toBe(5);
});

test("a room that has forgotten its beginning is no gap", () => {
  const conversation = new Conversation();
  conversation.caughtUp([message(40), message(41)]);
  expect(conversation.position).toBe(41);
});

test("a draft waits, and becomes the message that carries its id", () => {
  const conversation = new Conversation();
  conversation.sending({ id: "mine", text: "hello" });
  expect(conversation.view.current.drafts[0]?.fate.type).toBe("sending");
  conversation.heard(message(1, "mine"));
  expect(conversation.view.current.drafts).toEqual([]);
});

test("a draft that failed says why, and can be tried again in its place", () => {
  const conversation = new Conversation();
  conversation.sending({ id: "a", text: "first" });
  conversation.sending({ id: "b", text: "second" });
  conversation.failed("a", "Connection lost: may have been sent", true);
  expect(conversation.view.current.drafts[0]?.fate).toEqual({
    type: "failed",
    why: "Connection lost: may have been sent",
    mayBeSent: true,
  });
  conversation.sending({ id: "a", text: "first" });
  const { drafts } = conversation.view.current;
  expect(drafts.map(({ id, fate }) => [id, fate.type])).toEqual([
    ["a", "sending"],
    ["b", "sending"],
  ]);
});

test("a message that came all the same is not called failed", () => {
  const conversation = new Conversation();
  conversation.sending({ id: "mine", text: "hello" });
  conversation.caughtUp([message(1, "mine")]);
  conversation.failed("mine", "Connection lost: may have been sent", true);
  expect(conversation.view.current.drafts).toEqual([]);
});

test("old messages go when there are too many", () => {
  const conversation = new Conversation();
  const many = Array.from({ length: MESSAGES_SHOWN + 5 }, (_, index) => message(index + 1));
  conversation.caughtUp(many);
  expect(numbers(conversation)).toHaveLength(MESSAGES_SHOWN);
  expect(numbers(conversation)[0]).toBe(6);
  expect(conversation.position).toBe(MESSAGES_SHOWN + 5);
});
