/** The explorations of the real machine under both background policies, made once. */
import {
  DEFAULT_CONNECTION_POLICY,
  transition,
  type ConnectionPolicy,
} from "@holdfast/client/machine";
import { explore, RowCollector, type Exploration, type Row } from "@holdfast/testing/exploration";

/** A tab or a server stays connected in the background; a phone suspends after a grace. */
export const POLICIES: Readonly<Record<"desktop" | "phone", ConnectionPolicy>> = {
  desktop: { ...DEFAULT_CONNECTION_POLICY, background: "keep" },
  phone: { ...DEFAULT_CONNECTION_POLICY, background: { graceMs: 30_000 } },
};

interface Explored {
  readonly desktop: Exploration;
  readonly phone: Exploration;
  /** The rows of both. */
  readonly rows: readonly Row[];
}

let made: Explored | undefined;

export function explored(): Explored {
  if (made) return made;
  const rows = new RowCollector();
  const desktop = explore({ transition, policy: POLICIES.desktop, rows });
  const phone = explore({ transition, policy: POLICIES.phone, rows });
  made = { desktop, phone, rows: rows.rows() };
  return made;
}

/** Every way that the machine can take, one row each, in the words of the exploration. */
export function reachableRows(): readonly Row[] {
  return explored().rows;
}
