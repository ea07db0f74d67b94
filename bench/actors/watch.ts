/** Who lost the connection when, and who was answered again when. */
import { TEXT } from "../peers/peer.ts";
import type { PeerClient } from "../peers/peer.ts";

export interface WatchedEvent {
  readonly client: number;
  /** `back`: answered over a new connection. */
  readonly type: "lost" | "back";
  /** Epoch ms. */
  readonly at: number;
}

export class Watch {
  readonly events: WatchedEvent[] = [];
  #clients: readonly PeerClient[] | undefined;

  /** From now on. */
  begin(clients: readonly PeerClient[]): void {
    this.#clients = clients;
    this.events.length = 0;
  }

  /** Hears of one client whether it is connected. */
  listenerOf(index: number): (isOpen: boolean) => void {
    return (isOpen) => {
      const client = this.#clients?.[index];
      if (!client) return;
      if (!isOpen) return this.#note(index, "lost");
      // It may be lost once more before it is answered; then it is back later.
      client.call("echo", { text: TEXT }).then(
        () => this.#note(index, "back"),
        () => {},
      );
    };
  }

  #note(client: number, type: WatchedEvent["type"]): void {
    this.events.push({ client, type, at: performance.timeOrigin + performance.now() });
  }
}
