/**
 * A WebSocket whose every word is scripted by the test, and which remembers what was asked of it.
 */
import type { UpgradeRefusal, WebSocketLike } from "../../src/base/web-socket.ts";

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
  sendThrows = false;

  send(frame: string | Uint8Array): void {
    if (this.sendThrows) throw new Error("not now");
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
export class FakeWsSocket extends FakeSocket {
  #refused: ((request: unknown, response: UpgradeRefusal) => void) | undefined;

  on(
    _: "unexpected-response",
    listener: (request: unknown, response: UpgradeRefusal) => void,
  ): void {
    this.#refused = listener;
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
  refuse(response: UpgradeRefusal): void {
    this.#refused?.({}, response);
  }
}
