/**
 * The network as one process of a device sees it: it hears nothing while it sleeps and everything,
 * in order, when it wakes; and its sockets are the system's to close when it is gone.
 */
import type { Clock, OpenTransport, Transport, TransportEvent } from "@holdfast/client";

export type ProcessState = "running" | "asleep" | "dead";

/** What may wait to be sent: the mark at which a session stops writing, and one more frame. */
const BUFFERED_BYTES_MAX = 262_144 + 1_048_576;
/** Pings, cancels and the like are written all the same, and none is larger. */
const SMALL_BYTES = 65_536;

export class ProcessNetwork {
  readonly #clock: Clock;
  readonly #open: OpenTransport;
  readonly #state: () => ProcessState;
  readonly #tooMuch: () => void;
  /** Those that the process has neither closed nor heard the end of. */
  readonly #sockets = new Set<Transport>();
  /** What came while the process slept. */
  #unheard: (() => void)[] = [];

  /**
   * `clock`: the world's. `open`: of the device's network. `tooMuch`: more waits to be sent than
   * may.
   */
  constructor(clock: Clock, open: OpenTransport, state: () => ProcessState, tooMuch: () => void) {
    this.#tooMuch = tooMuch;
    this.#clock = clock;
    this.#open = open;
    this.#state = state;
  }

  /** How many sockets the process holds. */
  get sockets(): number {
    return this.#sockets.size;
  }

  readonly openTransport: OpenTransport = (url, subprotocols, onEvent) => {
    const hear = (event: TransportEvent): void => {
      if (event.type === "closed" || event.type === "openFailed") this.#sockets.delete(socket);
      this.#hear(() => onEvent(event));
    };
    const inner = this.#open(url, subprotocols, hear);
    const socket: Transport = {
      get bufferedBytes() {
        return inner.bufferedBytes;
      },
      get isPaused() {
        return inner.isPaused;
      },
      send: (frame) => {
        const isSent = inner.send(frame);
        const bytes = typeof frame === "string" ? frame.length : frame.byteLength;
        // What was under way as a link turned into a black hole waits then too, unforeseen.
        const most = BUFFERED_BYTES_MAX * (bytes > SMALL_BYTES ? 1 : 4);
        if (inner.bufferedBytes > most) this.#tooMuch();
        return isSent;
      },
      pauseReading: () => inner.pauseReading(),
      resumeReading: () => inner.resumeReading(),
      close: (code, reason) => {
        this.#sockets.delete(socket);
        inner.close(code, reason);
      },
    };
    this.#sockets.add(socket);
    return socket;
  };

  /** The process runs again: it hears what has waited, one event a turn. */
  catchUp(): void {
    const [first] = this.#unheard;
    if (!first || this.#state() !== "running") return;
    this.#clock.turn(() => {
      if (this.#state() !== "running") return;
      first();
      this.#unheard.shift();
      this.catchUp();
    });
  }

  /** As the system does for a process that is gone. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.close(1000, "");
  }

  #hear(event: () => void): void {
    if (this.#state() === "dead") return;
    if (this.#state() === "running" && this.#unheard.length === 0) event();
    else this.#unheard.push(event);
  }
}
