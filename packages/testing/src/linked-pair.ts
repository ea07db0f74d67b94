/**
 * A real client and a real server, linked in memory on one manual clock: an app's contract and
 * handlers can be tested through drops, restarts and black holes without a socket or a sleep.
 */
import { RealtimeClient, seededRandom } from "@holdfast/client";
import type { RealtimeOptions } from "@holdfast/client";
import { DurableClient } from "@holdfast/client/durable";
import { brokenInvariant } from "@holdfast/client/machine";
import { memoryStore } from "@holdfast/client/memory";
import type { Contract } from "@holdfast/protocol";
import { RealtimeServer, refuse } from "@holdfast/server";
import type { Accepted, Authenticate, CloseOptions, ErrorContext } from "@holdfast/server";

import { accountOfToken, FakeCredentials } from "./fake-adapters.ts";
import type { FakeLifecycleAdapter, FakeNetworkAdapter } from "./fake-adapters.ts";
import { FakePlatform } from "./fake-platform.ts";
import type {
  LinkedClient,
  LinkedClientOptions,
  LinkedDurableClient,
  LinkedDurableOptions,
  LinkedPairOptions,
} from "./linked-client.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryLink } from "./memory-link.ts";

/**
 * Made by {@link linkedPair}. `clock.run`, `clock.runUntil` and `clock.finish` let time pass.
 */
export class LinkedPair<
  C extends Contract,
  A extends Accepted = Accepted,
> implements LinkedClient<C> {
  readonly clock: ManualClock;
  readonly client: RealtimeClient<C>;
  readonly credentials: FakeCredentials;
  readonly lifecycle: FakeLifecycleAdapter;
  readonly network: FakeNetworkAdapter;
  readonly link: MemoryLink;
  /** Every client, the first one included. */
  readonly clients: LinkedClient<C>[] = [];
  /** What the server survived, unless `server.onError` hears it. */
  readonly serverErrors: { readonly error: unknown; readonly context: ErrorContext }[] = [];
  readonly #options: LinkedPairOptions<C, A>;
  #server: RealtimeServer<C, A>;
  #isServerUp = true;

  constructor(options: LinkedPairOptions<C, A>) {
    this.#options = options;
    this.clock = options.clock ?? new ManualClock();
    this.#server = this.#makeServer();
    const first = this.addClient(options.client);
    this.client = first.client;
    this.credentials = first.credentials;
    this.lifecycle = first.lifecycle;
    this.network = first.network;
    this.link = first.link;
  }

  /** The server of the moment: `startServer` makes another. */
  get server(): RealtimeServer<C, A> {
    return this.#server;
  }

  /** One more client, with a link of its own. Nothing happens until it is started. */
  addClient(options: LinkedClientOptions<C> = {}): LinkedClient<C> {
    return this.#add(options, (base) => new RealtimeClient<C>(base));
  }

  #add<Client extends RealtimeClient<C>>(
    options: LinkedClientOptions<C>,
    make: (options: RealtimeOptions<C>) => Client,
  ): LinkedClient<C> & { readonly client: Client } {
    const { identity = "ada", ownCredentials, ...others } = options;
    const credentials = new FakeCredentials(identity);
    const link = new MemoryLink(this.clock, () => (this.#isServerUp ? this.#server : undefined));
    const platform = new FakePlatform({
      clock: this.clock,
      openTransport: link.openTransport,
      seed: (this.#options.seed ?? 1) + this.clients.length,
    });
    const client = make({
      url: "wss://server.test/realtime",
      contract: this.#options.contract,
      credentials: ownCredentials ?? credentials,
      platform,
      check: brokenInvariant,
      ...others,
    });
    const { lifecycle, network } = platform;
    const linked = { client, credentials, lifecycle, network, link };
    this.clients.push(linked);
    return linked;
  }

  /**
   * One more client, with transactions and sync, and a link of its own. Without a `store` it has
   * one in memory; pass the same store again to come back after a reload.
   */
  addDurableClient(options: LinkedDurableOptions<C> = {}): LinkedDurableClient<C> {
    const { store = memoryStore(), ...others } = options;
    return this.#add(others, (base) => new DurableClient<C>({ ...base, store }));
  }

  /** Starts every client and lets time pass until all are connected. */
  async open(): Promise<this> {
    for (const { client } of this.clients) client.start();
    await this.connected();
    return this;
  }

  /**
   * Lets time pass until every client is connected. Throws after `withinMs`; by default 2 minutes.
   */
  async connected(withinMs?: number): Promise<void> {
    const areAll = (): boolean =>
      this.clients.every(({ client }) => client.connection.current.state === "open");
    await this.clock.runUntil(areAll, withinMs);
  }

  /**
   * The server's process dies: connections break, dials fail, sessions are gone. Buckets are gone
   * as well, unless `server.store` keeps them.
   */
  killServer(): void {
    this.#isServerUp = false;
    for (const { link } of this.clients) link.drop();
    // A process that is gone leaves no timer behind.
    void this.#server.close({ windowMs: 0, graceMs: 0 });
  }

  /** A new server process takes the place of the old one, which is killed if it still runs. */
  startServer(): void {
    if (this.#isServerUp) this.killServer();
    this.#server = this.#makeServer();
    this.#isServerUp = true;
  }

  /**
   * A rolling restart: new dials reach a new server while the old one closes as it is told to.
   * Resolves when the old one is gone.
   */
  handOver(options?: CloseOptions): Promise<void> {
    const old = this.#server;
    this.#server = this.#makeServer();
    return old.close(options);
  }

  /** Ends everything, and lets time pass until it has. Then `clock.pending` is 0. */
  async close(): Promise<void> {
    for (const { client, link } of this.clients) {
      link.heal();
      client.close();
      if (client instanceof DurableClient) await this.clock.finish(client.closed);
    }
    await this.clock.finish(this.#server.close({ windowMs: 0 }));
    await this.clock.settle();
  }

  #makeServer(): RealtimeServer<C, A> {
    const { contract, handlers, buckets, server, seed = 1 } = this.#options;
    return new RealtimeServer<C, A>({
      contract,
      // Without one of its own, the type of accounts is the default, which this answers.
      authenticate: this.#options.authenticate ?? (believe as never),
      handlers,
      onError: (error, context) => void this.serverErrors.push({ error, context }),
      clock: this.clock,
      random: seededRandom(seed + this.clock.now()),
      ...(buckets && { buckets }),
      ...server,
    });
  }
}

/**
 * A client and a server of an app, linked in memory.
 *
 * ```ts
 * const pair = linkedPair({ contract, handlers });
 * await pair.open();
 * const answer = pair.client.call("send", { text: "hello" });
 * pair.link.drop();
 * await expect(pair.clock.finish(answer)).rejects.toMatchObject({ kind: "outcomeUnknown" });
 * await pair.close();
 * ```
 */
export function linkedPair<C extends Contract, A extends Accepted = Accepted>(
  options: LinkedPairOptions<C, A>,
): LinkedPair<C, A> {
  return new LinkedPair(options);
}

/** Takes every token of `FakeCredentials` at its word. */
const believe: Authenticate<Accepted> = ({ token }) =>
  token === undefined
    ? refuse({ action: "reauthenticate", code: "badToken" })
    : { account: accountOfToken(token) };
