/**
 * Before `welcome` nobody is known, nor may make the server hold more than a hello: `ws` bounds a
 * frame by what an open session may say, and keeps what has come of one until it is complete.
 */
import type { Duplex } from "node:stream";

import { HELLO_BYTES_MAX } from "@holdfast/protocol";
import type { WebSocket } from "ws";

import type { SocketListener } from "../server-socket.ts";

/** A hello, and room for the headers of the frames that it may come in. */
const HELD_MAX = HELLO_BYTES_MAX + 4_096;

/**
 * Ends who sends more, without a complete frame, than a hello may be, until its session is open.
 * Returns what to call when it may be open by now; undefined: nothing is guarded.
 */
export function guardHello(
  socket: WebSocket,
  stream: Duplex,
  listener: SocketListener,
): (() => boolean) | undefined {
  if (listener.isOpen !== false) return undefined;
  let held = 0;
  let isFresh = false;
  // `ws` hears of each piece before, and says what is complete in it at once.
  const onData = ({ length }: Buffer): void => {
    // What else was in the piece that completed a frame is less than one read.
    held = isFresh ? 0 : held + length;
    isFresh = false;
    if (held <= HELD_MAX || leftIfOpen()) return;
    leave();
    // The rest is read, or the peer would not come to our word, but nobody keeps it.
    stream.removeAllListeners("data");
    listener.oversized?.();
  };
  const onMessage = (): void => void (isFresh = true);
  const leave = (): void => {
    stream.off("data", onData);
    socket.off("message", onMessage);
  };
  const leftIfOpen = (): boolean => {
    if (listener.isOpen) leave();
    return listener.isOpen === true;
  };
  stream.on("data", onData);
  socket.on("message", onMessage);
  return leftIfOpen;
}
