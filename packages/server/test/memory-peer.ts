/** A socket in memory: the server writes, and the test reads what a client would have heard. */
import type { ClientMessage, Frame, ServerMessage } from "@holdfast/protocol";

import type { ServerSocket, SocketListener } from "../src/server-socket.ts";

export class MemoryPeer implements ServerSocket {
  bufferedBytes = 0;
  readonly frames: Frame[] = [];
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  isTerminated = false;
  isPaused = false;
  /** Answers the server's close, as a client does that still listens. */
  answersClose = true;
  #listener: SocketListener | undefined;
  #isGone = false;

  /** As on a network, an end that came before the listener is told to it afterwards. */
  attach(listener: SocketListener): this {
    this.#listener = listener;
    if (this.#isGone) listener.closed();
    return this;
  }

  send(frame: Frame): void {
    this.frames.push(frame);
  }
  close(code: number, reason: string): void {
    this.closedWith = { code, reason };
    if (this.answersClose) this.drop();
  }
  terminate(): void {
    this.isTerminated = true;
    this.drop();
  }
  pauseReading(): void {
    this.isPaused = true;
  }
  resumeReading(): void {
    this.isPaused = false;
  }

  /** The client says this, in one frame. */
  says(...messages: ClientMessage[]): void {
    this.saysRaw(JSON.stringify(messages.length === 1 ? messages[0] : messages));
  }
  saysRaw(frame: Frame): void {
    this.#listener?.frameReceived(frame);
  }
  /** The connection is gone. */
  drop(): void {
    this.#isGone = true;
    this.#listener?.closed();
  }

  /** What was heard since the last look. */
  takes(): ServerMessage[] {
    return this.frames.splice(0).flatMap((frame) => JSON.parse(String(frame)) as ServerMessage[]);
  }
}
