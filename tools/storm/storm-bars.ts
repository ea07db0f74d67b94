/** The storms that are looked at, and what each must come to. */
import { figuresOf, peak, percentile, type StormFigures } from "./storm-figures.ts";
import { runStorm, type StormRun, type StormScenario } from "./storm-world.ts";

/** A figure beside its bar; shares of the fleet and milliseconds, both best when low. */
export interface StormFinding {
  readonly what: string;
  readonly figure: number;
  readonly atMost: number;
  readonly unit: "share" | "ms";
}

export const FLEET = 10_000;
const OUTAGE_MS = 30_000;
const SMALL_FLEET = 500;
/** So many, unless told. */
const LONE_CLIENTS = 1_000;

type Storm = Omit<StormScenario, "seed">;

/** The server of a fleet is gone for half a minute. */
export const LONG_OUTAGE: Storm = {
  clients: FLEET,
  loss: "server",
  outageMs: OUTAGE_MS,
  dropWithinMs: 100,
};

/** The server drops its fleet, and takes dials at once. */
export const NO_OUTAGE: Storm = { ...LONG_OUTAGE, outageMs: 0 };

/** All runs of a storm, each with other dice; the worst figure of any counts. */
function worst(storm: Storm, seeds: number): StormFigures {
  const all = Array.from({ length: seeds }, (_, index) =>
    figuresOf(runStorm({ ...storm, seed: index + 1 })),
  );
  const most = (key: keyof StormFigures): number => Math.max(...all.map((figures) => figures[key]));
  return {
    peakDials: most("peakDials"),
    peakBacks: most("peakBacks"),
    slidingDials: most("slidingDials"),
    slidingBacks: most("slidingBacks"),
    dialsEach: most("dialsEach"),
    backP50Ms: most("backP50Ms"),
    backP95Ms: most("backP95Ms"),
    backMaxMs: most("backMaxMs"),
    gaveUp: most("gaveUp"),
  };
}

/** The outage of half a minute, over so many seeds. */
export function longOutage(seeds: number, storm: Storm = LONG_OUTAGE): readonly StormFinding[] {
  const { slidingDials, slidingBacks, backP95Ms, gaveUp } = worst(storm, seeds);
  return [
    share("30 s outage: of the fleet dial in any 100 ms", slidingDials, 0.081),
    share("30 s outage: of the fleet are back in any 100 ms", slidingBacks, 0.016),
    {
      what: "30 s outage: p95 back, after the server",
      figure: backP95Ms,
      atMost: 11_200,
      unit: "ms",
    },
    share("30 s outage: of the fleet never come back", gaveUp, 0),
  ];
}

/** No outage, over so many seeds. */
export function noOutage(seeds: number, storm: Storm = NO_OUTAGE): readonly StormFinding[] {
  const { peakDials, slidingDials, backP95Ms } = worst(storm, seeds);
  return [
    share("no outage: of the fleet dial in a tenth of a second", peakDials, 0.04),
    // The luck of the dice: with 3.3 % in the mean, the fullest of all such stretches holds more.
    share("no outage: the same over 100 ms that begin anywhere", slidingDials, 0.043),
    { what: "no outage: p95 back", figure: backP95Ms, atMost: 2_900, unit: "ms" },
  ];
}

/** A server of five hundred restarts in half a second, over so many seeds. */
export function smallFleet(seeds: number): readonly StormFinding[] {
  const storm = { ...LONG_OUTAGE, clients: SMALL_FLEET, outageMs: 500, dropWithinMs: 5 };
  const runs = Array.from({ length: seeds }, (_, index) => runStorm({ ...storm, seed: index + 1 }));
  const p99 = runs.map(({ backAt, returnedAt }) => {
    const waits = backAt.map((at) => (at ?? Infinity) - returnedAt);
    return percentile(
      waits.sort((one, other) => one - other),
      0.99,
    );
  });
  // What dials while the server is down costs it nothing.
  const dials = runs.map((run) => peak(run.dials.filter((at) => at >= run.returnedAt)));
  return [
    {
      what: "a server of 500 restarts in 0.5 s: 99 % back, after it",
      figure: Math.max(...p99),
      atMost: 900,
      unit: "ms",
    },
    share(
      "a server of 500 restarts in 0.5 s: of them dial in any 100 ms that it is up",
      Math.max(...dials) / SMALL_FLEET,
      0.35,
    ),
  ];
}

/** What concerns one client, or a server that has one: medians of so many. */
export function loneClients(count: number = LONE_CLIENTS): readonly StormFinding[] {
  const blip = runStorm({ clients: 100, loss: "path", outageMs: 0, dropWithinMs: 100, seed: 1 });
  const small = Array.from({ length: count }, (_, index) => smallRestart(index + 1));
  const waits = small.map((run) => figuresOf(run).backP50Ms).sort((one, other) => one - other);
  const { backMaxMs } = figuresOf(blip);
  return [
    {
      what: "a path of its own fails: longest to be back",
      figure: backMaxMs,
      atMost: 1_000,
      unit: "ms",
    },
    {
      what: "a server of one restarts in 0.5 s: median back, after it",
      figure: percentile(waits, 0.5),
      atMost: 300,
      unit: "ms",
    },
  ];
}

function smallRestart(seed: number): StormRun {
  return runStorm({ clients: 1, loss: "server", outageMs: 500, dropWithinMs: 0, seed });
}

function share(what: string, figure: number, atMost: number): StormFinding {
  return { what, figure, atMost, unit: "share" };
}

export function isMet({ figure, atMost }: StormFinding): boolean {
  return figure <= atMost;
}

/** `"7.6 %"` or `"10.97 s"`. */
export function said(value: number, unit: StormFinding["unit"]): string {
  return unit === "share" ? `${(value * 100).toFixed(2)} %` : `${(value / 1_000).toFixed(2)} s`;
}
