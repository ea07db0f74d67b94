/**
 * One direction of one connection of a `FaultLink`: bytes and goodbyes in, the same out, in order,
 * later, in other pieces, or never. It knows no socket: it is told what comes and drained, and
 * tells its ends.
 */
import type { Cancel, Clock, Millis, Random } from "@holdfast/client";

import type { PathFaults } from "./fault-link-faults.ts";

/** How a direction may end: FIN, or RST. */
export type Goodbye = "end" | "reset";

export interface PipeEnds {
  /** Writes on. False: full, until `drained` is called. */
  write(bytes: Uint8Array): boolean;
  /** Everything before it was written. */
  sayGoodbye(goodbye: Goodbye): void;
  /** The source shall wait, or go on. */
  hold(isFull: boolean): void;
  /** `dropAfterBytes` have passed. */
  drop(): void;
  /** A black hole has swallowed something. Told once. */
  swallowed(): void;
}

/** Above this the source is told to wait; it goes on below half of it. */
export const HELD_BYTES_MAX = 1_048_576;

/** With a limited bandwidth, bytes come in pieces that take about so long each. */
const SLICE_MS = 20;

interface Parcel {
  readonly readyAt: Millis;
  /** Chunks that come before this instant are joined to it. */
  readonly joinsUntil: Millis;
  readonly content: Uint8Array[] | Goodbye;
}

export class FaultPipe {
  /** Bytes that were written on. */
  passedBytes = 0;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #ends: PipeEnds;
  #faults: PathFaults;
  #parcels: Parcel[] = [];
  #heldBytes = 0;
  #isHeld = false;
  #freeAt: Millis = 0;
  /** Nobody takes anything before the other end is there. */
  #isBlocked = true;
  /** It has swallowed something: a stream with a hole is none, so it swallows the rest. */
  #isLost = false;
  #isClosed = false;
  #alarm: Cancel | undefined;
  #pendingTurn: Cancel | undefined;

  constructor(clock: Clock, random: Random, faults: PathFaults, ends: PipeEnds) {
    this.#clock = clock;
    this.#random = random;
    this.#faults = faults;
    this.#ends = ends;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  set faults(faults: PathFaults) {
    this.#faults = faults;
    if (faults.blackHole && this.#parcels.length > 0) this.#swallowed();
    else this.#pump();
  }

  push(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#isLost || this.#faults.blackHole) return this.#swallowed();
    this.#heldBytes += bytes.length;
    const last = this.#parcels.at(-1);
    const now = this.#clock.now();
    if (last && now < last.joinsUntil && typeof last.content !== "string") last.content.push(bytes);
    else this.#append([bytes], now + this.#faults.coalesceMs);
    this.#hold();
    this.#pump();
  }

  pushGoodbye(goodbye: Goodbye): void {
    if (this.#isClosed) return;
    if (this.#isLost || this.#faults.blackHole) return this.#swallowed();
    this.#append(goodbye, this.#clock.now());
    this.#pump();
  }

  /** The other end is there, or has room again. */
  drained(): void {
    this.#isBlocked = false;
    this.#pump();
  }

  /** Forgets what is under way, and swallows what comes. */
  swallow(): void {
    this.#isLost = true;
    this.#forget();
    this.#hold();
  }

  /** Takes and tells nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#forget();
  }

  #swallowed(): void {
    if (!this.#isLost) this.#ends.swallowed();
    this.swallow();
  }

  #append(content: Uint8Array[] | Goodbye, joinsUntil: Millis): void {
    const { latencyMs, jitterMs } = this.#faults;
    const readyAt = joinsUntil + latencyMs + jitterMs * this.#random();
    const before = this.#parcels.at(-1)?.readyAt ?? 0;
    this.#parcels.push({ readyAt: Math.max(readyAt, before), joinsUntil, content });
  }

  #forget(): void {
    this.#parcels = [];
    this.#heldBytes = 0;
    this.#alarm?.();
    this.#pendingTurn?.();
    this.#alarm = undefined;
    this.#pendingTurn = undefined;
  }

  /** Writes what is due, and sets an alarm for what is not. */
  #pump(): void {
    this.#alarm?.();
    this.#alarm = undefined;
    while (!this.#isClosed && !this.#isBlocked && !this.#pendingTurn && !this.#faults.stall) {
      if (this.passedBytes >= this.#faults.dropAfterBytes) return this.#ends.drop();
      const [first] = this.#parcels;
      if (!first) return;
      const dueAt = Math.max(first.readyAt, this.#freeAt);
      if (dueAt > this.#clock.now()) {
        this.#alarm = this.#clock.at(dueAt, () => this.#pump());
        return;
      }
      this.#parcels.shift();
      if (typeof first.content === "string") this.#ends.sayGoodbye(first.content);
      else this.#write(joined(first.content), first);
      this.#hold();
      // A turn for each piece: what is written within one turn may arrive as one.
      if (this.#faults.splitBytes < Infinity) this.#turn();
    }
  }

  #turn(): void {
    this.#pendingTurn = this.#clock.turn(() => {
      this.#pendingTurn = undefined;
      this.#pump();
    });
  }

  /** Writes a piece of what a parcel held; the rest of it goes back. */
  #write(bytes: Uint8Array, { readyAt, joinsUntil }: Parcel): void {
    const piece = bytes.subarray(0, this.#pieceBytes());
    const rest = bytes.subarray(piece.length);
    if (rest.length > 0) this.#parcels.unshift({ readyAt, joinsUntil, content: [rest] });
    this.#heldBytes -= piece.length;
    this.passedBytes += piece.length;
    const busyMs = (piece.length * 1_000) / this.#faults.bytesPerSecond;
    this.#freeAt = Math.max(this.#freeAt, this.#clock.now()) + busyMs;
    this.#isBlocked = !this.#ends.write(piece);
  }

  #pieceBytes(): number {
    const { splitBytes, bytesPerSecond, dropAfterBytes } = this.#faults;
    const split = splitBytes === Infinity ? Infinity : 1 + Math.floor(this.#random() * splitBytes);
    const slice = Math.max(1, Math.floor((bytesPerSecond * SLICE_MS) / 1_000));
    return Math.min(split, slice, dropAfterBytes - this.passedBytes);
  }

  #hold(): void {
    const isFull = this.#heldBytes > (this.#isHeld ? HELD_BYTES_MAX / 2 : HELD_BYTES_MAX);
    if (isFull === this.#isHeld) return;
    this.#isHeld = isFull;
    this.#ends.hold(isFull);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}
