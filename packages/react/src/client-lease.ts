/**
 * The life of a client that a provider makes: it starts when the provider is on the page and is
 * closed when it has really left. React takes a component off and puts it back within one turn
 * (StrictMode, fast refresh); such a client lives on, so that there is one connection and not two.
 */
import type { Cancel, RealtimeClient } from "@holdfast/client";
import type { Contract } from "@holdfast/protocol";

export class ClientLease<C extends Contract> {
  readonly client: RealtimeClient<C>;
  #cancelEnd: Cancel | undefined;
  #isOver = false;

  /** `create` makes a client and does not start it: what React throws away then holds nothing. */
  constructor(create: () => RealtimeClient<C>) {
    this.client = create();
  }

  /** The client is closed; who needs one makes another lease. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Idempotent. */
  start(): void {
    if (!this.#isOver) this.client.start();
  }

  /** Keeps the client until the result is called, and one turn longer: then `ended` is called. */
  hold(ended: () => void): Cancel {
    this.#cancelEnd?.();
    this.#cancelEnd = undefined;
    this.start();
    return () => {
      this.#cancelEnd = this.client.clock.turn(() => {
        this.#isOver = true;
        this.client.close();
        ended();
      });
    };
  }
}
