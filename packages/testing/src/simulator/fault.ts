/** One kind of fault, and where it strikes. The kinds themselves are in the tables beside it. */
import type { Millis } from "@holdfast/client";

import type { Device } from "./device.ts";
import type { Dice } from "./dice.ts";
import type { World } from "./world.ts";

/** Where a fault strikes. */
export interface FaultSite {
  readonly world: World;
  readonly device: Device;
  /** Of this fault alone. */
  readonly dice: Dice;
}

/** One kind of fault. */
export interface Fault {
  /** How long it lasts, drawn between these. */
  readonly lastsMs: readonly [Millis, Millis];
  /** Returns how it ends; nothing: by itself. The end must be harmless after other faults. */
  readonly begin: (site: FaultSite) => (() => void) | void;
}

/** Kinds of faults by their names, as reports show them. */
export type FaultTable = Readonly<Record<string, Fault>>;
