/**
 * A fleet that loses its server, on a virtual clock: when each client was lost, dialled and came
 * back. The clients of Holdfast are real connection managers under the default policy, and what
 * they are advertised is the server's own reckoning; only sockets are left out.
 */
import { DEFAULT_CONNECTION_POLICY, type ConnectionPolicy } from "@holdfast/client/machine";
import { ManualClock } from "@holdfast/testing";

import { seededRandom } from "../../packages/client/src/base/random.ts";
import { ReconnectWindow } from "../../packages/server/src/reconnect-window.ts";
import { HoldfastClient } from "./holdfast-client.ts";
import { LadderClient } from "./ladder-client.ts";
import type { PeerSchedule } from "./peer-schedules.ts";
import { ROUND_TRIP_MS, type StormClient, type StormPlace } from "./storm-client.ts";

/** The fleet comes within the first, and is settled within the second. */
const ARRIVAL_MS = 10_000;
export const DROP_AT_MS = 30_000;
/** Who is not back by then gave up. */
const PATIENCE_MS = 300_000;

export interface StormScenario {
  readonly clients: number;
  readonly seed: number;
  /**
   * `"server"`: the server is gone for `outageMs`, and its clients learn so within `dropWithinMs`.
   * `"path"`: each client's own path swallows everything from then on; a new socket finds another.
   */
  readonly loss: "server" | "path";
  readonly outageMs: number;
  readonly dropWithinMs: number;
  /** Of the server's time a handshake takes so much; what the server guesses when absent. */
  readonly handshakeMs?: number | undefined;
  /** Of Holdfast's clients; the default one when absent. */
  readonly policy?: ConnectionPolicy | undefined;
  /** Whose waits are taken; Holdfast's when absent. */
  readonly peer?: PeerSchedule | undefined;
}

export interface StormRun {
  /** When the server took dials again. */
  readonly returnedAt: number;
  /** Since the loss, of all clients, in order. */
  readonly dials: readonly number[];
  /** By client; undefined: it gave up. */
  readonly lostAt: readonly (number | undefined)[];
  readonly backAt: readonly (number | undefined)[];
}

export function runStorm(scenario: StormScenario): StormRun {
  const { clients: count, loss, outageMs, dropWithinMs } = scenario;
  const random = seededRandom(scenario.seed);
  const fleet = new Fleet(scenario, random);
  const { clock } = fleet;
  for (const client of fleet.clients) clock.at(random() * ARRIVAL_MS, () => client.start());
  clock.advanceTo(DROP_AT_MS);
  if (fleet.open !== count) throw new Error("the fleet is not there before the storm");
  fleet.beginStorm();
  if (loss === "server") fleet.crash();
  for (const client of fleet.clients) {
    const hit = (): void => (loss === "server" ? client.drop() : client.swallow());
    clock.at(DROP_AT_MS + random() * dropWithinMs, hit);
  }
  const returnedAt = DROP_AT_MS + outageMs;
  clock.at(returnedAt, () => fleet.comeBack());
  // The path's death is noticed in ten seconds at the latest.
  const isOver = (): boolean => clock.now() > returnedAt + 12_000 && fleet.open === count;
  while (!isOver() && clock.now() < returnedAt + PATIENCE_MS) clock.advance(1_000);
  for (const client of fleet.clients) client.close();
  return { returnedAt, dials: fleet.dials, lostAt: fleet.lostAt, backAt: fleet.backAt };
}

/** The clients and their server. */
class Fleet {
  readonly clock = new ManualClock(0);
  readonly clients: readonly StormClient[];
  readonly dials: number[] = [];
  readonly lostAt: (number | undefined)[] = [];
  readonly backAt: (number | undefined)[] = [];
  open = 0;
  readonly #random: () => number;
  #isUp = true;
  #isStorm = false;
  readonly #handshakeMs: number | undefined;
  #window = new ReconnectWindow(1);

  constructor({ clients, peer, policy, handshakeMs }: StormScenario, random: () => number) {
    this.#handshakeMs = handshakeMs;
    this.#random = random;
    this.lostAt.length = this.backAt.length = clients;
    this.clients = Array.from({ length: clients }, (_, index) => {
      const place = this.#place(index);
      return peer
        ? new LadderClient(place, peer)
        : new HoldfastClient(place, policy ?? DEFAULT_CONNECTION_POLICY);
    });
  }

  beginStorm(): void {
    this.#isStorm = true;
  }

  crash(): void {
    this.#isUp = false;
    // Another process comes back, which knows nothing of how many there were.
    this.#window = new ReconnectWindow(1);
  }

  comeBack(): void {
    this.#isUp = true;
  }

  #place(index: number): StormPlace {
    const { clock } = this;
    return {
      clock,
      random: this.#random,
      windowMs: () => this.#window.windowMs(clock.now()),
      dial: (answer) => {
        if (this.#isStorm) this.dials.push(clock.now());
        return clock.at(clock.now() + ROUND_TRIP_MS, () => answer(this.#isUp));
      },
      opened: () => {
        this.#window.opened(++this.open, clock.now());
        if (this.#handshakeMs !== undefined) this.#window.handshakeTook(this.#handshakeMs);
        if (this.#isStorm) this.backAt[index] ??= clock.now();
      },
      lost: () => {
        this.open--;
        if (this.#isStorm) this.lostAt[index] ??= clock.now();
      },
    };
  }
}
