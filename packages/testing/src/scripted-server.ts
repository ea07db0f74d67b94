/** A server that is only a script: it meets each dial with a behaviour from `behaviors.ts`. */
import type { Cancel, Clock, Millis, OpenTransport } from "@holdfast/client";

import { FakeNetwork } from "./fake-transport.ts";
import type { FakeTransport } from "./fake-transport.ts";

/** One dial, as a behaviour sees it. */
export interface ScriptedDial {
  readonly transport: FakeTransport;
  readonly clock: Clock;
  /**
   * Does this later, unless the dial is over by then. 0 or nothing: one turn of the clock later.
   */
  readonly later: (act: () => void, ms?: Millis) => Cancel;
}

/** What a server does with a dial. */
export type Behavior = (dial: ScriptedDial) => void;

/**
 * The server of a client that is tested alone. The first dial meets the first behaviour, the second
 * the second, and the last behaviour stays.
 *
 * ```ts
 * const server = new ScriptedServer(clock, acceptsThenDrops(), neverAnswers(), accepts());
 * ```
 */
export class ScriptedServer {
  /** When the client dialled, by the clock. */
  readonly dialedAt: Millis[] = [];
  readonly #clock: Clock;
  readonly #network = new FakeNetwork();
  #behaviors: Behavior[];

  constructor(clock: Clock, ...behaviors: readonly Behavior[]) {
    this.#clock = clock;
    this.#behaviors = [...behaviors];
  }

  /** For a `FakePlatform`. */
  readonly openTransport: OpenTransport = (url, subprotocols, onEvent) => {
    const transport = this.#network.openTransport(url, subprotocols, onEvent);
    this.dialedAt.push(this.#clock.now());
    const behavior = this.#behaviors.length > 1 ? this.#behaviors.shift() : this.#behaviors[0];
    behavior?.({
      transport,
      clock: this.#clock,
      later: (act, ms) => this.#later(transport, act, ms),
    });
    return transport;
  };

  /** From the next dial on. */
  behave(...behaviors: readonly Behavior[]): void {
    this.#behaviors = [...behaviors];
  }

  /** Every attempt, in order. */
  get transports(): readonly FakeTransport[] {
    return this.#network.transports;
  }

  /** The latest attempt. Throws when there was none. */
  get last(): FakeTransport {
    return this.#network.last;
  }

  /** A closed transport leaves no alarm behind. */
  #later(transport: FakeTransport, act: () => void, ms: Millis = 0): Cancel {
    const cancel = this.#clock.at(this.#clock.now() + ms, act);
    transport.onOver(cancel);
    return cancel;
  }
}
