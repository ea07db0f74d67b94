/**
 * A TCP link that can be broken at will: it stands between a client and a server on real sockets
 * and carries bytes both ways, until it is told to delay, cut, reset or swallow them. For Node
 * only, and for tests only: it listens on loopback and knows no password.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

import { seededRandom } from "@holdfast/client";
import type { Cancel, Clock, Millis, Random } from "@holdfast/client";
import { systemClock } from "@holdfast/server";

import { FaultLinkConnection } from "./fault-link-connection.ts";
import type { FaultLinkTarget } from "./fault-link-connection.ts";
import { changed, checkFaults, NO_DOOR_FAULTS, NO_PATH_FAULTS } from "./fault-link-faults.ts";
import type {
  DoorFaults,
  FaultKind,
  LinkFaults,
  PathDirection,
  PathFaults,
} from "./fault-link-faults.ts";

export type { FaultLinkTarget } from "./fault-link-connection.ts";
export type {
  DoorFaults,
  FaultKind,
  LinkFaults,
  PathDirection,
  PathFaults,
} from "./fault-link-faults.ts";

/** How a link is opened. */
export interface FaultLinkOptions {
  readonly target: FaultLinkTarget;
  /** The port to listen at, on loopback. Default 0: any that is free. */
  readonly port?: number | undefined;
  /** All that is drawn follows from it. Default 1. */
  readonly seed?: number | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Hears of each thing that is done to a connection. */
  readonly onFault?: ((kind: FaultKind) => void) | undefined;
}

/** What has passed, and what was done. */
export interface FaultLinkStats {
  /** How many connections came, those refused included. */
  readonly accepted: number;
  /** How many bytes passed, each way. */
  readonly bytes: Readonly<Record<PathDirection, number>>;
  /** How often each was done to a connection. */
  readonly faults: Readonly<Record<FaultKind, number>>;
}

const HOST = "127.0.0.1";

/**
 * A TCP link between clients and a server, to be broken while connections live. `close` it: it
 * holds a port.
 */
export class FaultLink {
  /** Where it listens. */
  port: number;
  readonly seed: number;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #target: FaultLinkTarget;
  readonly #onFault: (kind: FaultKind) => void;
  readonly #connections = new Set<FaultLinkConnection>();
  readonly #paths: Record<PathDirection, PathFaults> = {
    toServer: NO_PATH_FAULTS,
    toClient: NO_PATH_FAULTS,
  };
  #door: DoorFaults = NO_DOOR_FAULTS;
  readonly #stats = {
    accepted: 0,
    bytes: { toServer: 0, toClient: 0 },
    faults: { reset: 0, drop: 0, refuse: 0, halfOpen: 0, blackHole: 0, targetLost: 0 },
  };
  #server: Server | undefined;
  /** Present while it begins to listen. */
  #opening: Promise<void> | undefined;
  #nextReset: Cancel | undefined;
  #emptied: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: FaultLinkOptions) {
    const { target, port = 0, seed = 1, clock = systemClock, onFault = () => {} } = options;
    this.#target = target;
    this.port = port;
    this.seed = seed;
    this.#clock = clock;
    this.#random = seededRandom(seed);
    this.#onFault = onFault;
  }

  /** Listens. Rejects when it cannot, for example because the port is taken. */
  static async open(options: FaultLinkOptions): Promise<FaultLink> {
    const link = new FaultLink(options);
    await link.listen();
    return link;
  }

  /** An address of the server, through this link. */
  url(path = "/"): string {
    return `ws://${HOST}:${this.port}${path}`;
  }

  /** Connections of which at least one end still lives. */
  get connections(): number {
    return this.#connections.size;
  }

  /** What it was up to now. */
  get stats(): FaultLinkStats {
    return structuredClone(this.#stats);
  }

  /**
   * Changes what is named, for the connections that live and those to come; the rest stays. Faults
   * of the door hold for the whole link. Throws a `RangeError` on a value that can be none.
   */
  set(faults: LinkFaults, direction: PathDirection | "both" = "both"): void {
    checkFaults(faults);
    this.#door = changed(this.#door, faults);
    for (const one of ["toServer", "toClient"] as const) {
      if (direction === "both" || direction === one)
        this.#paths[one] = changed(this.#paths[one], faults);
    }
    for (const connection of this.#connections) connection.faultsChanged();
  }

  /** Ends every fault, and the resets to come. */
  clear(): void {
    this.#nextReset?.();
    this.#nextReset = undefined;
    this.set({ ...NO_PATH_FAULTS, ...NO_DOOR_FAULTS });
  }

  /** Every live connection ends at once, both ends, by a TCP reset. The next dial may succeed. */
  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** `reset` again and again, after a time drawn anew each time, until `clear`. */
  resetEvery(minMs: Millis, maxMs: Millis): void {
    if (!(minMs >= 1 && maxMs >= minMs)) throw new RangeError("1 ≤ minMs ≤ maxMs must hold");
    this.#nextReset?.();
    const deadline = this.#clock.now() + minMs + (maxMs - minMs) * this.#random();
    this.#nextReset = this.#clock.at(deadline, () => {
      this.reset();
      this.resetEvery(minMs, maxMs);
    });
  }

  /**
   * One end of every live connection is closed, the other stays, silent, and what it says is
   * swallowed: as when a peer's machine is gone, and its network says nothing.
   */
  halfOpen(closed: "client" | "server"): void {
    for (const connection of this.#connections) connection.halfOpen(closed);
  }

  /** Nobody listens any more: dials fail at once. Connections that live stay. */
  async stopListening(): Promise<void> {
    // Who is about to listen hears himself whether he can.
    if (this.#opening) await this.#opening.catch(() => undefined);
    const server = this.#server;
    this.#server = undefined;
    server?.close();
    await this.#turn();
  }

  /** Listens again, at the same port. Rejects when it cannot, and after `close`. */
  async listen(): Promise<void> {
    if (this.#closed) throw new Error("The link is closed.");
    if (this.#server) return;
    this.#opening ??= this.#listen().finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  async #listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
    server.on("connection", (client) => this.#accept(client));
    server.listen(this.port, HOST);
    await once(server, "listening");
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Ends everything, for good, and resolves when no handle is left. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.clear();
    await this.stopListening();
    for (const connection of this.#connections) connection.close();
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  #accept(client: Socket): void {
    this.#stats.accepted++;
    if (this.#door.refuse) {
      this.#happened("refuse");
      client.on("error", () => client.destroy());
      client.resetAndDestroy();
      return;
    }
    // Each connection has dice of its own: what one draws does not depend on another's bytes.
    const random = seededRandom(this.seed + this.#stats.accepted);
    const connection = new FaultLinkConnection(
      {
        clock: this.#clock,
        target: this.#target,
        door: this.#door,
        faultsOf: (direction) => this.#paths[direction],
        passed: (direction, bytes) => void (this.#stats.bytes[direction] += bytes),
        happened: (kind) => this.#happened(kind),
        gone: (gone) => this.#forget(gone),
      },
      client,
      random,
    );
    this.#connections.add(connection);
  }

  #happened(kind: FaultKind): void {
    this.#stats.faults[kind]++;
    this.#onFault(kind);
  }

  #forget(connection: FaultLinkConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#emptied?.();
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.turn(resolve);
    });
  }
}
