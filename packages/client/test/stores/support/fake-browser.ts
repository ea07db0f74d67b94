/**
 * What tabs of one origin share, in memory: a database, locks and channels. A tab can die, as a
 * crash or a closed page would have it.
 */
import { IDBFactory } from "fake-indexeddb";

import type { IndexedDbGlobals, StoreChannel } from "../../../src/stores/indexed-db.ts";
import type { Topic } from "../../../src/stores/watchers.ts";

export class FakeBrowser {
  readonly indexedDB: globalThis.IDBFactory = new IDBFactory();
  /** Names of locks, each with those that hold it or wait for it, in order. */
  readonly #locks = new Map<string, LockRequest[]>();
  readonly #channels = new Set<FakeChannel>();

  /** The global scope of a new tab. */
  tab(): FakeTab {
    const tab = new Set<LockRequest>();
    const channels = this.#channels;
    class BroadcastChannel extends FakeChannel {
      constructor(name: string) {
        super(name, channels);
      }
    }
    return {
      indexedDB: this.indexedDB,
      navigator: { locks: this.#lockManager(tab) },
      BroadcastChannel,
      die: () => {
        for (const request of tab) this.#end(request);
      },
    };
  }

  /** Who holds locks, or waits for one, by name. */
  get lockNames(): string[] {
    return [...this.#locks].filter(([, queue]) => queue.length > 0).map(([name]) => name);
  }

  get openChannels(): number {
    return this.#channels.size;
  }

  #lockManager(tab: Set<LockRequest>): LockManager {
    const manager = {
      request: async (name: string, held: () => Promise<void>): Promise<void> => {
        const queue = this.#locks.get(name) ?? [];
        this.#locks.set(name, queue);
        await new Promise<void>((resolve, reject) => {
          const request: LockRequest = {
            name,
            grant: () => {
              held()
                .then(resolve, reject)
                .finally(() => this.#end(request));
            },
          };
          tab.add(request);
          queue.push(request);
          // As in browsers, never within the call.
          if (queue.length === 1) Promise.resolve().then(request.grant, reject);
        });
      },
      query: async () => ({
        held: [...this.#locks].flatMap(([, [first]]) => (first ? [{ name: first.name }] : [])),
        pending: [...this.#locks].flatMap(([, [, ...rest]]) => rest.map(({ name }) => ({ name }))),
      }),
    };
    return manager as unknown as LockManager;
  }

  #end(request: LockRequest): void {
    const queue = this.#locks.get(request.name) ?? [];
    const at = queue.indexOf(request);
    if (at < 0) return;
    queue.splice(at, 1);
    if (at === 0) queue[0]?.grant();
  }
}

export interface FakeTab extends IndexedDbGlobals {
  die(): void;
}

interface LockRequest {
  readonly name: string;
  readonly grant: () => void;
}

/** Delivers at once, which real ones do not: whoever listens must not depend on the delay. */
class FakeChannel implements StoreChannel {
  onmessage: ((event: never) => void) | null = null;
  readonly #name: string;
  readonly #channels: Set<FakeChannel>;

  constructor(name: string, channels: Set<FakeChannel>) {
    this.#name = name;
    this.#channels = channels;
    channels.add(this);
  }

  postMessage(data: Topic): void {
    if (!this.#channels.has(this)) throw new Error("The channel is closed.");
    for (const other of this.#channels) {
      if (other !== this && other.#name === this.#name) other.onmessage?.({ data } as never);
    }
  }

  close(): void {
    this.#channels.delete(this);
  }
}
