/**
 * A WebSocket whose every word is scripted by the test, and which remembers what was asked of it.
 */
import type { WebSocketLike } from "../../src/base/web-socket.ts";
import type { UpgradeRefusal, WsSocket } from "../../src/transport/ws-transport.ts";

type Handler = ((event: never) => void) | null;

export class FakeSocket implements WebSocketLike {
  readyState = 0;
  protocol: string | null = "";
  bufferedAmount: number | undefined = 0;
  binaryType = "blob";
  onopen: Handler = null;
  onmessage: Handler = null;
  onerror: Handler = null;
  onclose: Handler = null;
  /** What was asked of the socket, in order. */
  readonly log: string[] = [];
  readonly sent: (string | Uint8Array)[] = [];
  closeThrows = false;

  send(frame: string | Uint8Array): void {
    this.sent.push(frame);
  }
  close(code?: number, reason?: string): void {
    this.log.push(`close ${code} ${reason}`);
    if (this.closeThrows) throw new Error("still connecting");
    this.readyState = Math.max(this.readyState, 2);
  }

  open(protocol = "holdfast.v1.json"): void {
    this.readyState = 1;
    this.protocol = protocol;
    this.#call(this.onopen, {});
  }
  message(data: string | ArrayBuffer | Uint8Array): void {
    this.#call(this.onmessage, { data });
  }
  error(event: unknown = {}): void {
    this.readyState = 3;
    this.#call(this.onerror, event);
  }
  closed(code?: number, reason?: string): void {
    this.readyState = 3;
    this.#call(this.onclose, { code, reason });
  }

  #call(handler: Handler, event: unknown): void {
    handler?.call(this, event as never);
  }
}

/** What `ws` has besides. */
export class FakeWsSocket extends FakeSocket implements WsSocket {
  readonly #listeners = new Map<string, (...said: never[]) => void>();

  on(event: "error" | "unexpected-response", listener: (...said: never[]) => void): void {
    this.#listeners.set(event, listener);
  }
  terminate(): void {
    this.log.push("terminate");
    this.readyState = 3;
  }
  pause(): void {
    this.log.push("pause");
  }
  resume(): void {
    this.log.push("resume");
  }
  /** As `ws` does once the dial is ended by whoever hears of the refusal. */
  refuse(response: UpgradeRefusal): void {
    this.#listeners.get("unexpected-response")?.({} as never, response as never);
    this.fail({ message: "WebSocket was closed before the connection was established" });
  }
  /** An error: first to who listens by `on`, then to `onerror`. */
  fail(error: { readonly code?: string; readonly message?: string } = {}): void {
    this.#listeners.get("error")?.(error as never);
    this.error({ error });
  }
}
