/** A real connection manager; its session is a few answers in time. */
import {
  ConnectionManager,
  type ConnectionEffect,
  type ConnectionPolicy,
  type Vitals,
} from "@holdfast/client/machine";

import { ROUND_TRIP_MS, type StormClient, type StormPlace } from "./storm-client.ts";

const HEARTBEAT = { minMs: 1_000, maxMs: 30_000 };

export class HoldfastClient implements StormClient {
  readonly #place: StormPlace;
  readonly #manager: ConnectionManager;
  /** What the live session still waits for. */
  readonly #waits = new Set<() => void>();
  #lastInboundAt = 0;
  #isOpen = false;
  #isSwallowed = false;

  constructor(place: StormPlace, policy: ConnectionPolicy) {
    this.#place = place;
    const constraints = { auth: true, network: true, appActive: true, notFrozen: true };
    this.#manager = new ConnectionManager({
      clock: place.clock,
      random: place.random,
      policy,
      control: { perform: (effect) => this.#perform(effect), vitals: () => this.#vitals() },
      facts: { constraints, account: 1, quality: "good" },
      onFault(error) {
        throw error;
      },
    });
  }

  start(): void {
    this.#manager.dispatch({ type: "start" });
  }

  drop(): void {
    const { sessionId } = this.#manager.model;
    this.#endSession();
    const meaning = "retry";
    this.#manager.dispatch({ type: "transportClosed", sessionId, meaning, detail: "1006" });
  }

  swallow(): void {
    this.#isSwallowed = true;
  }

  close(): void {
    this.#manager.close();
  }

  #perform(effect: ConnectionEffect): void {
    if (effect.type === "openTransport") this.#dial(effect.sessionId);
    else if (effect.type === "closeTransport") this.#endSession();
    else if (effect.type === "startHandshake") this.#after(() => this.#welcome(effect.sessionId));
    else if (effect.type === "sendPing" && !this.#isSwallowed) {
      const { sessionId, nonce } = effect;
      this.#after(() => {
        this.#lastInboundAt = this.#place.clock.now();
        const windowMs = this.#place.windowMs();
        this.#manager.dispatch({ type: "pongReceived", sessionId, nonce, windowMs });
      });
    }
  }

  #dial(sessionId: number): void {
    this.#isSwallowed = false;
    this.#waits.add(
      this.#place.dial((isUp) => {
        if (isUp) this.#manager.dispatch({ type: "transportOpened", sessionId });
        else {
          const detail = "ECONNREFUSED";
          this.#manager.dispatch({ type: "openFailed", sessionId, meaning: "retry", detail });
        }
      }),
    );
  }

  #welcome(sessionId: number): void {
    this.#lastInboundAt = this.#place.clock.now();
    this.#isOpen = true;
    this.#place.opened();
    const windowMs = this.#place.windowMs();
    this.#manager.dispatch({ type: "welcomed", sessionId, windowMs, heartbeat: HEARTBEAT });
  }

  /** A round trip later, if the session still lives. */
  #after(act: () => void): void {
    const { clock } = this.#place;
    this.#waits.add(clock.at(clock.now() + ROUND_TRIP_MS, act));
  }

  #endSession(): void {
    for (const cancel of this.#waits) cancel();
    this.#waits.clear();
    if (this.#isOpen) this.#place.lost();
    this.#isOpen = false;
  }

  #vitals(): Vitals {
    return { lastInboundAt: this.#lastInboundAt, bufferedBytes: 0, inboundPaused: false };
  }
}
