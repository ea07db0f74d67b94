/**
 * One WebSocket, one attempt: no retry, no timer, no parsing. It ends at the first of `error`,
 * `close` and a constructor that throws, and never waits for a `close` event. Deadlines belong to
 * the connection machine, which calls `close`.
 */
/* oxlint-disable unicorn/prefer-add-event-listener -- One listener each, for the socket's life. */
import type { Frame } from "@holdfast/protocol";
import { nameOf, OptionsError } from "../base/errors.ts";
import type { CreateSocket, WebSocketLike } from "../base/web-socket.ts";
import type { OpenTransport, Transport, TransportEvent } from "./transport.ts";

/** Opens transports over the sockets that `createSocket` makes. None of them can pause. */
export function webSocketTransport(createSocket: CreateSocket): OpenTransport {
  return (...dial) => new WebSocketTransport(createSocket, ...dial);
}

// A class: V8 makes a hidden class of its own for each object literal with a getter.
class WebSocketTransport implements Transport {
  readonly isPaused = false;
  readonly #onEvent: (event: TransportEvent) => void;
  #socket: WebSocketLike | undefined;
  #isOpened = false;
  #isOver = false;

  constructor(
    createSocket: CreateSocket,
    url: string,
    subprotocols: readonly string[],
    onEvent: (event: TransportEvent) => void,
  ) {
    this.#onEvent = onEvent;
    try {
      this.#socket = createSocket(url, [...subprotocols]);
      this.#listen(this.#socket);
    } catch (error) {
      // Of anything else the words could hold a secret.
      this.#end(0, error instanceof OptionsError ? error.message : nameOf(error));
    }
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  pauseReading(): void {}

  resumeReading(): void {}

  send(frame: Frame): boolean {
    // A socket past `open` drops what it is given, without a word.
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(frame as string | Uint8Array<ArrayBuffer>);
    return true;
  }

  close(code: number, reason = ""): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      this.#socket?.close(code, reason);
    } catch {
      // Old engines throw while the socket is still dialling.
    }
  }

  /**
   * The listeners stay for ever, and heed nothing after the end. An error that nobody hears ends a
   * Node process; and React Native's Android opens sockets that were closed while dialling.
   */
  #listen(socket: WebSocketLike): void {
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#isOpened = true;
      if (this.#isOver) socket.close(1000);
      else this.#onEvent({ type: "opened", subprotocol: socket.protocol ?? "" });
    };
    socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => {
      const frame = typeof data === "string" ? data : new Uint8Array(data);
      if (!this.#isOver) this.#onEvent({ type: "frame", frame });
    };
    // An `error` has no code. It may be the only word that comes of a failed dial (Node 22).
    socket.onerror = socket.onclose = ({ code = 1006 }: { readonly code?: number }) =>
      this.#end(code);
  }

  #end(code: number, detail = String(code)): void {
    if (this.#isOver) return;
    this.close(1000);
    if (this.#isOpened) this.#onEvent({ type: "closed", code });
    else this.#onEvent({ type: "openFailed", meaning: "retry", detail });
  }
}
