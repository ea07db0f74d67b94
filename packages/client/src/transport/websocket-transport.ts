/**
 * One WebSocket, one attempt: no retry, no timer, no parsing. It ends at the first of `error`,
 * `close` and a constructor that throws, never waits for a `close` event, and lets go of the socket
 * before it reports. Deadlines belong to the connection machine, which calls `close`.
 */
/* oxlint-disable unicorn/prefer-add-event-listener -- One listener each, replaced at the end. */
import type { Frame } from "@holdfast/protocol";
import type { CreateSocket, UpgradeRefusal, WebSocketLike } from "../base/web-socket.ts";
import type { OpenTransport, Transport, TransportEvent } from "./transport.ts";

/**
 * Opens transports over the sockets that `createSocket` makes; by default the global `WebSocket`.
 */
export function webSocketTransport(
  createSocket: CreateSocket = (url, subprotocols) => new WebSocket(url, subprotocols),
): OpenTransport {
  return (url, subprotocols, onEvent) =>
    new WebSocketTransport(() => createSocket(url, [...subprotocols]), onEvent);
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

class WebSocketTransport implements Transport {
  readonly #onEvent: (event: TransportEvent) => void;
  /** Undefined once it has ended. */
  #socket: WebSocketLike | undefined;
  #isOpened = false;
  #isPaused = false;
  /**
   * Bytes written since the last inbound frame: the best guess where the platform does not count.
   */
  #unansweredBytes = 0;

  constructor(createSocket: () => WebSocketLike, onEvent: (event: TransportEvent) => void) {
    this.#onEvent = onEvent;
    try {
      const socket = createSocket();
      this.#socket = socket;
      this.#attach(socket);
    } catch (error) {
      this.#fail(`socket not made: ${error instanceof Error ? error.name : "unknown"}`);
    }
  }

  get bufferedBytes(): number {
    return this.#socket ? (this.#socket.bufferedAmount ?? this.#unansweredBytes) : 0;
  }

  get canPause(): boolean {
    return !!this.#socket?.pause;
  }

  send(frame: Frame): boolean {
    const socket = this.#socket;
    // A socket past `open` drops what it is given, without a word.
    if (!this.#isOpened || socket?.readyState !== 1) return false;
    try {
      socket.send(frame as string | Uint8Array<ArrayBuffer>);
    } catch {
      return false;
    }
    this.#unansweredBytes += frame.length;
    return true;
  }

  pauseReading(): void {
    if (!this.#isOpened) return;
    this.#isPaused = true;
    this.#socket?.pause?.();
  }

  resumeReading(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket?.resume?.();
  }

  close(code: number, reason: string): void {
    this.resumeReading(); // Or the peer's half of the closing handshake would never be read.
    const socket = this.#detach();
    // A close frame has room for 123 bytes; outside ASCII a character would be several.
    if (socket) shut(socket, code, reason.replace(/[^ -~]/g, "?").slice(0, 123));
  }

  #attach(socket: WebSocketLike): void {
    socket.onopen = () => {
      this.#isOpened = true;
      this.#onEvent({ type: "opened", subprotocol: socket.protocol ?? "" });
    };
    socket.onmessage = (event: { readonly data: string | ArrayBuffer }) => {
      this.#unansweredBytes = 0;
      const { data } = event;
      this.#onEvent({
        type: "frame",
        frame: typeof data === "string" ? data : new Uint8Array(data),
      });
    };
    socket.onerror = (event: { readonly error?: { readonly code?: unknown } } | undefined) => {
      // Of the platform's words only the error's code: a message could hold the address.
      const code = event?.error?.code;
      this.#end(1006, typeof code === "string" ? code : "socket error");
    };
    socket.onclose = (event: { readonly code?: number; readonly reason?: string } | undefined) =>
      this.#end(event?.code ?? 0, event?.reason ?? "");
    socket.on?.("unexpected-response", (_request, { statusCode, headers }) => {
      if (!this.#socket) return;
      const delay = retryAfterMs(headers);
      this.#fail(`HTTP ${statusCode}`, {
        ...(statusCode !== undefined && { httpStatus: statusCode }),
        ...(delay !== undefined && { retryAfterMs: delay }),
      });
    });
    socket.binaryType = "arraybuffer";
  }

  /**
   * The first of `error` and `close`: a failed dial before `open`, the end of a connection after
   * it.
   */
  #end(code: number, reason: string): void {
    if (!this.#isOpened) return this.#fail(reason || `closed with ${code}`);
    this.#drop();
    this.#onEvent({ type: "closed", code, reason });
  }

  #fail(
    detail: string,
    http?: { readonly httpStatus?: number; readonly retryAfterMs?: number },
  ): void {
    this.#drop();
    this.#onEvent({ type: "openFailed", detail, ...http });
  }

  /** Lets go of a socket that has failed. `ws` must be told to end what it still holds. */
  #drop(): void {
    const socket = this.#detach();
    if (!socket) return;
    if (socket.terminate) socket.terminate();
    else shut(socket, 1000, "");
  }

  /**
   * Stops hearing the socket, for ever. Two listeners stay on it: on Node an error that nobody
   * hears ends the process, and React Native's Android opens sockets that were closed while
   * dialling.
   */
  #detach(): WebSocketLike | undefined {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isOpened = false;
    if (!socket) return undefined;
    socket.onmessage = null;
    socket.onclose = null;
    socket.onerror = () => {};
    socket.onopen = () => shut(socket, 1000, "too late");
    return socket;
  }
}

/** Closes gently, or else hard: old engines throw while the socket is still dialling. */
function shut(socket: WebSocketLike, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    socket.terminate?.();
  }
}
