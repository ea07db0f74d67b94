/**
 * Before its hello nobody is known, and may not make the server hold more than a hello: `ws` bounds
 * a frame by what an open session may say, and keeps what has come of one until it is complete.
 */
import type { Duplex } from "node:stream";

import { HELLO_BYTES_MAX } from "@holdfast/protocol";
import type { WebSocket } from "ws";

import type { SocketListener } from "../server-socket.ts";

/** A hello, and room for the headers of the frames that it may come in. */
const HELD_MAX = HELLO_BYTES_MAX + 4_096;

/** Ends who sends more, without a complete frame, than a hello may be; leaves with the hello. */
export function guardHello(socket: WebSocket, stream: Duplex, listener: SocketListener): void {
  if (!listener.isHelloDue) return;
  let held = 0;
  let isFresh = false;
  // `ws` hears of each piece before, and says what is complete in it at once.
  const onData = ({ length }: Buffer): void => {
    // What else was in the piece that completed a frame is less than one read.
    held = isFresh ? 0 : held + length;
    isFresh = false;
    if (held <= HELD_MAX) return;
    leave();
    // The rest is read, or the peer would not come to our word, but nobody keeps it.
    stream.removeAllListeners("data");
    listener.oversized?.();
  };
  const onMessage = (): void => {
    isFresh = true;
    if (!listener.isHelloDue) leave();
  };
  const leave = (): void => {
    stream.off("data", onData);
    socket.off("message", onMessage);
  };
  stream.on("data", onData);
  socket.on("message", onMessage);
}
