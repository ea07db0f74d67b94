/** What a fleet asks of its clients, and what each of them finds around it. */
import type { ManualClock } from "@holdfast/testing";

/** From a dial to its answer, and from a hello to its welcome. Short: the waits are the matter. */
export const ROUND_TRIP_MS = 5;

/** What a client of the fleet finds around it. */
export interface StormPlace {
  readonly clock: ManualClock;
  readonly random: () => number;
  /** The reconnect window that the server advertises now. */
  windowMs(): number;
  /** Dials: the answer comes a round trip later, for as long as nobody has called it off. */
  dial(answer: (isUp: boolean) => void): () => void;
  opened(): void;
  lost(): void;
}

export interface StormClient {
  start(): void;
  /** The server's end. */
  drop(): void;
  /** The session's path turns into a black hole. */
  swallow(): void;
  close(): void;
}
