/**
 * Everything that Holdfast needs from where it runs, in one port. `platforms/` has one file for
 * each.
 */
import type { Clock, Millis } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { OpenTransport } from "../transport/transport.ts";
import type { LifecycleAdapter } from "./lifecycle-adapter.ts";
import type { NetworkAdapter } from "./network-adapter.ts";

/** Where the client runs. Making one has no effect; each may serve any number of clients. */
export interface Platform {
  /** For traces: `web`, `node`, … */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  /** So many random bytes, in hexadecimal; instance ids are made of it. */
  randomHex(bytes: number): string;
  readonly lifecycle: LifecycleAdapter;
  readonly network: NetworkAdapter;
  readonly openTransport: OpenTransport;
  /**
   * The platform holds back repeated dials to the same address and path by itself, up to a minute,
   * after failures (Firefox): from the third failure on, dials should vary a path segment.
   */
  readonly variesPath: boolean;
  /** Numbers of the connection that are other than the defaults here. The app's own come first. */
  readonly policy?: PlatformPolicy;
}

/** The part of the connection's policy that platforms have a say in. */
export interface PlatformPolicy {
  /** How long the connection outlives the app's way into the background, where phones suspend. */
  readonly background: { readonly graceMs: Millis };
}
