/**
 * One WebSocket, one attempt: no retry, no timer, no parsing. It ends at the first of `error`,
 * `close` and a constructor that throws, and never waits for a `close` event. Deadlines belong to
 * the connection machine, which calls `close`.
 */
/* oxlint-disable unicorn/prefer-add-event-listener -- One listener each, for the socket's life. */
import { nameOf, OptionsError } from "../base/errors.ts";
import type { CreateSocket, WebSocketLike } from "../base/web-socket.ts";
import type { OpenTransport } from "./transport.ts";

/** Opens transports over the sockets that `createSocket` makes. None of them can pause. */
export function webSocketTransport(createSocket: CreateSocket): OpenTransport {
  return (url, subprotocols, onEvent) => {
    let socket: WebSocketLike | undefined;
    let isOpened = false;
    let isOver = false;
    const close = (code: number, reason = ""): void => {
      if (isOver) return;
      isOver = true;
      try {
        socket?.close(code, reason);
      } catch {
        // Old engines throw while the socket is still dialling.
      }
    };
    const end = (code: number, detail = String(code)): void => {
      if (isOver) return;
      close(1000);
      if (isOpened) onEvent({ type: "closed", code });
      else onEvent({ type: "openFailed", meaning: "retry", detail });
    };
    // The listeners stay for ever, and heed nothing after the end. An error that nobody hears ends
    // a Node process; and React Native's Android opens sockets that were closed while dialling.
    const listen = (made: WebSocketLike): void => {
      made.binaryType = "arraybuffer";
      made.onopen = () => {
        isOpened = true;
        if (isOver) made.close(1000);
        else onEvent({ type: "opened", subprotocol: made.protocol ?? "" });
      };
      made.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => {
        const frame = typeof data === "string" ? data : new Uint8Array(data);
        if (!isOver) onEvent({ type: "frame", frame });
      };
      // An `error` has no code. It may be the only word that comes of a failed dial (Node 22).
      made.onerror = made.onclose = ({ code = 1006 }: { readonly code?: number }) => end(code);
    };
    try {
      listen((socket = createSocket(url, [...subprotocols])));
    } catch (error) {
      // Of anything else the words could hold a secret.
      end(0, error instanceof OptionsError ? error.message : nameOf(error));
    }
    return {
      isPaused: false,
      pauseReading() {},
      resumeReading() {},
      get bufferedBytes() {
        return socket?.bufferedAmount ?? 0;
      },
      send(frame) {
        // A socket past `open` drops what it is given, without a word.
        if (socket?.readyState !== 1) return false;
        socket.send(frame as string | Uint8Array<ArrayBuffer>);
        return true;
      },
      close,
    };
  };
}
