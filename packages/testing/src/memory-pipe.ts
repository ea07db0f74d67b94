/** One direction of a connection in memory: ordered, lossless, held up at will. */
import type { Cancel, Clock, Millis } from "@holdfast/client";

interface Parcel {
  readonly at: Millis;
  readonly bytes: number;
  readonly deliver: () => void;
}

/** Why a pipe stands still: its network does, or its reader. */
export type PipeBlock = "blackHole" | "paused";

/** Delivers each parcel in an alarm of its own, so that its reader's promises run in between. */
export class MemoryPipe {
  readonly #clock: Clock;
  readonly #delayMs: () => Millis;
  readonly #blocks = new Set<PipeBlock>();
  #parcels: Parcel[] = [];
  #cancel: Cancel | undefined;
  #isClosed = false;

  /** `delayMs`: asked for each parcel. */
  constructor(clock: Clock, delayMs: () => Millis) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  /** What a writer would see in its buffer: all that waits while the pipe stands still. */
  get heldBytes(): number {
    if (this.#blocks.size === 0) return 0;
    return this.#parcels.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** `extraMs`: how much longer it takes than others. */
  push(bytes: number, deliver: () => void, extraMs: Millis = 0): void {
    if (this.#isClosed) return;
    this.#parcels.push({ at: this.#clock.now() + this.#delayMs() + extraMs, bytes, deliver });
    this.#arm();
  }

  block(why: PipeBlock): void {
    this.#blocks.add(why);
    this.#disarm();
  }

  unblock(why: PipeBlock): void {
    this.#blocks.delete(why);
    this.#arm();
  }

  /** Forgets what is under way, and takes nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#parcels = [];
    this.#disarm();
  }

  #arm(): void {
    const [first] = this.#parcels;
    if (!first || this.#cancel || this.#blocks.size > 0) return;
    this.#cancel = this.#clock.at(first.at, () => {
      this.#cancel = undefined;
      this.#parcels.shift();
      first.deliver();
      this.#arm();
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
