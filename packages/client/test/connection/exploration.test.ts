/** Every model that the connection can reach, with everything that can happen in each. */
import {
  blockedBy,
  CONNECTION_STATES,
  isLive,
  nextDeadline,
  type ConnectionEvent,
  type ConnectionEventType,
  type ConnectionModel,
  type ConnectionPolicy,
  type ConnectionReason,
  transition,
} from "@holdfast/client/machine";
import {
  classOf,
  deafWorld,
  DEADLINE_NAMES,
  happen,
  hasEnded,
  kindWorld,
  MODEL_FOLDS,
  possibleEvents,
  silentWorld,
  STEP_INVARIANTS,
  walk,
  type Moment,
} from "@holdfast/testing/exploration";
import { beforeAll, describe, expect, test } from "vitest";

import { seededRandom } from "../../src/base/random.ts";
import { explored, POLICIES, reachableRows } from "./support/explored.ts";

/** Every event; a new one does not compile before it stands here. */
const EVENT_TYPES: Readonly<Record<Exclude<ConnectionEventType, "alarm">, true>> = {
  start: true,
  stop: true,
  connectNow: true,
  credentialsChanged: true,
  tokenRenewed: true,
  renewalFailed: true,
  networkChanged: true,
  appForegrounded: true,
  appBackgrounded: true,
  appFrozen: true,
  appThawed: true,
  woke: true,
  transportOpened: true,
  openFailed: true,
  transportClosed: true,
  sendFailed: true,
  sendStalled: true,
  protocolViolated: true,
  welcomed: true,
  accountMismatched: true,
  refused: true,
  goingAway: true,
  drained: true,
  useful: true,
  frameReceived: true,
  pongReceived: true,
  tokenAccepted: true,
  tokenMissing: true,
  tokenFailed: true,
  faulted: true,
};
const EVENTS = [...Object.keys(EVENT_TYPES), ...DEADLINE_NAMES.map((name) => `alarm ${name}`)];

/** Every reason, likewise. */
const REASONS: Readonly<Record<ConnectionReason, true>> = {
  pingTimeout: true,
  probeFailed: true,
  sendFailed: true,
  transportClosed: true,
  openFailed: true,
  connectTimeout: true,
  handshakeTimeout: true,
  refused: true,
  goingAway: true,
  tokenUnavailable: true,
  protocolViolated: true,
  internal: true,
  started: true,
  connectNow: true,
  userStop: true,
  serverStop: true,
  authLost: true,
  authRejected: true,
  accountMismatch: true,
  networkLost: true,
  appInactive: true,
  appFrozen: true,
  credentialsGained: true,
  accountChanged: true,
  networkChanged: true,
  appActive: true,
  woke: true,
  retry: true,
  dialFloor: true,
  opened: true,
};

type Device = "desktop" | "phone";
const DEVICES: readonly Device[] = ["desktop", "phone"];

/** What brings a connection back at once. */
const TRIGGERS: readonly (readonly [string, ConnectionEvent])[] = [
  ["the user's wish", { type: "connectNow" }],
  ["the network's return", { type: "networkChanged", available: true, quality: "good" }],
  ["the foreground", { type: "appForegrounded" }],
  ["waking", { type: "woke" }],
];

// A few seconds on a machine that has nothing else to do.
beforeAll(() => void explored(), 120_000);

test.each(DEVICES)("every model that a %s can reach keeps every invariant", (device) => {
  const { visits, steps, edges, finding } = explored()[device];
  console.log(`${device}: ${visits.length} models, ${edges} edges, ${steps} steps`);
  expect(finding).toBeUndefined();
  expect(STEP_INVARIANTS.length).toBeGreaterThan(25);
  expect(visits.length).toBeGreaterThan(3_000);
});

test("every event meets every state, as an event that acts or as one that is dropped", () => {
  const steps = new Map<string, number>();
  const stale = new Map<string, number>();
  for (const { from, event, effects, steps: count } of reachableRows()) {
    const key = `${from} + ${event}`;
    steps.set(key, (steps.get(key) ?? 0) + count);
    if (effects === "stale") stale.set(key, (stale.get(key) ?? 0) + count);
  }
  const cells = EVENTS.map((event) => CONNECTION_STATES.map((state) => `${state} + ${event}`));
  const words = cells.map((row, index) => [
    EVENTS[index] ?? "",
    ...row.map((key) => `${(steps.get(key) ?? 0) - (stale.get(key) ?? 0)}`),
  ]);
  console.log(tableOf([["steps that were not dropped", ...CONNECTION_STATES], ...words]));
  expect(cells.flat().filter((key) => !steps.has(key))).toEqual([]);
});

test("every reason occurs, and each is met in a state that it explains", () => {
  const states = new Map<string, Set<string>>();
  for (const { to, reasons } of reachableRows()) {
    for (const reason of reasons) states.set(reason, (states.get(reason) ?? new Set()).add(to));
  }
  console.log(tableOf([...states].map(([reason, at]) => [reason, [...at].join(" ")])));
  expect(new Set(states.keys())).toEqual(new Set(Object.keys(REASONS)));
});

test.each(DEVICES)(
  "the fold to classes loses nothing: models of one class answer alike on a %s",
  { timeout: 60_000 },
  (device) => {
    const policy = POLICIES[device];
    const { visits } = explored()[device];
    const stands = new Map(visits.map((visit) => [classOf(visit.model, visit.now, policy), visit]));
    let [compared, seen] = [0, 0];
    for (const visit of visits) {
      for (const { event, stamp } of possibleEvents(visit.model, visit.now, policy)) {
        const { model, stale } = transition(visit.model, event, stamp, policy);
        seen += 1;
        // A sample: every step would take minutes.
        if (stale || seen % 997 !== 0) continue;
        const other = stands.get(classOf(model, stamp.now, policy));
        if (!other || isDue(model, stamp.now, policy) || isDue(other.model, other.now, policy))
          continue;
        expect(answers({ model, now: stamp.now }, policy)).toEqual(answers(other, policy));
        compared += 1;
      }
    }
    const classes = Object.values(MODEL_FOLDS).reduce((product, fold) => product * fold.classes, 1);
    console.log(`${device}: ${visits.length} of ${classes} classes; compared ${compared} pairs`);
    expect(compared).toBeGreaterThan(100);
  },
);

test("a model that has met 200 000 events is as small as at its start", { timeout: 60_000 }, () => {
  const random = seededRandom(7);
  const policy = POLICIES.phone;
  const visits = explored().phone.visits;
  let { model, now } = visits[0] ?? { model: undefined, now: 0 };
  if (!model) throw new Error("nothing was explored");
  let longest = 0;
  let spent = 0;
  for (let events = 0; events < 200_000;) {
    const begun = performance.now();
    // All that can happen here; each time something of it does.
    for (const { event, stamp } of possibleEvents(model, now, policy)) {
      if (random() > 0.03) continue;
      const step = transition(model, event, { ...stamp, now: Math.max(now, stamp.now) }, policy);
      events += 1;
      now = Math.max(now, stamp.now) + Math.round(random() * 100);
      if (step.stale) continue;
      model = step.model;
      break;
    }
    spent += performance.now() - begun;
    longest = Math.max(longest, JSON.stringify(model).length);
  }
  console.log(`200 000 events, ${(spent / 200).toFixed(1)} µs each with the choosing of it`);
  expect(longest).toBeLessThan(2_000);
});

/** An alarm that is due can no longer come in time; its class has been seen with one that can. */
function isDue(model: ConnectionModel, now: number, policy: ConnectionPolicy): boolean {
  return (nextDeadline(model, policy)?.at ?? Infinity) <= now;
}

/** What each event would lead to. */
function answers({ model, now }: Moment, policy: ConnectionPolicy): string[] {
  const told = new Set<string>();
  for (const { name, variant, event, stamp } of possibleEvents(model, now, policy)) {
    const step = transition(model, event, stamp, policy);
    const effects = step.effects.map(({ type }) => type).join(" ");
    if (!step.stale) told.add(`${name} ${variant}: ${step.model.state} ${effects}`);
  }
  return [...told].sort();
}

describe("from every model, what must come comes, by alarms and successes alone", () => {
  test.each(DEVICES)(
    "whoever may dial is open within 31 s and the server's delay on a %s",
    (device) => {
      const worst = longestToOpen(device, (visit) => (mayDial(visit, device) ? visit : undefined));
      console.log(`${device}: open after ${worst} ms at most, the server's delay apart`);
      expect(worst).toBeLessThanOrEqual(31_000);
    },
  );

  test.each(DEVICES)(
    "ten more failures in the longest outage cost 31 s at most on a %s",
    (device) => {
      const policy = POLICIES[device];
      const world = kindWorld(transition, policy, 0.999);
      const worst = longestToOpen(device, ({ model, now }) => {
        let failed: Moment = { model, now: now + policy.backoff.longOutageMs };
        for (let times = 0; times < 10; times += 1) {
          failed = happen(failed, { type: "faulted", detail: "" }, world);
        }
        return mayDial(failed, device) ? failed : undefined;
      });
      console.log(
        `${device}: open after ${worst} ms at most, after ten failures late in an outage`,
      );
      expect(worst).toBeLessThanOrEqual(31_000);
      expect(worst).toBeGreaterThan(policy.backoff.capMs);
    },
  );

  test.each(DEVICES)("a network hint that is wrong costs 30 s more on a %s", (device) => {
    const worst = longestToOpen(device, (visit) =>
      visit.model.wanted && missing(visit, device) === "network" ? visit : undefined,
    );
    console.log(`${device}: open against the hint after ${worst} ms at most`);
    expect(worst).toBeLessThanOrEqual(30_000 + 31_000);
  });

  test.each(DEVICES)("a renewal that brings no token costs 10 s more on a %s", (device) => {
    const worst = longestToOpen(device, (visit) =>
      visit.model.renewal === "pending" && missing(visit, device) === "auth" ? visit : undefined,
    );
    console.log(`${device}: open after ${worst} ms at most, when no renewed token comes`);
    expect(worst).toBeLessThanOrEqual(10_000 + 31_000);
  });

  test.each(TRIGGERS)("%s opens a connection that may dial within 3 s", (_, event) => {
    for (const device of DEVICES) {
      const world = kindWorld(transition, POLICIES[device], 0.999);
      const worst = longestToOpen(device, (visit) => {
        const told = happen(visit, event, world);
        return visit.model.state !== "open" && mayDial(told, device) ? told : undefined;
      });
      expect(worst).toBeLessThanOrEqual(3_000);
    }
  });

  const paths = [
    ["good", true, 10_000, 30_000],
    ["constrained", true, 17_000, 42_000],
    ["good", false, 30_000, 43_000],
    ["constrained", false, 37_000, 55_000],
  ] as const;
  test.each(paths)(
    "on a %s path (app active: %s) a black hole is noticed within %i ms, a dead uplink within %i ms",
    (quality, appActive, holeMs, uplinkMs) => {
      for (const device of DEVICES) {
        const policy = POLICIES[device];
        const chosen = explored()[device].visits.filter(
          ({ model }) => isLive(model.state) && model.constraints.appActive === appActive,
        );
        for (const { model: found, now } of chosen) {
          // The path's quality decides only lengths: see the fold.
          const start = { model: { ...found, quality }, now };
          const isOver = hasEnded(found);
          const isPeerAwaited = found.state === "open";
          const silent = walk(start, silentWorld(transition, policy), isOver);
          expect(silent).toBeLessThanOrEqual(isPeerAwaited ? holeMs : 10_000);
          const deaf = walk(start, deafWorld(transition, policy), isOver);
          expect(deaf).toBeLessThanOrEqual(isPeerAwaited ? uplinkMs : 10_000);
        }
      }
    },
  );
});

function missing({ model }: Moment, device: Device): string {
  return blockedBy(model, POLICIES[device]).join();
}

function mayDial(moment: Moment, device: Device): boolean {
  return moment.model.wanted && missing(moment, device) === "";
}

/** The longest way to open from where `startOf` says, in ms and without the server's delay. */
function longestToOpen(device: Device, startOf: (visit: Moment) => Moment | undefined): number {
  const policy = POLICIES[device];
  const { visits } = explored()[device];
  const starts = visits.map(startOf).filter((start) => start !== undefined);
  let worst = 0;
  for (const start of starts) {
    for (const random of [0, 0.999]) {
      const took = walk(
        start,
        kindWorld(transition, policy, random),
        ({ state }) => state === "open",
      );
      if (took === undefined)
        throw new Error(`stuck in ${start.model.state} (${start.model.reason})`);
      const delay = Math.max(0, (start.model.serverUntil ?? start.now) - start.now);
      worst = Math.max(worst, took - delay);
    }
  }
  expect(starts.length).toBeGreaterThan(5);
  return Math.round(worst);
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((word, column) => word.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
