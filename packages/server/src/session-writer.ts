/**
 * The writing half of a session: what was said in a tick leaves at its end, or as soon as it is
 * worth a frame, and never without bound.
 */
import type { Page, ServerMessage } from "@holdfast/protocol";

import type { Flushable } from "./flusher.ts";
import { Outbox } from "./outbox.ts";
import type { ServerCodec, SharedMessage } from "./outbox.ts";
import type { ServerSocket } from "./server-socket.ts";
import type { SessionHost } from "./session-host.ts";

/** What the writer tells its session. */
export interface WriterOwner {
  /** The peer reads too slowly; what waited for it is gone. */
  overflowed(): void;
  /** An answer could not be written, and a failure takes its place. */
  report(error: unknown, place: "encode"): void;
}

export class SessionWriter implements Flushable {
  readonly #host: SessionHost;
  readonly #socket: ServerSocket;
  readonly #owner: WriterOwner;
  readonly #codec: ServerCodec;
  /** Present while something waits, for most sessions are silent most of the time. */
  #outbox: Outbox | undefined;
  /** What was pushed in this tick, in bytes. */
  #pushedBytes = 0;
  #isFlushDue = false;
  #isClosed = false;

  constructor(host: SessionHost, socket: ServerSocket, codec: ServerCodec, owner: WriterOwner) {
    this.#host = host;
    this.#socket = socket;
    this.#owner = owner;
    this.#codec = codec;
  }

  /** Returns what was said: of a page, what a frame can hold. */
  send(message: ServerMessage): ServerMessage {
    const outbox = this.#ownOutbox();
    let said = message;
    if (message.type === "page") said = this.#addPage(outbox, message);
    else this.#add(outbox, message);
    if (outbox.isWorthAFrame) this.#write();
    // Also when nothing waits any more: the buffer is judged at the end of each tick.
    this.#flushSoon();
    return said;
  }

  #addPage(outbox: Outbox, page: Page): Page {
    return outbox.addPage(page, (seq) => this.#host.leftOut(page.bucket, page.epoch, seq));
  }

  #add(outbox: Outbox, message: ServerMessage): void {
    const fault = outbox.add(message);
    if (fault) this.#owner.report(fault, "encode");
  }

  /** As `send`, unless it has more bytes than these. Returns how many it has; 0: not sent. */
  sendWithin(message: ServerMessage, bytesMax: number): number {
    const bytes = this.#ownOutbox().addWithin(message, bytesMax);
    if (bytes > 0) this.#flushSoon();
    return bytes;
  }

  /** False: it was not said, because it cannot be written, or not in one frame. */
  push(message: SharedMessage): boolean {
    const bytes = this.#ownOutbox().addShared(message);
    if (bytes === 0) return false;
    this.#pushedBytes += bytes;
    this.#host.counts.updatesPushed++;
    this.#flushSoon();
    return true;
  }

  /**
   * It takes less than it is pushed. Answers and pages of this tick do not count: they were asked
   * for.
   */
  get isSlow(): boolean {
    const { bufferedBytesSoft } = this.#host.policy;
    return this.#socket.bufferedBytes + this.#pushedBytes > bufferedBytesSoft;
  }

  /**
   * Judged before the tick's frames are added: a large answer to a peer that keeps up is no fault.
   */
  flush(): void {
    this.#isFlushDue = false;
    if (this.#isClosed) return;
    if (this.#socket.bufferedBytes <= this.#host.policy.bufferedBytesMax) return this.#write();
    this.#outbox = undefined;
    this.#owner.overflowed();
  }

  /** Writes what waits, then the close. */
  close(code: number, reason: string): void {
    this.#isClosed = true;
    this.#write();
    this.#socket.close(code, reason);
  }

  #ownOutbox(): Outbox {
    return (this.#outbox ??= new Outbox(this.#codec, this.#host.policy.limits));
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#host.flusher.soon(this);
  }

  #write(): void {
    this.#pushedBytes = 0;
    const frames = this.#outbox?.take() ?? [];
    this.#outbox = undefined;
    for (const frame of frames) {
      this.#host.counts.framesSent++;
      this.#socket.send(frame);
    }
  }
}
