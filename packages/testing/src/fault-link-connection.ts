/**
 * One connection through a `FaultLink`: the socket that the client has dialled, the socket that we
 * have dialled for it, a pipe for each direction. FIN goes on as FIN and RST as RST.
 */
import { connect } from "node:net";
import type { Socket } from "node:net";

import type { Cancel, Clock, Random } from "@holdfast/client";

import type { DoorFaults, FaultKind, PathDirection, PathFaults } from "./fault-link-faults.ts";
import { FaultPipe } from "./fault-link-pipe.ts";
import type { Goodbye } from "./fault-link-pipe.ts";

/** Where a link leads. */
export interface FaultLinkTarget {
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
}

/** What a connection asks of its link. */
export interface ConnectionOwner {
  readonly clock: Clock;
  readonly target: FaultLinkTarget;
  readonly door: DoorFaults;
  faultsOf(direction: PathDirection): PathFaults;
  passed(direction: PathDirection, bytes: number): void;
  happened(kind: FaultKind): void;
  /** Both sockets are closed. */
  gone(connection: FaultLinkConnection): void;
}

type End = "client" | "server";

const directions: readonly PathDirection[] = ["toServer", "toClient"];

export class FaultLinkConnection {
  readonly #owner: ConnectionOwner;
  readonly #client: Socket;
  #server: Socket | undefined;
  readonly #pipes: Readonly<Record<PathDirection, FaultPipe>>;
  readonly #closed = new Set<End>();
  /** Ends that said goodbye, the closed ones included. */
  readonly #ended = new Set<End>();
  #isConnected = false;
  /** Told to end: its sockets may still be closing. */
  #isOver = false;
  #acceptDelay: Cancel | undefined;

  /** `client`: made with `pauseOnConnect` and `allowHalfOpen`. */
  constructor(owner: ConnectionOwner, client: Socket, random: Random) {
    this.#owner = owner;
    this.#client = client;
    this.#pipes = {
      toServer: this.#pipe("toServer", random),
      toClient: this.#pipe("toClient", random),
    };
    this.#listen(client, "client");
    this.#pipes.toClient.drained();
    const { clock, door } = owner;
    this.#acceptDelay = clock.at(clock.now() + door.acceptDelayMs, () => {
      this.#acceptDelay = undefined;
      client.resume();
      this.#reachOut();
    });
  }

  /** Takes note that the link's faults are others now. */
  faultsChanged(): void {
    for (const direction of directions) {
      this.#pipes[direction].faults = this.#owner.faultsOf(direction);
    }
    if (!this.#acceptDelay) this.#reachOut();
  }

  /** Both ends get a TCP reset. */
  reset(): void {
    if (this.#isOver) return;
    this.#owner.happened("reset");
    this.#end(resetSocket);
  }

  /** One end is closed; the other stays, hears nothing, and what it says is swallowed. */
  halfOpen(closed: End): void {
    if (this.#isOver) return;
    this.#owner.happened("halfOpen");
    for (const direction of directions) this.#pipes[direction].swallow();
    this.#socket(closed)?.destroy();
  }

  /** Lets go of everything at once. */
  close(): void {
    this.#end((socket) => socket.destroy());
  }

  #end(how: (socket: Socket) => void): void {
    this.#isOver = true;
    this.#acceptDelay?.();
    this.#acceptDelay = undefined;
    for (const direction of directions) this.#pipes[direction].close();
    for (const socket of [this.#client, this.#server]) if (socket) how(socket);
  }

  #socket(end: End): Socket | undefined {
    return end === "client" ? this.#client : this.#server;
  }

  #pipe(direction: PathDirection, random: Random): FaultPipe {
    const [from, to]: readonly [End, End] =
      direction === "toServer" ? ["client", "server"] : ["server", "client"];
    const owner = this.#owner;
    return new FaultPipe(owner.clock, random, owner.faultsOf(direction), {
      write: (bytes) => {
        owner.passed(direction, bytes.length);
        return this.#socket(to)?.write(bytes) ?? true;
      },
      sayGoodbye: (goodbye) => this.#sayGoodbye(to, goodbye),
      hold: (isFull) => {
        const source = this.#socket(from);
        if (isFull) source?.pause();
        else source?.resume();
      },
      drop: () => {
        owner.happened("drop");
        // What was written arrives before the end does.
        this.#end((socket) => socket.destroySoon());
      },
      swallowed: () => owner.happened("blackHole"),
    });
  }

  #sayGoodbye(to: End, goodbye: Goodbye): void {
    const socket = this.#socket(to);
    if (goodbye === "end") socket?.end();
    else if (socket) resetSocket(socket);
  }

  /** Dials the server, unless the way there is dark: then nobody knows of this connection yet. */
  #reachOut(): void {
    const { target } = this.#owner;
    const { stall, blackHole } = this.#owner.faultsOf("toServer");
    if (this.#server || this.#isOver || stall || blackHole || this.#pipes.toServer.isLost) return;
    const { port, host = "127.0.0.1" } = target;
    const server = connect({ port, host, allowHalfOpen: true, noDelay: true });
    this.#server = server;
    this.#listen(server, "server");
    server.once("connect", () => {
      // Where nobody listens, a dial from the very port that it asks for reaches itself.
      this.#isConnected = server.localPort !== server.remotePort;
      if (this.#isConnected) this.#pipes.toServer.drained();
      else server.destroy(new Error("it reached itself"));
    });
  }

  #listen(socket: Socket, end: End): void {
    const [out, back]: readonly [FaultPipe, FaultPipe] =
      end === "client"
        ? [this.#pipes.toServer, this.#pipes.toClient]
        : [this.#pipes.toClient, this.#pipes.toServer];
    let hasFailed = false;
    socket.on("data", (bytes: Buffer) => out.push(bytes));
    socket.on("end", () => {
      out.pushGoodbye("end");
      this.#endEnded(end);
    });
    socket.on("drain", () => back.drained());
    socket.on("error", () => {
      hasFailed = true;
      if (end === "server" && !this.#isConnected) this.#owner.happened("targetLost");
    });
    socket.on("close", () => {
      if (hasFailed) out.pushGoodbye("reset");
      back.close();
      this.#closed.add(end);
      this.#endEnded(end);
      if (this.#closed.size === 2 || !this.#server) this.#owner.gone(this);
    });
  }

  /**
   * Where a goodbye was swallowed nobody will answer it: with the second one, all is said. And a
   * client that leaves before the server was dialled never was there.
   */
  #endEnded(end: End): void {
    this.#ended.add(end);
    const isLost = directions.some((direction) => this.#pipes[direction].isLost);
    const isAlone = end === "client" && !this.#server;
    if (isAlone || (isLost && this.#ended.size === 2)) this.close();
  }
}

/**
 * A socket that is still dialling would wait for its answer first, and one whose FIN is on its way
 * cannot be reset: Node would forget to close it.
 */
function resetSocket(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (socket.connecting || isEnding) socket.destroy();
  else socket.resetAndDestroy();
}
