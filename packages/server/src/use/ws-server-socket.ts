/**
 * A socket of `ws` as the server's port. `ws` shakes hands, reads, and speaks control frames; what
 * the server says is written to the stream below it, because it is made into bytes once for all who
 * get it.
 */
import type { Duplex } from "node:stream";

import type { Frame } from "@holdfast/protocol";
import type { RawData, WebSocket } from "ws";

import type { ServerSocket, SocketListener } from "../server-socket.ts";
import type { FrameBytes } from "./frame-bytes.ts";
import { guardHello } from "./hello-guard.ts";

/** What may wait in the socket before protocol pings go unanswered, in bytes. */
const PONG_BYTES_MAX = 65_536;
/** The longest reason that a close frame can carry, in bytes. */
const REASON_BYTES_MAX = 123;

/** Where a socket of `ws` keeps who listens: so its listeners need no closures of their own. */
const LISTENER = Symbol("listener");

type HeardSocket = WebSocket & { [LISTENER]?: SocketListener };

export class WsServerSocket implements ServerSocket {
  readonly #socket: HeardSocket;
  readonly #stream: Duplex;
  readonly #frames: FrameBytes;
  /** Present until the session is open: takes the guard of its hello away. */
  #leftIfOpen: (() => boolean) | undefined;

  /**
   * `stream` is what the upgrade took over. Nobody compresses and nobody else sends on it, so
   * frames of ours and control frames of `ws` follow each other whole.
   */
  constructor(socket: WebSocket, stream: Duplex, frames: FrameBytes) {
    this.#socket = socket;
    this.#stream = stream;
    this.#frames = frames;
    // Without a listener an error would end the process. `close` follows it and says enough.
    socket.on("error", onError);
    socket.on("ping", onPing);
  }

  /** Reports to `listener` from now on. */
  listen(listener: SocketListener): void {
    this.#socket[LISTENER] = listener;
    this.#socket.on("message", onMessage);
    this.#socket.on("close", onClose);
    this.#leftIfOpen = guardHello(this.#socket, this.#stream, listener);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Frame): void {
    if (this.#leftIfOpen?.()) this.#leftIfOpen = undefined;
    // An error of a write ends the socket, and is heard there.
    if (this.#socket.readyState === this.#socket.OPEN) this.#stream.write(this.#frames.of(frame));
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

function onError(this: WebSocket): void {
  this.terminate();
}

function onPing(this: WebSocket, data: Buffer): void {
  if (this.bufferedAmount <= PONG_BYTES_MAX) this.pong(data, false, ignore);
}

function onMessage(this: HeardSocket, data: RawData, isBinary: boolean): void {
  this[LISTENER]?.frameReceived(frameOf(data, isBinary));
}

function onClose(this: HeardSocket): void {
  this[LISTENER]?.closed();
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

/** An error of a pong also ends the socket, and is heard there. */
function ignore(): void {
  // Nothing to add.
}
