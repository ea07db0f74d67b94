import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";

import { HELLO_BYTES_MAX } from "@holdfast/protocol";
import { expect, test } from "vitest";
import type { WebSocket } from "ws";

import { guardHello } from "../../src/use/hello-guard.ts";

/** A connection with a guard, what it may say of its session, and how often it was ended. */
function guarded(said: { isOpen?: boolean }) {
  const socket = new EventEmitter() as WebSocket;
  const stream = new PassThrough();
  let ended = 0;
  const oversized = (): void => void ended++;
  const session = { ...said, frameReceived: () => {}, closed: () => {}, oversized };
  // In the place of `ws`, which reads first.
  stream.on("data", () => {});
  const leftIfOpen = guardHello(socket, stream, session);
  return {
    session,
    leftIfOpen,
    ended: () => ended,
    readers: () => stream.listenerCount("data"),
    piece: (bytes: number) => stream.emit("data", Buffer.alloc(bytes)),
    /** A piece that completes a frame. */
    lastPiece: (bytes: number) => {
      socket.emit("message");
      stream.emit("data", Buffer.alloc(bytes));
    },
  };
}

const ROOM = 4_096;

test("who is not known yet is ended by a frame that is larger than a hello, and nobody keeps the rest", () => {
  const { piece, ended, readers } = guarded({ isOpen: false });
  piece(HELLO_BYTES_MAX);
  piece(ROOM);
  expect([ended(), readers()]).toEqual([0, 2]);
  piece(1);
  piece(1_000_000);
  expect([ended(), readers()]).toEqual([1, 0]);
});

test("small frames give no right to a large one, and take none from a hello", () => {
  const { piece, lastPiece, ended } = guarded({ isOpen: false });
  for (let frames = 0; frames < 100; frames++) lastPiece(ROOM);
  piece(HELLO_BYTES_MAX);
  lastPiece(ROOM);
  expect(ended()).toBe(0);
  piece(HELLO_BYTES_MAX + ROOM + 1);
  expect(ended()).toBe(1);
});

test("once the session is open a frame may be larger, and nobody counts it any more", () => {
  const { session, piece, ended, readers, leftIfOpen } = guarded({ isOpen: false });
  expect([leftIfOpen?.(), readers()]).toEqual([false, 2]);
  session.isOpen = true;
  piece(1_000_000);
  expect([ended(), readers(), leftIfOpen?.()]).toEqual([0, 1, true]);
});

test.each([{ isOpen: true }, {}])(
  "where the session is open, or nobody asks, nothing is guarded: %j",
  (said) => {
    const { piece, ended, readers, leftIfOpen } = guarded(said);
    piece(1_000_000);
    expect([ended(), readers(), leftIfOpen]).toEqual([0, 1, undefined]);
  },
);
