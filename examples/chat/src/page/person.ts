/**
 * One person at one device: a client of their own, what they have read and said, and what is done
 * to them.
 */
import { Cell, type HandledEvent, type Source } from "@holdfast/client";
import { connectionDisplay, type ConnectionDisplay } from "@holdfast/client/display";
import { DurableClient, type BucketState } from "@holdfast/client/durable";
import { indexedDbStore } from "@holdfast/client/indexed-db";
import { FrameTap } from "@holdfast/inspector/frames";

import { contract, ROOM, type ChatContract } from "../contract.ts";
import { Conversation } from "./conversation.ts";
import { DemoPlatform } from "./demo-platform.ts";
import type { FaultServer } from "./fault-server.ts";
import type { ToggleName } from "./fault-words.ts";
import type { PageMemory } from "./page-memory.ts";
import { pulseAfter, type Pulse } from "./pulse.ts";
import { timelineEntry, withEntry, type TimelineEntry } from "./timeline.ts";

export class Person {
  readonly name: string;
  /** The person, in this browser: what is stored belongs to it. */
  readonly account: string;
  readonly client: DurableClient<ChatContract>;
  readonly conversation: Conversation = new Conversation((signal) =>
    this.client.call("room.epoch", undefined, { signal }),
  );
  readonly display: ConnectionDisplay;
  /** What goes over the wire, for the inspector. */
  readonly frames: FrameTap = new FrameTap({ payloads: true });
  readonly pulse: Cell<Pulse> = new Cell<Pulse>({ phase: "none" });
  readonly timeline: Cell<readonly TimelineEntry[]> = new Cell<readonly TimelineEntry[]>([]);
  /** What is switched on. It outlives this object, as the tab remembers it. */
  readonly toggles: Cell<ReadonlySet<ToggleName>>;
  readonly #memory: PageMemory;
  readonly #server: FaultServer;
  readonly #device = new DemoPlatform();
  readonly #identity: Cell<string | null>;
  /** By this the server's faults find the connections of this tab. */
  readonly #address: string;
  /** Settles when all that was switched so far has been applied. */
  #applied: Promise<void> = Promise.resolve();

  constructor(name: string, memory: PageMemory, server: FaultServer) {
    this.name = name;
    this.account = `${name.toLowerCase()}-${memory.device}`;
    this.#address = `${name.toLowerCase()}-${memory.tab}`;
    this.#memory = memory;
    this.#server = server;
    this.toggles = new Cell(memory.toggles(name));
    const isOn = (toggle: ToggleName): boolean => this.toggles.current.has(toggle);
    this.#identity = new Cell(isOn("signOut") ? null : this.account);
    this.#device.setOffline(isOn("offline"));
    this.#device.setFrozen(isOn("freeze"));
    this.client = new DurableClient({
      contract,
      url: () => this.#url(),
      credentials: {
        identity: this.#identity,
        token: ({ signal }) => server.token(this.account, name, signal),
      },
      platform: this.frames.platform(this.#device.platform),
      // A database for each account, and so for each person.
      store: indexedDbStore({ name: "chat" }),
      transactions: [this.conversation.sendMessage],
      buckets: { room: this.conversation.hooks },
      onHandled: (handled) => this.#note(handled),
    });
    this.display = connectionDisplay(this.client.state);
  }

  /** How far the room is read. */
  get room(): Source<BucketState> {
    return this.client.bucket(ROOM).state;
  }

  /** Connects, keeps the room up to date, and goes on with what was left unsent. */
  start(): void {
    const { client, conversation } = this;
    client.accountStore.subscribe((store) => conversation.follow(store?.documents));
    client.pending.subscribe((pending) => conversation.showPending(pending));
    client.bucket(ROOM).open();
    client.start();
    if (this.toggles.current.has("stop")) client.stop();
  }

  /** Leaves nothing behind but what is stored. */
  async close(): Promise<void> {
    this.display.close();
    this.client.close();
    await this.client.closed;
  }

  say(text: string): void {
    this.client.transact(this.conversation.sendMessage, { text });
  }

  /** Rejects when the server, which has to help, cannot be reached. */
  async drop(): Promise<void> {
    await this.#server.drop(this.#address);
  }

  /** Rejects as `drop` does; then the switch goes back. */
  async toggle(name: ToggleName): Promise<void> {
    this.#flip(name);
    // One after the other: the server must not hear of two in the wrong order.
    const applied = this.#applied.then(async () => await this.#apply(name));
    this.#applied = applied.catch(() => this.#flip(name));
    await applied;
  }

  /** Undoes whatever took the credentials away. Rejects as `toggle` does. */
  async signInAgain(): Promise<void> {
    const { current } = this.toggles;
    if (current.has("signOut")) await this.toggle("signOut");
    if (current.has("rejectToken")) return await this.toggle("rejectToken");
    // It may have been another tab that had the server refuse us.
    await this.#server.setRejected(this.account, false);
    this.client.tokenChanged();
  }

  #flip(name: ToggleName): void {
    const toggles = new Set(this.toggles.current);
    if (!toggles.delete(name)) toggles.add(name);
    this.#memory.rememberToggles(this.name, toggles);
    this.toggles.set(toggles);
  }

  /** Makes the world agree with a switch. */
  async #apply(name: ToggleName): Promise<void> {
    const toggles = this.toggles.current;
    const isOn = toggles.has(name);
    const isUnreachable = toggles.has("blackHole") || toggles.has("offline");
    switch (name) {
      case "blackHole":
        return await this.#server.setBlackHole(this.#address, isUnreachable);
      case "offline":
        // First the path, then the hint: an answer that still comes through would prove it wrong.
        await this.#server.setBlackHole(this.#address, isUnreachable);
        return this.#device.setOffline(isOn);
      case "freeze":
        return this.#device.setFrozen(isOn);
      case "rejectToken":
        await this.#server.setRejected(this.account, isOn);
        if (!isOn) this.client.tokenChanged();
        return;
      case "signOut":
        return this.#identity.set(isOn ? null : this.account);
      case "stop":
        return isOn ? this.client.stop() : this.client.start();
    }
  }

  #url(): string {
    if (this.#device.isOffline) throw new Error("offline");
    const { host, protocol } = location;
    return `${protocol === "https:" ? "wss" : "ws"}://${host}/realtime?client=${this.#address}`;
  }

  #note(handled: HandledEvent): void {
    const { policy } = this.client;
    this.pulse.set(pulseAfter(handled, policy));
    const entry = timelineEntry(handled, policy);
    if (entry) this.timeline.set(withEntry(this.timeline.current, entry));
  }
}
