/** The network between one client and a server, in memory, for a test to break. */
import type { Clock, Millis, OpenTransport } from "@holdfast/client";
import type { Frame } from "@holdfast/protocol";

import { MemoryConnection } from "./memory-connection.ts";
import type { DialRefusal, LinkedServer } from "./memory-connection.ts";

/** `up`: from the client to the server. */
export type LinkDirection = "up" | "down" | "both";

/**
 * Connects a client to whatever server there is at the moment. Without faults it is in order,
 * lossless, and takes one turn of the clock each way.
 */
export class MemoryLink {
  /**
   * How long each frame takes, one way, in milliseconds, or a function that says so for each, given
   * the number of its dial. Default 0. Holds from the next frame on; none overtakes another of its
   * connection.
   */
  delayMs: Millis | ((dial: number) => Millis) = 0;
  /** How much longer a dial takes, in milliseconds, than a frame. Default 0. */
  dialDelayMs: Millis = 0;
  /** How many times the client has dialled. */
  dials = 0;
  readonly #clock: Clock;
  readonly #server: () => LinkedServer | undefined;
  readonly #connections = new Set<MemoryConnection>();
  readonly #blackHoles = new Set<"up" | "down">();
  #refusal: DialRefusal | undefined;

  /** `server`: who listens, asked at each dial; undefined: nobody. */
  constructor(clock: Clock, server: () => LinkedServer | undefined) {
    this.#clock = clock;
    this.#server = server;
  }

  readonly openTransport: OpenTransport = (url, subprotocols, onEvent) => {
    const dial = ++this.dials;
    const owner = {
      clock: this.#clock,
      delayMs: () => (typeof this.delayMs === "number" ? this.delayMs : this.delayMs(dial)),
      dialDelayMs: () => this.dialDelayMs,
      answer: () => this.#answer(),
      forget: (gone: MemoryConnection) => void this.#connections.delete(gone),
    };
    const connection = new MemoryConnection(owner, url, subprotocols, onEvent);
    this.#connections.add(connection);
    for (const direction of this.#blackHoles) connection[direction].block("blackHole");
    return connection;
  };

  /** Connections of which at least one end still lives. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Every connection breaks, and both ends hear of it at once. The next dial may succeed. */
  drop(): void {
    // A client may dial anew within the call that tells it.
    const broken = Array.from(this.#connections);
    for (const connection of broken) connection.reset();
  }

  /**
   * Nothing gets through, and nobody is told: frames, dials and closes are held. Only `up` gives a
   * client that hears the server and is not heard; only `down` the reverse, a half-open connection.
   */
  blackHole(direction: LinkDirection = "both"): void {
    for (const one of directionsOf(direction)) {
      this.#blackHoles.add(one);
      for (const connection of this.#connections) connection[one].block("blackHole");
    }
  }

  /**
   * The connections of this moment go silent, and nobody is told, while new dials work: as when a
   * router forgets them. The server keeps such a session until it hears of a newer one.
   */
  strand(): void {
    for (const { up, down } of this.#connections) {
      up.block("blackHole");
      down.block("blackHole");
    }
  }

  /**
   * Ends every black hole. What was held arrives now, in order, as TCP sends again what was lost.
   */
  heal(): void {
    this.#blackHoles.clear();
    for (const { up, down } of this.#connections) {
      up.unblock("blackHole");
      down.unblock("blackHole");
    }
  }

  /**
   * Somebody on the way says this in the name of a peer, on each connection that is open: `up` to
   * the server, `down` to the client.
   */
  inject(direction: "up" | "down", frame: Frame): void {
    for (const connection of this.#connections) connection.inject(direction, frame);
  }

  /** From now on every dial fails: with an HTTP status, or because nobody listens. */
  refuseDials(refusal: DialRefusal = {}): void {
    this.#refusal = refusal;
  }

  /** Dials succeed again. */
  acceptDials(): void {
    this.#refusal = undefined;
  }

  /** As `attach` of `@holdfast/server/use/ws` answers: 503 while the server closes. */
  #answer(): LinkedServer | DialRefusal {
    const server = this.#server();
    if (this.#refusal || !server) return this.#refusal ?? {};
    if (!server.isClosing) return server;
    return { httpStatus: 503, retryAfterMs: Math.ceil(server.windowMs / 1_000) * 1_000 };
  }
}

function directionsOf(direction: LinkDirection): readonly ("up" | "down")[] {
  return direction === "both" ? ["up", "down"] : [direction];
}
