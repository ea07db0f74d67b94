/** What the benchmarks make of their figures; the measuring itself is tried by a smoke run. */
import { describe, expect, test } from "vitest";

import { Plan } from "../bench/plan.ts";
import { chartOf } from "../bench/report/chart.ts";
import { pageOf } from "../bench/report/markdown.ts";
import { valueText } from "../bench/report/value-text.ts";
import { limitText, ratiosOf, verdictsOf } from "../bench/result.ts";
import type { Figure, Result } from "../bench/result.ts";
import { isNoisy, median, quantile } from "../bench/statistics.ts";

const calls: Figure = {
  name: "calls",
  unit: "/s",
  isLessBetter: false,
  values: { ws: [100, 200, 400], holdfast: [150, 320, 640], tRPC: [160, 350, 700] },
};
const noticed: Figure = {
  name: "noticed",
  unit: "s",
  isLessBetter: true,
  patience: 60,
  values: { ws: [Infinity], holdfast: [8] },
};
const result: Result = {
  workload: "w",
  title: "A <workload>",
  about: "What was done.",
  figures: [calls, noticed],
  bars: [
    { figure: "calls", of: "ratio", atLeast: 1.6 },
    { figure: "noticed", of: "worst", atMost: 5 },
  ],
};
const circumstances = {
  machine: "a machine",
  date: "2026-01-01",
  versions: ["ws 1"],
  isSmoke: false,
  loadBefore: 0,
  chartsOf: () => [],
};

describe("statistics", () => {
  test("a median of an even number lies between the two in the middle", () => {
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.75)).toBe(4);
    expect(median([])).toBeNaN();
  });

  test("what never happened has a median, too", () => {
    expect(median([Infinity, Infinity, 1])).toBe(Infinity);
  });

  test("rounds are noisy when their middle half spreads, and not for one that is far off", () => {
    expect(isNoisy([100, 100, 101, 102, 500])).toBe(false);
    expect(isNoisy([80, 85, 100, 115, 120])).toBe(true);
    expect(isNoisy([1, 100])).toBe(false);
  });
});

describe("verdicts", () => {
  test("a ratio is taken within its round, not between medians", () => {
    expect(ratiosOf(calls, "holdfast")).toEqual([1.5, 1.6, 1.6]);
    expect(verdictsOf(result)[0]).toMatchObject({ measured: 1.6, isMet: true });
  });

  test("there is no ratio to what never happened", () => {
    expect(ratiosOf(noticed, "holdfast")).toEqual([]);
  });

  test("a bar on every round looks at the worst", () => {
    expect(verdictsOf(result)[1]).toMatchObject({ measured: 8, isMet: false });
  });

  test("a library that draws its delays is not noisy for it", () => {
    const values = { holdfast: [1, 2, 3, 4] };
    const drawn = { ...calls, values, isDrawn: true };
    const bars = [{ figure: "calls", of: "value", atLeast: 1 }] as const;
    const noise = (figure: Figure): boolean | undefined =>
      verdictsOf({ ...result, figures: [figure], bars })[0]?.isNoisy;
    expect(noise(drawn)).toBe(false);
    expect(noise({ ...drawn, isDrawn: false })).toBe(true);
  });

  test("a bar that names no figure is a mistake of ours, and is told", () => {
    const bars = [{ figure: "typo", of: "value", atMost: 1 }] as const;
    expect(() => verdictsOf({ ...result, bars })).toThrow("typo");
  });

  test("there is no verdict on who did not take part", () => {
    const { ws = [] } = calls.values;
    expect(
      verdictsOf({ ...result, figures: [{ ...calls, values: { ws } }, noticed] }),
    ).toHaveLength(1);
  });

  test("limits read as words", () => {
    expect(limitText({ figure: "", of: "ratio", atLeast: 1.6 }, calls)).toBe("≥ 1.6 × ws");
    expect(limitText({ figure: "", of: "worst", atMost: 9_000 }, noticed)).toBe(
      "≤ 9,000 s in each round",
    );
  });
});

describe("the page", () => {
  const page = pageOf([result], circumstances);

  test("it says which bars are missed", () => {
    expect(page).toContain("| A <workload> | calls | ≥ 1.6 × ws | 1.60 | met |");
    expect(page).toContain("| A <workload> | noticed | ≤ 5 s in each round | 8 | **not met** |");
  });

  test("it says where others do better, and raw ws is no other", () => {
    expect(page).toContain("- A <workload>, calls: tRPC 350; Holdfast 320 /s");
    expect(page).not.toContain("calls: ws");
  });

  test("it warns of a machine that was busy, and of a smoke run", () => {
    expect(page).not.toMatch(/busy|smoke/);
    expect(pageOf([result], { ...circumstances, loadBefore: 3 })).toContain("busy");
    expect(pageOf([result], { ...circumstances, isSmoke: true })).toContain("smoke run");
  });

  test("values keep three figures that count, and what never happened its patience", () => {
    expect([12_345.6, 123.4, 12.34, 1.234, 7].map((value) => valueText(value))).toEqual([
      "12,346",
      "123",
      "12.3",
      "1.23",
      "7",
    ]);
    expect(valueText(Infinity, 60)).toBe("> 60");
  });

  test("a picture escapes its words, and draws what never happened as far as it was waited for", () => {
    const picture = chartOf(noticed, "A <workload>");
    expect(picture).toContain("A &lt;workload&gt;");
    const widths = [...picture.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => width);
    expect(widths.map(Number)).toEqual([390, 52]);
  });
});

describe("the flags", () => {
  test("only a whole run writes the page by itself", () => {
    expect(new Plan([]).out).toBe("docs");
    expect(new Plan(["--smoke"]).out).toBeUndefined();
    expect(new Plan(["--only", "idle"]).out).toBeUndefined();
    expect(new Plan(["--smoke", "--out", "there"]).out).toBe("there");
  });

  test("a smoke run takes one round, unless it is asked for more", () => {
    expect(new Plan(["--smoke"]).rounds(5)).toBe(1);
    expect(new Plan(["--smoke", "--rounds", "3"]).rounds(5)).toBe(3);
    expect(new Plan([]).rounds(5)).toBe(5);
  });

  test.each([["--smok"], ["--rounds", "two"], ["--peers", "ws,wss"], ["smoke"]])(
    "what is not known is refused before anything runs: %s",
    (...args) => {
      expect(() => new Plan(args)).toThrow();
    },
  );

  test("help is not a run", () => {
    expect(new Plan(["--help"]).isHelp).toBe(true);
    expect(new Plan([]).isHelp).toBe(false);
  });
});
