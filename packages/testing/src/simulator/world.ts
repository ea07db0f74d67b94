/**
 * The simulated world: devices with real clients, a real server, and everything between and below
 * them on one clock and one seed. What goes wrong in it, `faults.ts` says.
 */
import type { Millis } from "@holdfast/client";
import { memoryStore } from "@holdfast/server";
import type { CloseOptions, ServerStore } from "@holdfast/server";

import { ManualClock } from "../manual-clock.ts";
import type { AppBucket } from "./app-contract.ts";
import { appServer } from "./app-server.ts";
import type { ServerMood } from "./app-server.ts";
import { Device } from "./device.ts";
import type { Tab } from "./device.ts";
import type { Dice } from "./dice.ts";
import { Journal } from "./journal.ts";
import { Ledger } from "./ledger.ts";
import type { ServerDisk } from "./mortal-server-store.ts";
import { ServerProcess } from "./server-process.ts";

/** How a world is laid out; drawn from the seed. */
export interface WorldLayout {
  readonly devices: readonly {
    readonly name: string;
    readonly account: string;
    readonly graceMs: Millis | undefined;
  }[];
  readonly updatesMax: number;
  readonly tokenLifeMs: Millis;
}

/** While it is ended by its operator: as short as tests of a real deployment would have it. */
const HAND_OVER: CloseOptions = { windowMs: 2_000, graceMs: 3_000 };

export class World {
  readonly clock: ManualClock = new ManualClock();
  readonly journal: Journal = new Journal(this.clock);
  readonly ledger: Ledger = new Ledger(this.journal);
  readonly mood: ServerMood;
  readonly serverDisk: ServerDisk = { slowMs: 0, failing: 0 };
  readonly bumps: Set<number> = new Set();
  readonly devices: readonly Device[];
  readonly #dice: Dice;
  readonly #servers: ServerProcess[] = [];
  readonly #closings: Promise<void>[] = [];
  #store: ServerStore<undefined>;
  #server: ServerProcess | undefined;

  constructor(dice: Dice, layout: WorldLayout) {
    this.#dice = dice;
    this.mood = {
      busyMs: 0,
      tokenLifeMs: layout.tokenLifeMs,
      tokensGoodFrom: 0,
      rejectedUntil: 0,
      revoked: new Set(),
      updatesMax: layout.updatesMax,
    };
    this.#store = this.#makeStore();
    this.startServer(true);
    const { clock, journal, ledger, mood } = this;
    this.devices = layout.devices.map(
      (device, index) =>
        new Device({
          ...device,
          clock,
          journal,
          ledger,
          mood,
          dice: dice.fork(1_000 + index),
          server: () => this.#server,
        }),
    );
  }

  get server(): ServerProcess | undefined {
    return this.#server;
  }

  /** Every tab that lives, of every device. */
  get tabs(): readonly Tab[] {
    return this.devices.flatMap(({ tabs }) => tabs);
  }

  killServer(): void {
    const server = this.#server;
    if (!server) return;
    this.journal.note(server.name, "is killed");
    this.#server = undefined;
    server.kill();
  }

  /** Nothing if one runs. `keepsStore`: false, when its disk is lost: then its epoch is another. */
  startServer(keepsStore: boolean): void {
    if (this.#server) return;
    if (!keepsStore) this.#store = this.#makeStore();
    const { clock, journal, ledger, mood, bumps } = this;
    const number = this.#servers.length + 1;
    this.#server = new ServerProcess({
      name: `server${number}`,
      clock,
      journal,
      store: this.#store,
      disk: this.serverDisk,
      seed: this.#dice.fork(2_000 + number).whole(0, 2 ** 31),
      rules: appServer({ journal, ledger, mood, bumps }),
    });
    this.#servers.push(this.#server);
    journal.note(this.#server.name, keepsStore ? "starts" : "starts, with an empty store");
  }

  /** A new process takes new connections while the old one sends its own away. */
  handOver(): void {
    const old = this.#server;
    if (!old) return;
    this.#server = undefined;
    this.startServer(true);
    this.journal.note(old.name, "hands over");
    this.#closings.push(old.close(HAND_OVER));
  }

  /** The other writer, which needs no client. */
  write(bucket: AppBucket, wish: number, pad?: string): void {
    const process = this.#server;
    const note = { wish, ...(pad && { pad }) };
    const written = process?.work(() => process.server.publish(bucket, note));
    // A store that fails just now is a fault of the world's own making.
    written?.catch(() => {});
  }

  /** A server may still commit something. */
  get isWriting(): boolean {
    return this.#servers.some(({ isWorking }) => isWorking);
  }

  /** What does not hold of the servers at this moment. */
  brokenServer(): string | undefined {
    for (const server of this.#servers) {
      const broken = server.broken();
      if (broken) return broken;
    }
    return undefined;
  }

  /** Ends the last server. Resolves when all that were asked to end have. */
  async close(): Promise<void> {
    const last = this.#server;
    if (last) this.#closings.push(last.close({ windowMs: 0 }));
    this.#server = undefined;
    const living = this.#servers.filter(({ isDead }) => !isDead);
    if (living.length > 0) await Promise.all(this.#closings);
    for (const { handlerClock } of living) handlerClock.kill();
  }

  #makeStore(): ServerStore<undefined> {
    const salt = 3_000 + this.#servers.length;
    const store = memoryStore({ clock: this.clock, random: this.#dice.fork(salt).random });
    store.watch((notice) => this.ledger.heed(notice));
    void this.#learnEpoch(store);
    return store;
  }

  async #learnEpoch(store: ServerStore<undefined>): Promise<void> {
    const [range] = await store.ranges(["list:a"]);
    this.ledger.epoch = range?.epoch ?? "";
  }
}
