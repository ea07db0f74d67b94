/**
 * Which owners of records are awake, by Web Locks: each holds the lock of its name. A platform
 * without them cannot tell; there an owner takes over what it finds once, when it wakes. Two tabs
 * may then take records from each other, which costs a request and nothing else.
 */
import { StoreError } from "./store-error.ts";

export class OwnerLocks {
  readonly #locks: LockManager | undefined;
  readonly #prefix: string;
  /** Gives up the lock of an owner, also one that is only asked for. */
  readonly #releases = new Map<string, () => void>();

  /** A lock is called `prefix` and the owner. */
  constructor(locks: LockManager | undefined, prefix: string) {
    this.#locks = locks;
    this.#prefix = prefix;
  }

  /**
   * Takes the owner's lock; false if it was taken before. Rejects with `closed` when it is released
   * meanwhile.
   */
  async take(owner: string): Promise<boolean> {
    if (this.#releases.has(owner)) return false;
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#releases.set(owner, release);
    await new Promise<void>((resolve, reject) => {
      if (!this.#locks) return resolve();
      const held = (): Promise<void> => {
        resolve();
        return released;
      };
      this.#locks.request(this.#prefix + owner, held).catch((error: unknown) => {
        this.#releases.delete(owner);
        reject(new StoreError("unavailable", error));
      });
    });
    if (this.#releases.get(owner) !== release) throw new StoreError("closed");
    return true;
  }

  /** Tells free owners from those awake, as of now. `isFirst`: the caller has just awoken. */
  async free(isFirst: boolean): Promise<(owner: string) => boolean> {
    if (!this.#locks) return () => isFirst;
    const { held = [], pending = [] } = await this.#locks.query().catch(refuse);
    const names = new Set([...held, ...pending].map(({ name }) => name));
    return (owner) => !names.has(this.#prefix + owner);
  }

  /** Gives up the owner's lock; false if it had none. */
  release(owner: string): boolean {
    this.#releases.get(owner)?.();
    return this.#releases.delete(owner);
  }

  releaseAll(): void {
    for (const owner of this.#releases.keys()) this.release(owner);
  }
}

function refuse(error: unknown): never {
  throw new StoreError("unavailable", error);
}
