/**
 * The transport over sockets of `ws`, which can do what a browser's cannot: tell which HTTP answer
 * it got instead of an upgrade, name its errors, pause, and end without waiting for the peer.
 */
import { httpMeaning } from "@holdfast/protocol";
import type { CloseMeaning, Frame } from "@holdfast/protocol";
import type { WebSocketLike } from "../base/web-socket.ts";
import type { OpenTransport, Transport, TransportEvent } from "./transport.ts";
import { webSocketTransport } from "./websocket-transport.ts";

/** A socket of `ws`, as much of it as we use. */
export interface WsSocket extends WebSocketLike {
  /** Ends the socket without a handshake. */
  terminate(): void;
  pause(): void;
  resume(): void;
  on(event: "error", listener: (error: { readonly code?: unknown }) => void): unknown;
  on(
    event: "unexpected-response",
    listener: (request: unknown, response: UpgradeRefusal) => void,
  ): unknown;
}

/** An HTTP answer that is not an upgrade. */
export interface UpgradeRefusal {
  readonly statusCode?: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Makes a socket of `ws` that is already dialling. What it throws becomes a failed attempt. */
export type CreateWsSocket = (url: string, subprotocols: string[]) => WsSocket;

/** Opens transports over the sockets of `ws` that `createSocket` makes. */
export function wsTransport(createSocket: CreateWsSocket): OpenTransport {
  return (...dial) => new WsTransport(createSocket, ...dial);
}

// A class: V8 makes a hidden class of its own for each object literal with a getter.
class WsTransport implements Transport {
  isPaused = false;
  /** Undefined once it has ended. */
  #socket: WsSocket | undefined;
  readonly #transport: Transport;

  constructor(createSocket: CreateWsSocket, ...[url, subprotocols, onEvent]: Dial) {
    const failure: Failure = {};
    const create: CreateWsSocket = (...address) => {
      this.#socket = createSocket(...address);
      listenForFailure(this.#socket, failure);
      return this.#socket;
    };
    this.#transport = webSocketTransport(create)(url, subprotocols, (event) => {
      if (event.type !== "openFailed" && event.type !== "closed") return onEvent(event);
      // After an error `ws` would wait for the peer to end what it still holds.
      this.#socket?.terminate();
      this.#socket = undefined;
      onEvent(explained(event, failure));
    });
  }

  get bufferedBytes(): number {
    return this.#transport.bufferedBytes;
  }

  pauseReading(): void {
    this.isPaused = true;
    this.#socket?.pause();
  }

  resumeReading(): void {
    this.isPaused = false;
    this.#socket?.resume();
  }

  send(frame: Frame): boolean {
    return this.#transport.send(frame);
  }

  close(code: number, reason: string): void {
    this.#socket?.resume(); // Or the peer's half of the closing handshake would never be read.
    this.#socket = undefined;
    this.#transport.close(code, reason);
  }
}

type Dial = Parameters<OpenTransport>;

/** What `ws` says of a failure before the web's events, which say nothing. */
interface Failure {
  /** Of the platform's words only the error's code: a message could hold the address. */
  detail?: string;
  meaning?: CloseMeaning;
  retryAfterMs?: number | undefined;
}

function listenForFailure(socket: WsSocket, failure: Failure): void {
  socket.on("error", ({ code }) => {
    if (typeof code === "string") failure.detail ??= code;
  });
  socket.on("unexpected-response", (_request, { statusCode, headers }) => {
    failure.meaning = httpMeaning(statusCode);
    failure.detail = `HTTP ${statusCode}`;
    failure.retryAfterMs = retryAfterMs(headers);
    socket.terminate(); // Who hears this event has to end the dial; an error follows.
  });
}

function explained(
  event: Extract<TransportEvent, { readonly type: "openFailed" | "closed" }>,
  failure: Failure,
): TransportEvent {
  if (event.type === "openFailed") return { ...event, ...failure };
  return failure.detail === undefined ? event : { ...event, reason: failure.detail };
}

/**
 * What a refused upgrade says about when to come back: seconds, or a date by the server's own
 * clock.
 */
export function retryAfterMs(headers: UpgradeRefusal["headers"]): number | undefined {
  const value = String(headers["retry-after"] ?? "");
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Both dates are the server's, so our clock may be as wrong as it likes.
  const delay = Date.parse(value) - Date.parse(String(headers["date"]));
  return Number.isNaN(delay) ? undefined : Math.max(delay, 0);
}
