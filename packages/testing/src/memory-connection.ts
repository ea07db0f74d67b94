/**
 * One connection in memory, seen from both ends: the client's transport and the server's socket.
 * It behaves as TCP does: in order, nothing lost while both ends live, and an end that is told
 * late, or never, where the network stands still.
 */
import type { Clock, Millis, Transport, TransportEvent } from "@holdfast/client";
import { httpMeaning } from "@holdfast/protocol";
import type { Frame } from "@holdfast/protocol";
import type { RealtimeServer, ServerSocket, SocketListener } from "@holdfast/server";

import { MemoryPipe } from "./memory-pipe.ts";

/** What a link needs of a server. */
export type LinkedServer = Pick<
  RealtimeServer,
  "accept" | "isClosing" | "subprotocols" | "windowMs"
>;

/** Why a dial comes to nothing. Without a status nobody listens there. */
export interface DialRefusal {
  readonly httpStatus?: number;
  readonly retryAfterMs?: number;
}

/** What a connection asks of its link. */
export interface ConnectionOwner {
  readonly clock: Clock;
  delayMs(): Millis;
  /** How much longer a dial takes. */
  dialDelayMs(): Millis;
  /** Who takes the connection, now that it has arrived. */
  answer(): LinkedServer | DialRefusal;
  /** Both ends are gone. */
  forget(connection: MemoryConnection): void;
}

export class MemoryConnection implements Transport {
  readonly up: MemoryPipe;
  readonly down: MemoryPipe;
  readonly #owner: ConnectionOwner;
  readonly #onEvent: (event: TransportEvent) => void;
  #listener: SocketListener | undefined;
  #client: "dialling" | "open" | "gone" = "dialling";
  #isPaused = false;
  #server: "open" | "closing" | "gone" = "open";

  constructor(
    owner: ConnectionOwner,
    url: string,
    subprotocols: readonly string[],
    onEvent: (event: TransportEvent) => void,
  ) {
    this.#owner = owner;
    this.#onEvent = onEvent;
    this.up = new MemoryPipe(owner.clock, () => owner.delayMs());
    this.down = new MemoryPipe(owner.clock, () => owner.delayMs());
    const arrive = (): void => this.#arrive(url, subprotocols);
    this.up.push(0, arrive, owner.dialDelayMs());
  }

  get bufferedBytes(): number {
    return this.up.heldBytes;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  send(frame: Frame): boolean {
    if (this.#client !== "open") return false;
    this.#sendUp(frame);
    return true;
  }

  /** A frame that neither end has written. Only while the connection is open. */
  inject(direction: "up" | "down", frame: Frame): void {
    if (this.#client !== "open" || this.#server !== "open") return;
    if (direction === "up") this.#sendUp(frame);
    else this.#sendDown(frame);
  }

  pauseReading(): void {
    this.#isPaused = true;
    this.down.block("paused");
  }

  resumeReading(): void {
    this.#isPaused = false;
    this.down.unblock("paused");
  }

  /** The client's end. The server hears of it when the network brings it. */
  close(): void {
    if (this.#client === "gone") return;
    this.#clientGone();
    // Where nobody took the connection there is nobody to tell.
    if (this.#server !== "gone") this.up.push(0, () => this.#serverGone());
  }

  /** Both ends lose it, and hear of it now. */
  reset(): void {
    this.#end(1006, "");
    this.#serverGone();
  }

  #arrive(url: string, subprotocols: readonly string[]): void {
    const answer = this.#owner.answer();
    if (!("accept" in answer)) {
      this.#server = "gone";
      const { httpStatus, retryAfterMs } = answer;
      const meaning = httpMeaning(httpStatus);
      const detail = httpStatus === undefined ? "refused" : `HTTP ${httpStatus}`;
      const failure = { type: "openFailed", meaning, detail, retryAfterMs } as const;
      return this.down.push(0, () => this.#fail(failure));
    }
    const subprotocol =
      answer.subprotocols.find((ours) => subprotocols.includes(ours)) ?? subprotocols[0] ?? "";
    this.down.push(0, () => this.#opened(subprotocol));
    const { pathname, search } = new URL(url);
    const request = { subprotocol, headers: {}, url: `${pathname}${search}` };
    this.#listener = answer.accept(this.#socket, request);
  }

  #opened(subprotocol: string): void {
    if (this.#client !== "dialling") return;
    this.#client = "open";
    this.#onEvent({ type: "opened", subprotocol });
  }

  get #socket(): ServerSocket {
    const { up, down } = this;
    return {
      get bufferedBytes() {
        return down.heldBytes;
      },
      send: (frame) => {
        if (this.#server === "open") this.#sendDown(frame);
      },
      close: (code, reason) => this.#close(code, reason),
      terminate: () => this.#terminate(),
      pauseReading: () => up.block("paused"),
      resumeReading: () => up.unblock("paused"),
    };
  }

  #sendUp(frame: Frame): void {
    this.up.push(frame.length, () => this.#listener?.frameReceived(frame));
  }

  #sendDown(frame: Frame): void {
    this.down.push(frame.length, () => {
      if (this.#client === "open") this.#onEvent({ type: "frame", frame });
    });
  }

  /** A closing handshake: the server's end is gone when the client has answered. */
  #close(code: number, reason: string): void {
    if (this.#server !== "open") return;
    this.#server = "closing";
    this.down.push(0, () => {
      this.up.push(0, () => this.#serverGone());
      this.#end(code, reason);
    });
  }

  /** The server's end is gone one turn later, as with a real socket; the client hears a reset. */
  #terminate(): void {
    if (this.#server === "gone") return;
    this.#server = "closing";
    this.down.push(0, () => this.#end(1006, ""));
    this.up.close();
    this.#owner.clock.turn(() => this.#serverGone());
  }

  /** The client hears the end of the connection, unless it has ended it itself. */
  #end(code: number, reason: string): void {
    if (this.#client === "open") this.#fail({ type: "closed", code, reason });
    else this.#fail({ type: "openFailed", meaning: "retry", detail: `closed with ${code}` });
  }

  #fail(event: TransportEvent): void {
    if (this.#client === "gone") return;
    this.#clientGone();
    this.#onEvent(event);
  }

  #clientGone(): void {
    this.#client = "gone";
    this.down.close();
    if (this.#server === "gone") this.#owner.forget(this);
  }

  #serverGone(): void {
    if (this.#server !== "gone") {
      this.#server = "gone";
      this.#listener?.closed();
    }
    this.up.close();
    if (this.#client === "gone") this.#owner.forget(this);
  }
}
