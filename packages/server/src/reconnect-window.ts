/**
 * Over how long reconnects should be spread if all sessions drop now: `clamp(2 · N · c, 0.1 s, 5
 * s)`, with N the most open sessions of the last ten minutes and c the event-loop time that a
 * handshake takes, 0.15 ms at least. A small server gets its clients back at once, a large one is
 * not trampled.
 */
import type { Millis } from "./base/clock.ts";

const WINDOW_MS_MIN = 100;
const WINDOW_MS_MAX = 5_000;
const MINUTE_MS = 60_000;
const MINUTES = 10;
/**
 * What a handshake is taken to cost at least, in ms, and before one was measured: nobody sees the
 * accept, TLS and the HTTP upgrade that come before the hello, and they cost more than the hello.
 */
const HANDSHAKE_MS_LEAST = 0.15;
/** How much one handshake weighs in the moving average. */
const WEIGHT = 1 / 64;

export class ReconnectWindow {
  readonly #expected: number;
  /** The most sessions of each of the last minutes, the current one last. */
  readonly #peaks: number[] = [];
  #minute = 0;
  #open = 0;
  #handshakeMs = HANDSHAKE_MS_LEAST;
  #windowMs = WINDOW_MS_MIN;

  /** `expected`: the least N. */
  constructor(expected: number) {
    this.#expected = expected;
  }

  /** So many sessions are open from now on. */
  opened(sessions: number, now: Millis): void {
    this.#roll(now);
    this.#open = sessions;
    const last = this.#peaks.length - 1;
    this.#peaks[last] = Math.max(this.#peaks[last] ?? 0, sessions);
    this.#reckon();
  }

  /** A handshake took so much of the event loop. */
  handshakeTook(ms: Millis): void {
    this.#handshakeMs += (ms - this.#handshakeMs) * WEIGHT;
    this.#reckon();
  }

  /** What a handshake takes of the event loop from its hello on: a moving average. */
  get handshakeMs(): Millis {
    return this.#handshakeMs;
  }

  windowMs(now: Millis): Millis {
    this.#roll(now);
    return this.#windowMs;
  }

  #reckon(): void {
    const sessions = Math.max(this.#expected, ...this.#peaks);
    const handshakeMs = Math.max(this.#handshakeMs, HANDSHAKE_MS_LEAST);
    const windowMs = Math.round(2 * sessions * handshakeMs);
    this.#windowMs = Math.min(Math.max(windowMs, WINDOW_MS_MIN), WINDOW_MS_MAX);
  }

  /** Begins the minutes that have begun since. Each starts with the sessions that are open. */
  #roll(now: Millis): void {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute === this.#minute && this.#peaks.length > 0) return;
    const begun = Math.min(Math.max(minute - this.#minute, 1), MINUTES);
    for (let i = 0; i < begun; i++) this.#peaks.push(this.#open);
    this.#peaks.splice(0, this.#peaks.length - MINUTES);
    this.#minute = minute;
    this.#reckon();
  }
}
