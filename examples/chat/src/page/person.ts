/**
 * One person at one device: a client of their own, what they have read and said, and what is done
 * to them.
 */
import { CallError, Cell, RealtimeClient, type HandledEvent } from "@holdfast/client";
import { connectionDisplay, type ConnectionDisplay } from "@holdfast/client/display";

import { contract, ROOM, type ChatContract, type Draft } from "../contract.ts";
import { Conversation } from "./conversation.ts";
import { DemoPlatform } from "./demo-platform.ts";
import type { FaultServer } from "./fault-server.ts";
import type { DeedName, ToggleName } from "./fault-words.ts";
import { pulseAfter, type Pulse } from "./pulse.ts";
import { timelineEntry, withEntry, type TimelineEntry } from "./timeline.ts";
import { fateWords } from "./words.ts";

export class Person {
  readonly name: string;
  /** Names the client to the server: the person, and this page. */
  readonly id: string;
  readonly client: RealtimeClient<ChatContract>;
  readonly conversation: Conversation = new Conversation();
  readonly display: ConnectionDisplay;
  readonly pulse: Cell<Pulse> = new Cell<Pulse>({ phase: "none" });
  readonly timeline: Cell<readonly TimelineEntry[]> = new Cell<readonly TimelineEntry[]>([]);
  /** What is switched on. */
  readonly toggles: Cell<ReadonlySet<ToggleName>> = new Cell<ReadonlySet<ToggleName>>(new Set());
  readonly #server: FaultServer;
  readonly #device = new DemoPlatform();
  readonly #identity: Cell<string | null>;
  /** Settles when all that was switched so far has been applied. */
  #applied: Promise<void> = Promise.resolve();

  constructor(name: string, page: string, server: FaultServer) {
    this.name = name;
    this.id = `${name.toLowerCase()}-${page}`;
    this.#server = server;
    this.#identity = new Cell<string | null>(this.id);
    this.client = new RealtimeClient({
      contract,
      url: () => this.#url(),
      credentials: {
        identity: this.#identity,
        token: ({ signal }) => server.token(this.id, name, signal),
      },
      platform: this.#device.platform,
      onHandled: (handled) => this.#note(handled),
    });
    this.display = connectionDisplay(this.client.state);
  }

  /** Connects, and reads what was missed whenever a session is live. */
  start(): void {
    this.client.subscribe(
      ROOM,
      ({ data }) => this.conversation.heard(data),
      ({ phase }) => {
        if (phase === "live") void this.#catchUp();
      },
    );
    this.client.start();
  }

  /** Says something, or tries again with what failed: the same id cannot become two messages. */
  async say(draft: Draft): Promise<void> {
    this.conversation.sending(draft);
    try {
      const { id, text } = draft;
      this.conversation.heard(await this.client.call("message.send", { id, text }));
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const { kind, mayHaveRun } = error;
      this.conversation.failed(draft.id, fateWords(kind, mayHaveRun), mayHaveRun);
    }
  }

  /** Rejects when the server, which has to help, cannot be reached. */
  async do(deed: DeedName): Promise<void> {
    if (deed === "drop") await this.#server.drop(this.id);
    else this.client.connectNow();
  }

  /** As `do`; then the switch goes back. */
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
    if (current.has("rejectToken")) await this.toggle("rejectToken");
  }

  #flip(name: ToggleName): void {
    const toggles = new Set(this.toggles.current);
    if (!toggles.delete(name)) toggles.add(name);
    this.toggles.set(toggles);
  }

  /** Makes the world agree with a switch. */
  async #apply(name: ToggleName): Promise<void> {
    const toggles = this.toggles.current;
    const isOn = toggles.has(name);
    const isUnreachable = toggles.has("blackHole") || toggles.has("offline");
    switch (name) {
      case "blackHole":
        return await this.#server.setBlackHole(this.id, isUnreachable);
      case "offline":
        // First the path, then the hint: an answer that still comes through would prove it wrong.
        await this.#server.setBlackHole(this.id, isUnreachable);
        return this.#device.setOffline(isOn);
      case "freeze":
        return this.#device.setFrozen(isOn);
      case "rejectToken":
        await this.#server.setRejected(this.id, isOn);
        if (!isOn) this.client.tokenChanged();
        return;
      case "signOut":
        return this.#identity.set(isOn ? null : this.id);
      case "stop":
        return isOn ? this.client.stop() : this.client.start();
    }
  }

  /** The server's faults aim by this name; who it is, the token says. */
  #url(): string {
    if (this.#device.isOffline) throw new Error("offline");
    const { host, protocol } = location;
    return `${protocol === "https:" ? "wss" : "ws"}://${host}/realtime?client=${this.id}`;
  }

  async #catchUp(): Promise<void> {
    try {
      const { messages } = await this.client.call("history", { after: this.conversation.position });
      this.conversation.caughtUp(messages);
    } catch (error) {
      // The next session asks again.
      if (!(error instanceof CallError)) throw error;
    }
  }

  #note(handled: HandledEvent): void {
    const { policy } = this.client;
    this.pulse.set(pulseAfter(handled, policy));
    const entry = timelineEntry(handled, policy);
    if (entry) this.timeline.set(withEntry(this.timeline.current, entry));
  }
}
