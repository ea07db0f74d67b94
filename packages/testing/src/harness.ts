/** A real client alone with a scripted server, on a manual clock: its whole world is the test's. */
import { RealtimeClient } from "@holdfast/client";
import type { ConnectionSnapshot, RealtimeOptions } from "@holdfast/client";
import { brokenInvariant } from "@holdfast/client/machine";
import type { ClientMessage, Contract } from "@holdfast/protocol";

import { accepts } from "./behaviors.ts";
import { FakeCredentials } from "./fake-adapters.ts";
import type { FakeLifecycleAdapter, FakeNetworkAdapter, TokenScript } from "./fake-adapters.ts";
import { FakePlatform } from "./fake-platform.ts";
import { ManualClock } from "./manual-clock.ts";
import { ScriptedServer } from "./scripted-server.ts";
import type { Behavior } from "./scripted-server.ts";

/** Options of the client, and of its world. */
export interface HarnessOptions<C extends Contract> extends Partial<
  Omit<RealtimeOptions<C>, "platform" | "createSocket">
> {
  /**
   * How the server meets the dials, one after the other; the last one stays. Default: it accepts.
   */
  readonly behaviors?: readonly Behavior[];
  /** Who is signed in from the start; null: nobody. Default `"ada"`. */
  readonly identity?: string | null;
  /** What the token provider does. Default: it gives tokens. */
  readonly token?: TokenScript;
  /** Of the dice. Default 1. */
  readonly seed?: number;
  /** As Firefox does. Default false. */
  readonly variesPath?: boolean;
}

/** Made by {@link clientHarness}. */
export class ClientHarness<C extends Contract = Contract> {
  readonly clock: ManualClock = new ManualClock();
  readonly server: ScriptedServer;
  readonly credentials: FakeCredentials;
  readonly lifecycle: FakeLifecycleAdapter;
  readonly network: FakeNetworkAdapter;
  readonly client: RealtimeClient<C>;
  /** Every snapshot of the connection, the first one included. */
  readonly snapshots: ConnectionSnapshot[] = [];
  readonly #startedAt: number;

  constructor(options: HarnessOptions<C> = {}) {
    const { behaviors = [accepts()], identity, token, seed, variesPath, ...others } = options;
    this.#startedAt = this.clock.now();
    this.server = new ScriptedServer(this.clock, ...behaviors);
    this.credentials = new FakeCredentials(identity, token);
    const platform = new FakePlatform({
      clock: this.clock,
      openTransport: this.server.openTransport,
      ...(seed !== undefined && { seed }),
      ...(variesPath !== undefined && { variesPath }),
    });
    this.lifecycle = platform.lifecycle;
    this.network = platform.network;
    this.client = new RealtimeClient<C>({
      url: "wss://server.test/realtime",
      credentials: this.credentials,
      platform,
      check: brokenInvariant,
      ...others,
    });
    this.client.connection.subscribe((snapshot) => this.snapshots.push(snapshot));
  }

  get snapshot(): ConnectionSnapshot {
    return this.client.connection.current;
  }

  /** `state (reason)`, one for each snapshot that changed either. */
  get states(): string[] {
    const all = this.snapshots.map(({ state, reason }) => `${state} (${reason})`);
    return all.filter((state, index) => state !== all[index - 1]);
  }

  /** When the client dialled, in milliseconds from the start of the test. */
  get dials(): number[] {
    return this.server.dialedAt.map((at) => at - this.#startedAt);
  }

  /** What the client said in its latest attempt, of one type. */
  said<Type extends ClientMessage["type"]>(type: Type): Extract<ClientMessage, { type: Type }>[] {
    const isOfType = (message: ClientMessage): message is Extract<ClientMessage, { type: Type }> =>
      message.type === type;
    return this.server.last.said.filter(isOfType);
  }

  /** Starts the client and lets time pass until it is connected. */
  async open(): Promise<this> {
    this.client.start();
    await this.reach("open");
    return this;
  }

  /** Lets time pass until the connection is in this state. Throws after 2 minutes. */
  async reach(state: ConnectionSnapshot["state"]): Promise<void> {
    await this.clock.runUntil(() => this.snapshot.state === state);
  }
}

/**
 * A client whose server follows a script.
 *
 * ```ts
 * const own = clientHarness({ behaviors: [neverAnswers(), accepts()] });
 * await own.open();
 * expect(own.states).toContain("backoff (connectTimeout)");
 * ```
 */
export function clientHarness<C extends Contract = Contract>(
  options: HarnessOptions<C> = {},
): ClientHarness<C> {
  return new ClientHarness(options);
}
