/**
 * One process of the simulated app on a device: a real `DurableClient` between a clock, a store and
 * a network that fail with it. It can sleep, be frozen, die at any instant, or end as it should.
 */
import type { Cancel, Millis, Platform } from "@holdfast/client";
import { DurableClient } from "@holdfast/client/durable";
import type { ClientStore, TransactionDefinition } from "@holdfast/client/durable";
import { brokenInvariant } from "@holdfast/client/machine";
import type { HandledEvent } from "@holdfast/client/machine";

import { brokenStep } from "../exploration/step-invariants.ts";
import { FakeCredentials, FakeLifecycleAdapter, FakeNetworkAdapter } from "../fake-adapters.ts";
import type { ManualClock } from "../manual-clock.ts";
import type { MemoryLink } from "../memory-link.ts";
import { appContract } from "./app-contract.ts";
import type { AppContract, NoteInput, NotePlace } from "./app-contract.ts";
import { appHooks } from "./app-hooks.ts";
import { issueToken } from "./app-server.ts";
import type { ServerMood } from "./app-server.ts";
import type { Dice } from "./dice.ts";
import { Effects } from "./effects.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { ProcessClock } from "./process-clock.ts";
import { ProcessNetwork } from "./process-network.ts";
import type { ProcessState } from "./process-network.ts";
import { ProcessStore } from "./process-store.ts";
import type { Disk } from "./process-store.ts";
import { brokenPath } from "./snapshot-path.ts";

/** What a process finds on its device and around it. */
export interface ProcessOptions {
  readonly name: string;
  readonly account: string;
  readonly clock: ManualClock;
  readonly dice: Dice;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly link: MemoryLink;
  readonly store: ClientStore;
  readonly disk: Disk;
  readonly mood: ServerMood;
  /** Did others run on the device, which may have taken over what this one left? */
  readonly hasCompany: () => boolean;
  /** How long it goes on in the background; undefined: for ever, as on the web. */
  readonly graceMs: Millis | undefined;
}

export class AppProcess {
  readonly name: string;
  readonly clock: ProcessClock;
  readonly client: DurableClient<AppContract>;
  readonly credentials: FakeCredentials;
  readonly lifecycle: FakeLifecycleAdapter = new FakeLifecycleAdapter();
  readonly network: FakeNetworkAdapter = new FakeNetworkAdapter();
  readonly store: ProcessStore;
  readonly effects: Effects;
  readonly addNote: TransactionDefinition<NoteInput, NotePlace>;
  /** The account that is signed in when nothing is wrong. */
  readonly account: string;
  /**
   * Rises with each change of user that another tab may have used to take over what is pending: it
   * goes on there, and lanes hold within one client.
   */
  stay = 0;
  readonly #options: ProcessOptions;
  readonly #traffic: ProcessNetwork;
  #state: ProcessState = "running";
  #ending: "closing" | "closed" | "killed" | undefined;
  #cancelSignIn: Cancel = () => {};

  constructor(options: ProcessOptions) {
    const { name, account, journal, dice } = options;
    this.#options = options;
    this.name = name;
    this.account = account;
    this.clock = new ProcessClock(options.clock);
    const { openTransport } = options.link;
    const tooMuch = (): void => journal.broke("what waits to be sent is bounded", name);
    this.#traffic = new ProcessNetwork(options.clock, openTransport, () => this.#state, tooMuch);
    const happened = (what: string): void => journal.happened(name, what);
    this.store = new ProcessStore({
      ...options,
      inner: options.store,
      clock: this.clock,
      happened,
    });
    this.credentials = new FakeCredentials(account);
    this.credentials.onRejected = () => this.#signInAgain();
    this.mendProvider();
    this.effects = new Effects(name, journal, options.ledger);
    this.addNote = this.effects.definition();
    this.client = new DurableClient<AppContract>({
      url: `wss://sim.test/realtime?p=${name}`,
      contract: appContract,
      credentials: this.credentials,
      platform: this.#platform(dice),
      check: brokenInvariant,
      onHandled: (handled) => this.#handled(handled),
      onFault: (error) => this.#fault(error),
      store: this.store,
      transactions: [this.addNote],
      buckets: appHooks(() => this.client),
      ...(options.graceMs && { policy: { background: { graceMs: options.graceMs } } }),
    });
    this.#watchPath();
    journal.note(name, `starts for ${account}`);
    this.client.start();
  }

  get isAlive(): boolean {
    return this.#state !== "dead";
  }

  /** It was asked to end as an app ends that is well, and was not killed over it. */
  get isClosed(): boolean {
    return this.#ending !== undefined && this.#ending !== "killed";
  }

  /** How many sockets it holds. */
  get sockets(): number {
    return this.#traffic.sockets;
  }

  /** Its code runs. */
  get isAwake(): boolean {
    return this.#state === "running";
  }

  /** Its code stops in the middle of whatever it does, until `wake`. */
  sleep(): void {
    if (!this.isAwake) return;
    this.#options.journal.note(this.name, "sleeps");
    this.#state = "asleep";
    this.clock.sleep();
  }

  /** `missedMs`: how long its monotonic clock stood. */
  wake(missedMs: Millis): void {
    if (this.#state !== "asleep") return;
    this.#options.journal.note(this.name, "wakes");
    this.#state = "running";
    this.clock.wake(missedMs);
    this.#traffic.catchUp();
  }

  /** `closesSockets`: the system does that for it; without power nobody does. */
  kill(closesSockets: boolean): void {
    // It may be in the middle of its closing.
    if (this.#ending === "closed" || this.#ending === "killed") return;
    this.#ending = "killed";
    this.#options.journal.note(this.name, closesSockets ? "is killed" : "loses its power");
    this.#state = "dead";
    this.clock.kill();
    this.store.kill();
    if (closesSockets) this.#traffic.closeAll();
  }

  /** As an app ends that is well. */
  async close(): Promise<void> {
    this.#options.journal.note(this.name, "closes");
    this.#state = "dead";
    this.#cancelSignIn();
    this.#ending = "closing";
    this.client.close();
    await this.client.closed;
    if (this.isClosed) this.#ending = "closed";
  }

  /** The token provider does as it should. */
  mendProvider(): void {
    const { clock } = this.#options;
    this.credentials.script = () =>
      issueToken(this.credentials.identity.current ?? "", clock.wallNow());
  }

  /** Another user, or nobody. */
  signIn(account: string | null): void {
    if (account === this.credentials.identity.current) return;
    this.#options.journal.note(this.name, `is signed in as ${account}`);
    if (this.#options.hasCompany()) this.stay++;
    this.credentials.identity.set(account);
    this.effects.forget();
  }

  /** Its user turns it off and on: the old connection is left as it stands. */
  dialAgain(): void {
    this.client.stop();
    this.client.start();
  }

  #platform(dice: Dice): Platform {
    const { random } = dice;
    const digit = (): string => Math.floor(random() * 16).toString(16);
    return {
      name: "simulated",
      clock: this.clock,
      random,
      randomHex: (bytes) => Array.from({ length: bytes * 2 }, digit).join(""),
      lifecycle: this.lifecycle,
      network: this.network,
      openTransport: this.#traffic.openTransport,
      variesPath: false,
    };
  }

  /** The app was told that even a renewed token was rejected: it takes its user some seconds. */
  #signInAgain(): void {
    const { journal, clock, mood } = this.#options;
    journal.note(this.name, "is asked to sign in again");
    if (mood.rejectedUntil < clock.now() && mood.tokenLifeMs >= 3_600_000)
      journal.broke("nobody has to sign in again for nothing", this.name);
    this.#cancelSignIn();
    this.#cancelSignIn = this.clock.at(this.clock.now() + 3_000, () => this.client.tokenChanged());
  }

  #handled({ event, before, stamp, step }: HandledEvent): void {
    const { journal } = this.#options;
    const { model } = step;
    const what = "deadline" in event ? `alarm ${event.deadline}` : event.type;
    journal.happened(this.name, what);
    if (model.state !== before.state || model.reason !== before.reason) {
      journal.count(journal.reasons, model.reason);
      journal.note(this.name, `${model.state} (${model.reason}) by ${what}`);
    }
    const broken = brokenStep(before, event, stamp, step, this.client.policy);
    if (broken) journal.broke(broken, `${this.name}: ${what} in ${before.state}`);
  }

  #fault(error: unknown): void {
    const name = error instanceof Error ? error.name : typeof error;
    this.#options.journal.note(this.name, `reports ${name}: ${String(error)}`);
    if (name !== "StoreError" && name !== "CallError" && name !== "SyncError")
      this.#options.journal.broke(
        "no client has a fault of its own",
        `${this.name}: ${name} ${error instanceof Error ? (error.stack ?? "") : ""}`,
      );
  }

  #watchPath(): void {
    let before = this.client.connection.current;
    this.client.connection.subscribe((snapshot) => {
      const broken = brokenPath(before, snapshot);
      if (broken)
        this.#options.journal.broke("snapshots are a legal path", `${this.name}: ${broken}`);
      before = snapshot;
    });
  }
}
