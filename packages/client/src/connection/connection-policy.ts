/**
 * Every number the connection machine uses, each with its unit, its reason and what happens at the
 * limit.
 */
import type { Millis } from "../base/clock.ts";
import { DEFAULT_BACKOFF, type BackoffPolicy } from "./backoff-policy.ts";

/**
 * What going to the background means. `"keep"`: stay connected, more quietly. Phones suspend after
 * a grace.
 */
export type BackgroundPolicy = "keep" | { readonly graceMs: Millis };

/** Every number of the connection. Times are in ms; each must be finite and not negative. */
export interface ConnectionPolicy {
  /**
   * From the dial to an open socket. Default 10 s; then the attempt fails with `connectTimeout`.
   */
  readonly connectMs: Millis;
  /**
   * From the open socket to the welcome, the token included. Default 10 s; then `handshakeTimeout`.
   */
  readonly handshakeMs: Millis;
  /**
   * For a forced token renewal after a rejection. Default 10 s; then `tokenUnavailable`, and it is
   * owed.
   */
  readonly renewalMs: Millis;
  /** How long a session must last before earlier failures are forgotten. Default 5 s. */
  readonly stableMs: Millis;
  /**
   * The least time between two dials, whatever asks for them. Default 250 ms; an earlier wish
   * waits.
   */
  readonly dialFloorMs: Millis;
  /**
   * Silence after which a ping goes out. Default 4.5 s, so that with `pongMs` a dead path shows in
   * 10 s.
   */
  readonly idlePingMs: Millis;
  /**
   * The same while the app is in the background. Default 25 s, below the usual 30 s of proxies. The
   * least that any server has us ping.
   */
  readonly slowPingMs: Millis;
  /**
   * The longest time between pings under inbound traffic. Default 12 s: traffic says nothing of the
   * uplink.
   */
  readonly busyPingMs: Millis;
  /**
   * From a ping to any inbound frame. Default 5 s, on a constrained path 12 s; then `pingTimeout`.
   */
  readonly pongMs: Millis;
  readonly pongConstrainedMs: Millis;
  /**
   * From a ping to its own pong. Default 18 s, so that a dead uplink shows in 30 s; constrained 30
   * s.
   */
  readonly ownPongMs: Millis;
  readonly ownPongConstrainedMs: Millis;
  /** From a probe to any inbound frame. Default 2 s; then `probeFailed`. */
  readonly probeMs: Millis;
  /**
   * An alarm that is later than this says more about us than about the peer. Default 2 s; then it
   * probes.
   */
  readonly lateMs: Millis;
  /** Default `"keep"`; the React Native platform sets a grace of 30 s. */
  readonly background: BackgroundPolicy;
  /** While only the network hint blocks, a dial is made all the same, this often. Default 30 s. */
  readonly offlineRetryMs: Millis;
  /** After an in-band token renewal that brought no answer, the next one. Default 30 s. */
  readonly tokenRetryMs: Millis;
  /** After `goAway`, how long calls in flight may take before the socket closes. Default 2 s. */
  readonly drainMs: Millis;
  /** The reconnect window until the server names one. Default 1 s. */
  readonly windowMs: Millis;
  /**
   * The longest delay, and the longest window, that a server may ask for. Default 1 h; longer
   * wishes are cut to it.
   */
  readonly serverDelayMaxMs: Millis;
  readonly backoff: BackoffPolicy;
}

/** The numbers that hold where neither app nor platform names others. */
export const DEFAULT_CONNECTION_POLICY: ConnectionPolicy = {
  connectMs: 10_000,
  handshakeMs: 10_000,
  renewalMs: 10_000,
  stableMs: 5_000,
  dialFloorMs: 250,
  idlePingMs: 4_500,
  slowPingMs: 25_000,
  busyPingMs: 12_000,
  pongMs: 5_000,
  pongConstrainedMs: 12_000,
  ownPongMs: 18_000,
  ownPongConstrainedMs: 30_000,
  probeMs: 2_000,
  lateMs: 2_000,
  background: "keep",
  offlineRetryMs: 30_000,
  tokenRetryMs: 30_000,
  drainMs: 2_000,
  windowMs: 1_000,
  serverDelayMaxMs: 3_600_000,
  backoff: DEFAULT_BACKOFF,
};
