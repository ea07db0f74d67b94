/**
 * Each invariant, broken by hand: it is named. What holds is checked after every event of every
 * test.
 */
import { expect, test } from "vitest";

import { brokenInvariant } from "../../src/connection/connection-invariants.ts";
import type { ConnectionModel } from "../../src/connection/connection-model.ts";
import { PLACES, placeName } from "./support/connection-places.ts";
import { PHONE, rig, type ConnectionRig } from "./support/connection-rig.ts";

const constraints = { auth: true, network: true, appActive: true, notFrozen: true };

type Row = readonly [
  broken: string,
  at: () => ConnectionRig,
  change: (model: ConnectionModel) => Partial<ConnectionModel>,
];

const deadlines = (names: readonly string[]): Partial<ConnectionModel> => ({
  deadlines: Object.fromEntries(names.map((name) => [name, 1])),
});

const renewing = (): ConnectionRig =>
  rig().dial().say({ type: "refused", action: "reauthenticate", code: "" });

const BROKEN: readonly Row[] = [
  ["stopped exactly when not wanted", () => rig(), () => ({ wanted: true })],
  ["stopped exactly when not wanted", () => rig().open(), () => ({ wanted: false })],
  ["stopped has the deadline backoff", () => rig(), () => deadlines(["backoff"])],
  ["open has the deadline connect", () => rig().open(), () => deadlines(["connect"])],
  [
    "backoff has the deadline stable",
    () => rig().dial().drop(),
    () => deadlines(["backoff", "stable"]),
  ],
  ["connectingTransport lacks its deadline connect", () => rig().dial(), () => deadlines([])],
  [
    "authenticating lacks its deadline handshake",
    () => rig().dial().openSocket(),
    () => deadlines([]),
  ],
  ["backoff lacks its deadline backoff", () => rig().dial().drop(), () => deadlines([])],
  ["health is watched exactly while open", () => rig().open(), () => ({ health: undefined })],
  [
    "health is watched exactly while open",
    () => rig().dial(),
    () => ({ health: rig().open().model.health }),
  ],
  [
    "a grace belongs to a live session",
    () => rig().dial().drop(),
    ({ deadlines }) => ({ deadlines: { ...deadlines, grace: 1 } }),
  ],
  ["parked while nothing blocks", () => rig({ signedIn: false }).dial(), () => ({ constraints })],
  ["parked while nothing blocks", () => rig().dial().tell("appFrozen"), () => ({ constraints })],
  [
    "backoff while something blocks",
    () => rig().dial().drop(),
    () => ({ constraints: { ...constraints, auth: false } }),
  ],
  [
    "backoff while something blocks",
    () => rig().dial().drop(),
    () => ({ constraints: { ...constraints, network: false, notFrozen: false } }),
  ],
  [
    "live while something blocks",
    () => rig().open(),
    () => ({ constraints: { ...constraints, notFrozen: false } }),
  ],
  [
    "live while something blocks",
    () => rig().dial(),
    () => ({ constraints: { ...constraints, auth: false } }),
  ],
  ["a running renewal has its deadline", renewing, () => deadlines([])],
  ["a running renewal has its deadline", renewing, () => ({ renewal: "none" })],
  ["only a hint is dialled against", () => rig().network(false).dial(), () => deadlines([])],
  [
    "only a hint is dialled against",
    () => rig({ signedIn: false }).dial(),
    () => deadlines(["offlineRetry"]),
  ],
];

test.each(BROKEN)("broken: %s", (words, at, change) => {
  const { model, policy } = at();
  expect(brokenInvariant(model, policy)).toBeUndefined();
  expect(brokenInvariant({ ...model, ...change(model) }, policy)).toContain(words);
});

test("an inactive phone lives only by its grace", () => {
  const { model, policy } = rig({ policy: PHONE }).open().tell("appBackgrounded");
  const { grace, ...others } = model.deadlines;
  expect(grace).toBeDefined();
  const without = { ...model, deadlines: others };
  expect(brokenInvariant(without, policy)).toBe("live while something blocks");
});

test("open against the hint is only who has asked and waits for the answer", () => {
  const { model, policy } = rig().open();
  const offline = { ...model, constraints: { ...constraints, network: false } };
  expect(brokenInvariant(offline, policy)).toBe("open against the hint without asking");
  const asked = rig().open().network(false);
  expect(asked.model.constraints.network).toBe(false);
  expect(brokenInvariant(asked.model, policy)).toBeUndefined();
});

test.each(PLACES.map((place) => [placeName(place), place[2]] as const))(
  "none at %s",
  (_, reach) => {
    const { model, policy } = reach();
    expect(brokenInvariant(model, policy)).toBeUndefined();
  },
);
