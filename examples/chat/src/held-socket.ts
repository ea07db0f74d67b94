/**
 * A server's socket that can be told to let nothing through, and later to let all of it through.
 */
import type { Frame } from "@holdfast/protocol";
import type { ServerSocket, SocketListener } from "@holdfast/server";

export class HeldSocket implements ServerSocket, SocketListener {
  readonly #socket: ServerSocket;
  readonly #onClosed: () => void;
  #listener: SocketListener | undefined;
  #isHeld = false;
  #isPaused = false;
  /** There is no connection any more. */
  #isGone = false;
  #heldBytes = 0;
  /** What waits to go either way, in order. */
  #waiting: (() => void)[] = [];

  constructor(socket: ServerSocket, onClosed: () => void) {
    this.#socket = socket;
    this.#onClosed = onClosed;
  }

  listen(listener: SocketListener): void {
    this.#listener = listener;
  }

  get isOpen(): boolean {
    return this.#listener?.isOpen ?? true;
  }
  oversized(): void {
    this.#listener?.oversized?.();
  }

  setHeld(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    // Unread bytes fill the path, as they do when nobody is at its other end.
    if (isHeld) this.#socket.pauseReading();
    else if (!this.#isPaused) this.#socket.resumeReading();
    this.#heldBytes = 0;
    if (!isHeld) for (const pass of this.#waiting.splice(0)) pass();
  }

  /** Ends TCP as a broken path does: what was held is lost, and both ends notice. */
  cut(): void {
    this.#waiting = [];
    this.#isHeld = false;
    this.#socket.terminate();
    // It says so once, and that was held, too.
    if (this.#isGone) this.#end();
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes + this.#heldBytes;
  }

  send(frame: Frame): void {
    if (this.#isHeld) this.#heldBytes += frame.length;
    this.#pass(() => this.#socket.send(frame));
  }

  close(code: number, reason: string): void {
    this.#pass(() => this.#socket.close(code, reason));
  }

  /** The server has waited long enough: it ends its own side, whatever the path does. */
  terminate(): void {
    this.cut();
  }

  pauseReading(): void {
    this.#isPaused = true;
    this.#socket.pauseReading();
  }

  resumeReading(): void {
    this.#isPaused = false;
    if (!this.#isHeld) this.#socket.resumeReading();
  }

  frameReceived(frame: Frame): void {
    this.#pass(() => this.#listener?.frameReceived(frame));
  }

  closed(): void {
    this.#isGone = true;
    this.#pass(() => this.#end());
  }

  #end(): void {
    this.#onClosed();
    this.#listener?.closed();
  }

  #pass(go: () => void): void {
    if (this.#isHeld) this.#waiting.push(go);
    else go();
  }
}
