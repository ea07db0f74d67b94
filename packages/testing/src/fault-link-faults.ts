/**
 * The faults that a `FaultLink` knows, as data: what each does, its unit, and what is none. Texts
 * for people are made elsewhere.
 */
import type { Millis } from "@holdfast/client";

/** One way through the link. */
export type PathDirection = "toServer" | "toClient";

/** What one direction may suffer. All of it may change while connections live. */
export interface PathFaults {
  /** Everything comes so much later, in ms; the order is kept. Default 0. */
  readonly latencyMs: Millis;
  /** Up to so much later still, in ms, drawn for each piece; the order is kept. Default 0. */
  readonly jitterMs: Millis;
  /** No more than so many bytes a second. Default `Infinity`. */
  readonly bytesPerSecond: number;
  /** Written on in pieces of 1 to so many bytes, drawn, a turn each. Default `Infinity`: whole. */
  readonly splitBytes: number;
  /** What comes within so many ms is held, and written on as one piece. Default 0. */
  readonly coalesceMs: Millis;
  /**
   * A connection ends, both ends, when so many of its bytes have passed in this direction: in the
   * midst of a message, if it falls so. Default `Infinity`.
   */
  readonly dropAfterBytes: number;
  /** Nothing moves and nothing is lost: what was held goes on when this ends. Default false. */
  readonly stall: boolean;
  /**
   * What comes is swallowed, goodbyes too, and nobody is told. A connection that has lost something
   * this way stays silent when this ends; others work again. Default false.
   */
  readonly blackHole: boolean;
}

/** What the whole link may suffer, besides its two directions. */
export interface DoorFaults {
  /** A connection that comes waits so long before it reaches the server, in ms. Default 0. */
  readonly acceptDelayMs: Millis;
  /** Connections that come are reset at once; those that live stay. Default false. */
  readonly refuse: boolean;
}

/** What `FaultLink.set` takes; what is not named stays as it is. */
export type LinkFaults = Partial<PathFaults & DoorFaults>;

/** What a link has done to connections, by kind. */
export type FaultKind = "reset" | "drop" | "refuse" | "halfOpen" | "blackHole" | "targetLost";

export const NO_PATH_FAULTS: PathFaults = {
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: Infinity,
  splitBytes: Infinity,
  coalesceMs: 0,
  dropAfterBytes: Infinity,
  stall: false,
  blackHole: false,
};

export const NO_DOOR_FAULTS: DoorFaults = { acceptDelayMs: 0, refuse: false };

/** What may not be 0: nothing would ever pass. */
const AT_LEAST_ONE: readonly string[] = ["bytesPerSecond", "splitBytes"];

/** The values of `faults` that have a place in `present`, over those of `present`. */
export function changed<Faults extends PathFaults | DoorFaults>(
  present: Faults,
  faults: LinkFaults,
): Faults {
  const named = Object.entries(faults).filter(([name]) => name in present);
  return { ...present, ...Object.fromEntries(named) };
}

/** Throws a `RangeError` that names the first value that can be none. */
export function checkFaults(faults: LinkFaults): void {
  for (const [name, value] of Object.entries(faults)) {
    if (typeof value !== "number") continue;
    const least = AT_LEAST_ONE.includes(name) ? 1 : 0;
    if (!(value >= least)) throw new RangeError(`${name} must be at least ${least}`);
  }
}
