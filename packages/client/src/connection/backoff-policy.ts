/** How long to wait before the next dial. Pure: the dice come with the question. */
import type { Millis } from "../base/clock.ts";

/**
 * Whom a failure concerns. `local`: this client's path, so come back at once. `fleet`: perhaps
 * everybody, so spread over the window that the server advertised. `slow`: haste would not help.
 */
export type FailureCause = "local" | "fleet" | "slow";

/** How waits between dials are drawn. Times are in ms. */
export interface BackoffPolicy {
  /**
   * The first retry after a local failure: between `localMs` and `localMs + localSpreadMs`. Default
   * 100 and 150 ms.
   */
  readonly localMs: Millis;
  readonly localSpreadMs: Millis;
  /** Later retries: at least this, scaled by the window. Default 300 ms. */
  readonly floorMs: Millis;
  /**
   * Later retries: the longest wait of attempt n is `spanMs · 2ⁿ⁻¹`, so that the second retry waits
   * 2.5 s at most. Default 1.25 s.
   */
  readonly spanMs: Millis;
  /**
   * Later retries: at least this share of the longest wait. Waits that differ less let fewer come
   * back at the same moment, and the last sooner. Default 0.2.
   */
  readonly leastShare: number;
  /** The longest wait of all. Default 14 s. */
  readonly capMs: Millis;
  /** The same after `longOutageMs`. Default 30 s after 10 minutes. */
  readonly longCapMs: Millis;
  readonly longOutageMs: Millis;
  /**
   * A window of this size counts as a large fleet: waits are scaled by `windowMs / fullWindowMs`.
   * Default 3 s.
   */
  readonly fullWindowMs: Millis;
  /**
   * The smallest scale. Default 0.13: a small server has its clients back within a second, less
   * than a third of them in the same tenth.
   */
  readonly leastScale: number;
  /** After an outage of this length the scale is 1 whatever the window. Default 2 minutes. */
  readonly fullScaleAfterMs: Millis;
}

export const DEFAULT_BACKOFF: BackoffPolicy = {
  localMs: 100,
  localSpreadMs: 150,
  floorMs: 300,
  spanMs: 1_250,
  leastShare: 0.2,
  capMs: 14_000,
  longCapMs: 30_000,
  longOutageMs: 600_000,
  fullWindowMs: 3_000,
  leastScale: 0.13,
  fullScaleAfterMs: 120_000,
};

/** What a wait depends on: a turn of the machine, or as much of one. */
export interface BackoffQuestion {
  readonly now: Millis;
  /** In [0, 1). */
  readonly random: number;
  readonly model: {
    /** Failures since the last reset, this one included: 1 asks for the first retry. */
    readonly attempt: number;
    /** The reconnect window that the server advertised. */
    readonly windowMs: Millis;
    readonly outageSince?: Millis | undefined;
  };
  readonly policy: { readonly backoff: BackoffPolicy };
}

/**
 * Jitter from the first retry on, so that a fleet never dials in step ("Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015), with a floor so that no retry comes at once. What it comes
 * to for ten thousand clients is simulated: `npm run bench:storm`.
 */
export function delayMs(
  { now, random, model, policy }: BackoffQuestion,
  cause: FailureCause,
): Millis {
  const { attempt, windowMs, outageSince = now } = model;
  const { backoff } = policy;
  if (attempt <= 1 && cause === "local") return backoff.localMs + random * backoff.localSpreadMs;
  if (attempt <= 1 && cause === "fleet") return random * windowMs;
  const outageMs = now - outageSince;
  const cap = outageMs >= backoff.longOutageMs ? backoff.longCapMs : backoff.capMs;
  const most = Math.min(cap, backoff.spanMs * 2 ** (attempt - 1) || 0);
  const least = Math.min(most, Math.max(backoff.floorMs, backoff.leastShare * most));
  const isWhole = cause === "slow" || outageMs >= backoff.fullScaleAfterMs;
  const scale = Math.min(1, Math.max(backoff.leastScale, windowMs / backoff.fullWindowMs));
  return (isWhole ? 1 : scale) * (least + random * (most - least));
}
