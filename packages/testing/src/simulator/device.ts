/**
 * One device of the simulated world: a network, a disk that survives its processes, and the tabs of
 * the app that run on it.
 */
import type { Millis } from "@holdfast/client";
import type { ClientStore } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";

import type { ManualClock } from "../manual-clock.ts";
import type { LinkedServer } from "../memory-connection.ts";
import { MemoryLink } from "../memory-link.ts";
import { AppProcess } from "./app-process.ts";
import { AppUser } from "./app-user.ts";
import type { ServerMood } from "./app-server.ts";
import type { Dice } from "./dice.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { Disk } from "./process-store.ts";

/** What a device is made of, and where it stands. */
export interface DeviceOptions {
  readonly name: string;
  readonly account: string;
  readonly graceMs: Millis | undefined;
  readonly clock: ManualClock;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly dice: Dice;
  readonly mood: ServerMood;
  readonly server: () => LinkedServer | undefined;
}

/** A process, and who uses it. */
export interface Tab {
  readonly process: AppProcess;
  readonly user: AppUser;
}

export class Device {
  readonly name: string;
  readonly account: string;
  readonly link: MemoryLink;
  readonly disk: Disk = { isFull: false, slowMs: 0 };
  readonly store: ClientStore;
  readonly #options: DeviceOptions;
  /** All that ever were. */
  readonly #started: Tab[] = [];
  /** How many tabs had ended when the last one was started: it takes over what they owed. */
  #endedBefore = 0;

  constructor(options: DeviceOptions) {
    const { name, account, clock, server } = options;
    this.#options = options;
    this.name = name;
    this.account = account;
    this.store = memoryStore({ clock });
    this.link = new MemoryLink(clock, server);
    this.quiet();
  }

  /** The tabs that live. */
  get tabs(): readonly Tab[] {
    return this.#started.filter(({ process }) => process.isAlive);
  }

  /** A tab has left what it owed to the next start, and there was none since. */
  get hasLeftovers(): boolean {
    return this.closed.length > 0 || this.#started.length - this.tabs.length > this.#endedBefore;
  }

  /** The tabs that were closed as they should. */
  get closed(): readonly Tab[] {
    return this.#started.filter(({ process }) => process.isClosed);
  }

  /** The network as it is when nothing is wrong. */
  quiet(): void {
    const { dice } = this.#options;
    this.link.delayMs = () => 5 + 10 * dice.random();
    this.link.dialDelayMs = 0;
  }

  /** One more tab, or the only one again. */
  start(): Tab {
    const { dice, account } = this.#options;
    this.#endedBefore = this.#started.length - this.tabs.length;
    const number = this.#started.length + 1;
    const name = `${this.name}${number}`;
    const own = dice.fork(number);
    const process = new AppProcess({
      ...this.#options,
      name,
      account,
      dice: own,
      link: this.link,
      store: this.store,
      disk: this.disk,
      hasCompany: () => this.#started.length > 1,
    });
    const tab = {
      process,
      user: new AppUser(process, this.#options.journal, this.#options.ledger),
    };
    this.#started.push(tab);
    return tab;
  }
}
