/** The room that all share. */
import { expect, test } from "vitest";

import { ChatRoom, MESSAGES_KEPT } from "../src/chat-room.ts";

const ann = { account: "ann-1", name: "Ann" };

test("messages are numbered without gaps, and their text is trimmed", () => {
  const room = new ChatRoom();
  room.post(ann, { id: "id-first", text: "  hello " }, 5);
  const { message } = room.post(ann, { id: "id-second", text: "again" }, 6);
  expect(message).toEqual({
    number: 2,
    id: "id-second",
    author: "ann-1",
    name: "Ann",
    text: "again",
    at: 6,
  });
  expect(room.after(0).map(({ text }) => text)).toEqual(["hello", "again"]);
  expect(room.after(1).map(({ number }) => number)).toEqual([2]);
});

test("the same draft said again is the same message, and no news", () => {
  const room = new ChatRoom();
  const first = room.post(ann, { id: "id-first", text: "hello" }, 5);
  expect(room.post(ann, { id: "id-first", text: "hello" }, 9)).toEqual({
    message: first.message,
    isNew: false,
  });
  const ben = { account: "ben-1", name: "Ben" };
  expect(room.post(ben, { id: "id-first", text: "mine" }, 9).isNew).toBe(true);
});

test("the oldest messages are forgotten, and their numbers are not used again", () => {
  const room = new ChatRoom();
  for (let count = 1; count <= MESSAGES_KEPT + 3; count++) {
    room.post(ann, { id: `id-${count}`, text: "x" }, count);
  }
  expect(room.after(0)).toHaveLength(MESSAGES_KEPT);
  expect(room.after(0)[0]?.number).toBe(4);
});
