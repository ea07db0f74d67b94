/**
 * The one `upgrade` listener by which all attachments of an HTTP server hear of its upgrades, so
 * that each upgrade gets one answer. What none of them takes is another listener's business, if
 * there is one.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";

/** What an attachment does with upgrades. */
export interface Entrance {
  isAt(url: string | undefined): boolean;
  /** It takes nothing: another at the same path may. */
  isClosing(): boolean;
  enter(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Nobody took it, and nobody else will. */
  turnAway(socket: Duplex, status: 404 | 503): void;
}

const LISTENERS = new WeakMap<HttpServer | HttpsServer, Upgrades>();

/** Returns what takes it away again. */
export function addEntrance(httpServer: HttpServer | HttpsServer, entrance: Entrance): () => void {
  const upgrades = LISTENERS.get(httpServer) ?? new Upgrades(httpServer);
  LISTENERS.set(httpServer, upgrades);
  upgrades.add(entrance);
  return () => upgrades.remove(entrance);
}

class Upgrades {
  readonly #httpServer: HttpServer | HttpsServer;
  readonly #entrances = new Set<Entrance>();

  constructor(httpServer: HttpServer | HttpsServer) {
    this.#httpServer = httpServer;
  }

  add(entrance: Entrance): void {
    if (this.#entrances.size === 0) this.#httpServer.on("upgrade", this.#onUpgrade);
    this.#entrances.add(entrance);
  }

  remove(entrance: Entrance): void {
    this.#entrances.delete(entrance);
    if (this.#entrances.size === 0) this.#httpServer.off("upgrade", this.#onUpgrade);
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Two servers may share a path while one hands over to the other: the first that can takes it.
    let closing: Entrance | undefined;
    let last: Entrance | undefined;
    for (const entrance of this.#entrances) {
      last = entrance;
      if (!entrance.isAt(request.url)) continue;
      if (!entrance.isClosing()) return entrance.enter(request, socket, head);
      closing ??= entrance;
    }
    if (closing) return closing.turnAway(socket, 503);
    if (this.#httpServer.listenerCount("upgrade") === 1) return last?.turnAway(socket, 404);
    // Node has let go of it, and an error that nobody hears ends the process.
    socket.on("error", destroyed);
  };
}

function destroyed(this: Duplex): void {
  this.destroy();
}
