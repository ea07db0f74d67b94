/** Transports without sockets: a test is the network and the server, and sees each frame. */
import type { OpenTransport, Transport, TransportEvent } from "@holdfast/client";
import { DEFAULT_WIRE_LIMITS, jsonServerCodec, Malformed } from "@holdfast/protocol";
import type { ClientMessage, Frame, ServerMessage, Welcome } from "@holdfast/protocol";

/** The welcome of a server with default limits. */
export const WELCOME: Welcome = {
  type: "welcome",
  account: "ada",
  serverTime: 1_800_000_000_000,
  capabilities: ["updates"],
  limits: DEFAULT_WIRE_LIMITS,
  heartbeat: { minMs: 1_000, maxMs: 60_000 },
  windowMs: 1_000,
};

/** One attempt that never leaves the process. It keeps what it was sent, and says what it is told to. */
export class FakeTransport implements Transport {
  readonly url: string;
  readonly subprotocols: readonly string[];
  /** Every frame that was sent. */
  readonly frames: Frame[] = [];
  /** How the client closed it; undefined while it has not. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** What the platform holds. A test sets it. */
  bufferedBytes = 0;
  canPause = true;
  isPaused = false;
  /** What `send` answers, or throws. */
  accepts: boolean | Error = true;
  readonly #onEvent: (event: TransportEvent) => void;
  #isOver = false;

  constructor(
    url: string,
    subprotocols: readonly string[],
    onEvent: (event: TransportEvent) => void,
  ) {
    this.url = url;
    this.subprotocols = subprotocols;
    this.#onEvent = onEvent;
  }

  send(frame: Frame): boolean {
    if (this.accepts instanceof Error) throw this.accepts;
    if (this.accepts) this.frames.push(frame);
    return this.accepts;
  }

  pauseReading(): void {
    this.isPaused = true;
  }

  resumeReading(): void {
    this.isPaused = false;
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
    this.#isOver = true;
  }

  /** The messages of all frames so far, in order. */
  get said(): ClientMessage[] {
    return this.frames.flatMap((frame) => {
      const messages = jsonServerCodec.decode(frame, DEFAULT_WIRE_LIMITS);
      if (messages instanceof Malformed) throw new Error(`${messages.code}: ${messages.detail}`);
      return messages;
    });
  }

  /** The socket opens. By default with the first subprotocol that was offered. */
  open(subprotocol: string = this.subprotocols[0] ?? ""): void {
    this.say({ type: "opened", subprotocol });
  }

  /** The server says this, in one frame. */
  receive(...messages: readonly ServerMessage[]): void {
    const parts = messages.map((message) => jsonServerCodec.encode(message));
    this.receiveFrame(jsonServerCodec.join(parts));
  }

  receiveFrame(frame: Frame): void {
    this.say({ type: "frame", frame });
  }

  /** The connection ends. */
  end(code = 1006): void {
    this.say({ type: "closed", code, reason: "" });
    this.#isOver = true;
  }

  /** The dial fails. */
  fail(http: { readonly httpStatus?: number; readonly retryAfterMs?: number } = {}): void {
    this.say({ type: "openFailed", detail: "refused", ...http });
    this.#isOver = true;
  }

  /** Reports as a transport does: nothing after the end. */
  say(event: TransportEvent): void {
    if (!this.#isOver) this.#onEvent(event);
  }

  /** Reports even after the end, as no transport may. */
  sayRudely(event: TransportEvent): void {
    this.#onEvent(event);
  }
}

/** Opens {@link FakeTransport}s and keeps them all. */
export class FakeNetwork {
  readonly transports: FakeTransport[] = [];

  readonly openTransport: OpenTransport = (url, subprotocols, onEvent) => {
    const transport = new FakeTransport(url, subprotocols, onEvent);
    this.transports.push(transport);
    return transport;
  };

  /** The latest attempt. Throws when there was none. */
  get last(): FakeTransport {
    const last = this.transports.at(-1);
    if (!last) throw new Error("nobody has dialled");
    return last;
  }
}
