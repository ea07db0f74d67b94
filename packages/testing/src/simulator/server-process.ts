/**
 * One process of the simulated server: a real `RealtimeServer` on a clock, a store and sockets that
 * end with the process. It watches its sockets: of one client object it may keep one.
 */
import { seededRandom } from "@holdfast/client";
import type { Clock, Millis } from "@holdfast/client";
import type { Frame } from "@holdfast/protocol";
import { RealtimeServer } from "@holdfast/server";
import type { CloseOptions, RealtimeServerOptions } from "@holdfast/server";
import type { Accepted, ServerRequest, ServerSocket, SocketListener } from "@holdfast/server";
import type { ServerStore } from "@holdfast/server";

import type { LinkedServer } from "../memory-connection.ts";
import type { AppContract } from "./app-contract.ts";
import type { Journal } from "./journal.ts";
import { ProcessClock } from "./process-clock.ts";
import { MortalServerStore } from "./mortal-server-store.ts";
import type { ServerDisk } from "./mortal-server-store.ts";

/** What the world decides about every server. */
export type ServerRules = (
  server: ServerProcess,
) => Omit<RealtimeServerOptions<AppContract, Accepted>, "clock" | "store" | "random">;

export interface ServerProcessOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly store: ServerStore<undefined>;
  readonly disk: ServerDisk;
  readonly seed: number;
  readonly rules: ServerRules;
}

/** One connection at the server's end. */
interface Ending {
  readonly process: string;
  readonly socket: ServerSocket;
  /** Whom it was welcomed as; undefined: not yet. */
  account: string | undefined;
  closingAt: Millis | undefined;
}

/** How long a socket that the server has closed may stay: its own patience, and a turn. */
const CLOSED_WITHIN_MS = 2_500;
/** What may wait for one session: the mark in `ServerPolicy`, and the frame that met it. */
const BUFFERED_BYTES_MAX = 4_194_304 + 1_048_576;

export class ServerProcess implements LinkedServer {
  readonly name: string;
  readonly clock: ProcessClock;
  /** Of the handlers and the disk, whose waits are none of the server's. */
  readonly handlerClock: ProcessClock;
  readonly server: RealtimeServer<AppContract>;
  readonly #journal: Journal;
  readonly #store: MortalServerStore;
  readonly #endings = new Set<Ending>();
  #working = 0;
  /** Nothing that `broken` looks at has changed since it found nothing. */
  #isChecked = false;
  #brokenBuffer: string | undefined;
  #isDead = false;

  constructor({ name, clock, journal, store, disk, seed, rules }: ServerProcessOptions) {
    this.name = name;
    this.#journal = journal;
    this.clock = new ProcessClock(clock);
    this.handlerClock = new ProcessClock(clock);
    const random = seededRandom(seed);
    this.#store = new MortalServerStore(store, this.handlerClock, random, disk);
    this.server = new RealtimeServer<AppContract>({
      ...rules(this),
      clock: this.clock,
      store: this.#store,
      random,
    });
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isClosing(): boolean {
    return this.server.isClosing;
  }

  get subprotocols(): readonly string[] {
    return this.server.subprotocols;
  }

  get windowMs(): Millis {
    return this.server.windowMs;
  }

  /** How many connections are there. */
  get connections(): number {
    return this.#endings.size;
  }

  /** Handlers and writers have not come to their end. */
  get isWorking(): boolean {
    return this.#working > 0 && !this.#isDead;
  }

  /** The server works on it until it has settled. */
  async work<T>(act: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await act();
    } finally {
      this.#working--;
    }
  }

  accept(socket: ServerSocket, request: ServerRequest): SocketListener {
    const process = request.url.split("?p=")[1] ?? "";
    const ending: Ending = { process, socket, account: undefined, closingAt: undefined };
    this.#endings.add(ending);
    this.#isChecked = false;
    this.#journal.note(this.name, `takes a connection of ${process}`);
    const listener = this.server.accept(this.#watched(socket, ending), request);
    return {
      frameReceived: (frame) => {
        this.#journal.happened(this.name, "hears");
        if (!this.#isDead) listener.frameReceived(frame);
      },
      closed: () => {
        this.#endings.delete(ending);
        this.#isChecked = false;
        if (!this.#isDead) listener.closed();
      },
    };
  }

  close(options: CloseOptions): Promise<void> {
    return this.server.close(options);
  }

  /** The process is gone, whatever it was doing; the network tells its peers. */
  kill(): void {
    this.#isDead = true;
    this.clock.kill();
    this.handlerClock.kill();
    this.#store.kill();
    for (const { socket } of this.#endings) socket.terminate();
  }

  /** What does not hold of the sockets; undefined: all is well. */
  broken(): string | undefined {
    if (this.#isDead) return undefined;
    if (this.#isChecked) return this.#brokenBuffer;
    const now = this.clock.now();
    const live = new Set<string>();
    let isClosing = false;
    for (const { process, account, closingAt } of this.#endings) {
      if (closingAt !== undefined) {
        if (now - closingAt > CLOSED_WITHIN_MS) return `a closed socket of ${process} stays`;
        isClosing = true;
        continue;
      }
      if (account === undefined) continue;
      const name = `${process} as ${account}`;
      if (live.has(name)) return `two live sockets of ${name}`;
      live.add(name);
    }
    // Only time can break what is closing; only an event the rest.
    this.#isChecked = !isClosing;
    return this.#brokenBuffer;
  }

  #welcome(ending: Ending, frame: Frame): void {
    ending.account = welcomedAs(frame);
    this.#isChecked = false;
  }

  #watched(socket: ServerSocket, ending: Ending): ServerSocket {
    const closing = (): void => {
      ending.closingAt ??= this.clock.now();
      this.#isChecked = false;
    };
    return {
      get bufferedBytes() {
        return socket.bufferedBytes;
      },
      send: (frame) => {
        if (this.#isDead) return;
        this.#journal.happened(this.name, "says");
        if (ending.account === undefined) this.#welcome(ending, frame);
        socket.send(frame);
        if (socket.bufferedBytes > BUFFERED_BYTES_MAX && ending.closingAt === undefined)
          this.#brokenBuffer = `too much waits for ${ending.process}`;
      },
      close: (code, reason) => {
        closing();
        this.#journal.note(this.name, `closes ${ending.process} (${code} ${reason})`);
        socket.close(code, reason);
      },
      terminate: () => {
        closing();
        socket.terminate();
      },
      pauseReading: () => socket.pauseReading(),
      resumeReading: () => socket.resumeReading(),
    };
  }
}

/** The account that a frame welcomes; undefined: it is no welcome. */
function welcomedAs(frame: Frame): string | undefined {
  if (typeof frame !== "string" || !frame.includes('"type":"welcome"')) return undefined;
  return /"account":"([^"]+)"/.exec(frame)?.[1];
}
