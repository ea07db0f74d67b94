/** Transports without sockets: a test is the network and the server, and sees each frame. */
import type { Transport, TransportEvent } from "@holdfast/client";
import { DEFAULT_WIRE_LIMITS, httpMeaning, jsonServerCodec } from "@holdfast/protocol";
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

/**
 * One attempt that never leaves the process. It keeps what it was sent, and says what it is told
 * to.
 */
export class FakeTransport implements Transport {
  readonly url: string;
  readonly subprotocols: readonly string[];
  /** Every frame that was sent. */
  readonly frames: Frame[] = [];
  /** How the client closed it; undefined while it has not. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** What the platform holds. A test sets it. */
  bufferedBytes = 0;
  isPaused = false;
  /** What `send` answers, or throws. */
  accepts: boolean | Error = true;
  /** Hears what the client says, frame by frame, as it says it. */
  onSaid: ((messages: readonly ClientMessage[]) => void) | undefined;
  readonly #cleanups: (() => void)[] = [];
  readonly #onEvent: (event: TransportEvent) => void;
  isOver = false;

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
    if (!this.accepts) return false;
    this.frames.push(frame);
    this.onSaid?.(messagesIn(frame));
    return true;
  }

  pauseReading(): void {
    this.isPaused = true;
  }

  resumeReading(): void {
    this.isPaused = false;
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
    this.#end();
  }

  /** The messages of all frames so far, in order. */
  get said(): ClientMessage[] {
    return this.frames.flatMap(messagesIn);
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
    this.#end();
  }

  /** The dial fails. */
  fail(http: { readonly httpStatus?: number; readonly retryAfterMs?: number } = {}): void {
    const meaning = httpMeaning(http.httpStatus);
    this.say({ type: "openFailed", meaning, detail: "refused", retryAfterMs: http.retryAfterMs });
    this.#end();
  }

  /** Reports as a transport does: nothing after the end. */
  say(event: TransportEvent): void {
    if (!this.isOver) this.#onEvent(event);
  }

  /** Reports even after the end, as no transport may. */
  sayRudely(event: TransportEvent): void {
    this.#onEvent(event);
  }

  /** Runs `cleanup` when the attempt is over, by whichever end. */
  onOver(cleanup: () => void): void {
    if (this.isOver) cleanup();
    else this.#cleanups.push(cleanup);
  }

  #end(): void {
    this.isOver = true;
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }
}

function messagesIn(frame: Frame): readonly ClientMessage[] {
  const messages = jsonServerCodec.decode(frame, DEFAULT_WIRE_LIMITS);
  if (typeof messages === "string") throw new Error(messages);
  return messages;
}

/** Opens {@link FakeTransport}s and keeps them all. */
export class FakeNetwork {
  readonly transports: FakeTransport[] = [];

  readonly openTransport = (
    url: string,
    subprotocols: readonly string[],
    onEvent: (event: TransportEvent) => void,
  ): FakeTransport => {
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
