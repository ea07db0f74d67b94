/** A platform without a world: its clock, dice, lifecycle and network are the test's. */
import { seededRandom } from "@holdfast/client";
import type { OpenTransport, Platform, Random } from "@holdfast/client";

import { FakeLifecycleAdapter, FakeNetworkAdapter } from "./fake-adapters.ts";
import type { ManualClock } from "./manual-clock.ts";

/** Whoever differs from the usual test platform says so. */
export interface FakePlatformOptions {
  readonly clock: ManualClock;
  /** What every dial gets: of a `FakeNetwork`, a `ScriptedServer` or a `MemoryLink`. */
  readonly openTransport: OpenTransport;
  /** Of the dice; the same seed rolls the same numbers. Default 1. */
  readonly seed?: number;
  /** Default false, as everywhere but in Firefox. */
  readonly variesPath?: boolean;
}

/** A {@link Platform} that a test holds in its hands. */
export class FakePlatform implements Platform {
  readonly name = "test";
  readonly clock: ManualClock;
  readonly random: Random;
  readonly lifecycle: FakeLifecycleAdapter = new FakeLifecycleAdapter();
  readonly network: FakeNetworkAdapter = new FakeNetworkAdapter();
  readonly openTransport: OpenTransport;
  readonly variesPath: boolean;

  constructor({ clock, openTransport, seed = 1, variesPath = false }: FakePlatformOptions) {
    this.clock = clock;
    this.random = seededRandom(seed);
    this.openTransport = openTransport;
    this.variesPath = variesPath;
  }

  randomHex(bytes: number): string {
    const digit = (): string => Math.floor(this.random() * 16).toString(16);
    return Array.from({ length: bytes * 2 }, digit).join("");
  }
}
