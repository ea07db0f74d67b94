/**
 * Stands between the sockets and the server, and hurts the connections of one client on request:
 * cuts them, or holds back whatever goes either way, as a network does that has lost its path and
 * tells nobody. Neither the server nor the client knows that it is there.
 */
import type { ServerRequest, ServerSocket, SocketListener } from "@holdfast/server";
import type { SocketAcceptor } from "@holdfast/server/use/ws";

import { HeldSocket } from "./held-socket.ts";

/** How many clients can be black-holed at once; the one that has been for longest is released. */
const BLACK_HOLES_MAX = 100;

export class FaultGate {
  readonly #sockets = new Map<string, Set<HeldSocket>>();
  readonly #blackHoles = new Set<string>();

  /** The server, seen through this gate: attach this in its place. */
  before(server: SocketAcceptor): SocketAcceptor {
    return {
      accept: (socket, request) => this.#accept(server, socket, request),
      onClosed: (cleanup) => server.onClosed(cleanup),
      declined: (httpStatus) => server.declined(httpStatus),
      get busyForMs() {
        return server.busyForMs;
      },
      get subprotocols() {
        return server.subprotocols;
      },
      get frameBytes() {
        return server.frameBytes;
      },
      get isClosing() {
        return server.isClosing;
      },
      get windowMs() {
        return server.windowMs;
      },
    };
  }

  /** Ends the TCP connections of a client, without a goodbye. Returns how many there were. */
  cut(client: string): number {
    const sockets = [...(this.#sockets.get(client) ?? [])];
    for (const socket of sockets) socket.cut();
    return sockets.length;
  }

  /** From now on nothing goes through, on open connections and new ones; or again everything. */
  setBlackHole(client: string, isOn: boolean): void {
    const [oldest] = this.#blackHoles;
    this.#blackHoles.delete(client);
    if (isOn) {
      if (oldest !== undefined && this.#blackHoles.size >= BLACK_HOLES_MAX) this.release(oldest);
      this.#blackHoles.add(client);
    }
    for (const socket of this.#sockets.get(client) ?? []) socket.setHeld(isOn);
  }

  /** Undoes the black hole of a client, or of all of them. */
  release(client?: string): void {
    for (const held of client === undefined ? [...this.#blackHoles] : [client]) {
      this.setBlackHole(held, false);
    }
  }

  #accept(server: SocketAcceptor, socket: ServerSocket, request: ServerRequest): SocketListener {
    const client = clientOf(request.url);
    const held = new HeldSocket(socket, () => this.#forget(client, held));
    held.setHeld(this.#blackHoles.has(client));
    const sockets = this.#sockets.get(client) ?? new Set();
    this.#sockets.set(client, sockets.add(held));
    held.listen(server.accept(held, request));
    return held;
  }

  #forget(client: string, socket: HeldSocket): void {
    const sockets = this.#sockets.get(client);
    if (sockets?.delete(socket) && sockets.size === 0) this.#sockets.delete(client);
  }
}

/** Who says it is dialling. Good enough to choose whom to hurt, and used for nothing else. */
function clientOf(url: string): string {
  return new URL(url, "http://localhost").searchParams.get("client") ?? "";
}
