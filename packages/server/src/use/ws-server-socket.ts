/** A socket of `ws` as the server's port. */
import type { Frame } from "@holdfast/protocol";
import type { RawData, WebSocket } from "ws";

import type { ServerSocket, SocketListener } from "../server-socket.ts";

/** What may wait in the socket before protocol pings go unanswered, in bytes. */
const PONG_BYTES_MAX = 65_536;
/** The longest reason that a close frame can carry, in bytes. */
const REASON_BYTES_MAX = 123;

export class WsServerSocket implements ServerSocket {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    // Without a listener an error would end the process. `close` follows it and says enough.
    socket.on("error", () => socket.terminate());
    socket.on("ping", (data) => {
      if (socket.bufferedAmount <= PONG_BYTES_MAX) socket.pong(data, false, ignore);
    });
  }

  /** Reports to `listener` from now on. */
  listen(listener: SocketListener): void {
    this.#socket.on("message", (data, isBinary) => listener.frameReceived(frameOf(data, isBinary)));
    this.#socket.on("close", () => listener.closed());
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Frame): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame, ignore);
  }

  close(code: number, reason: string): void {
    const bytes = Buffer.from(reason);
    this.#socket.close(code, bytes.length > REASON_BYTES_MAX ? "" : reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }
}

/** `ws` delivers one Buffer with its default binary type, also for text. */
function frameOf(data: RawData, isBinary: boolean): Frame {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : asBuffer(data);
  return isBinary ? bytes : bytes.toString("utf8");
}

/** Without a copy where there is nothing to do. */
function asBuffer(data: Buffer | ArrayBuffer): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** Errors of a single write also end the socket, and are heard there. */
function ignore(): void {
  // Nothing to add.
}
