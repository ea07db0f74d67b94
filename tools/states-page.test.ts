import { expect, test } from "vitest";

import type { Row } from "../packages/testing/src/exploration/reachable-row.ts";
import { statesPage, type Walked } from "./states-page.ts";

function row(told: Partial<Row>): Row {
  const same = { guard: "", effects: "-", reasons: [], steps: 1 } as const;
  return { from: "stopped", event: "start", to: "connectingTransport", ...same, ...told };
}

function page(rows: readonly Row[]): string {
  const states = ["stopped", "connectingTransport", "open", "backoff"] as const;
  const deadlines: Walked["deadlines"] = new Map([
    [
      "open",
      {
        count: 3,
        names: new Map([
          ["grace", 1],
          ["stable", 3],
        ]),
      },
    ],
  ]);
  return statesPage({
    rows,
    states,
    deadlines,
    causes: new Map([["refused", "fleet"]]),
    models: 3,
  });
}

test("an arrow carries its reasons, and states with a transport are drawn as one", () => {
  const text = page([
    row({ reasons: ["started"], effects: "openTransport" }),
    row({ from: "open", event: "refused", to: "backoff", reasons: ["refused"] }),
    row({ from: "connectingTransport", event: "woke", to: "backoff", reasons: ["dialFloor"] }),
  ]);
  expect(text).toContain("  stopped --> connectingTransport: started\n");
  expect(text).toContain("  live --> backoff: dialFloor, refused\n");
});

test("a deadline that is always there is bold", () => {
  expect(page([])).toContain("| grace, **stable** | 3 |");
});

test("an event stays, is dropped, or leads somewhere", () => {
  const text = page([
    row({ event: "woke", to: "stopped" }),
    row({ from: "open", event: "woke", to: "open", effects: "stale" }),
    row({ from: "backoff", event: "woke", reasons: ["woke"] }),
  ]);
  expect(text).toContain("| woke | · | - | - | connectingTransport |");
});

test("a failure says whom it concerns, and guards keep the table whole", () => {
  const refused = { from: "open", event: "refused", to: "backoff", reasons: ["refused"] } as const;
  const text = page([row({ ...refused, guard: "retry | retry, later" })]);
  expect(text).toContain("| `refused` | fleet | backoff | refused |");
  expect(text).toContain("| open | refused | retry or retry, later | backoff | - |");
  expect(text).toContain("1 ways.");
});
