// @vitest-environment happy-dom
/** The panel between two reports: time goes on, and nothing goes back. */
import { afterEach, expect, test } from "vitest";

import { InspectorPanel } from "../../src/panel/inspector-panel.ts";
import type { Report } from "../../src/report/report.ts";
import { opened, reportOf } from "../recording-world.ts";

// The page is the next file's, too.
afterEach(() => document.body.replaceChildren());

/** A live client that did nothing for 20 s. */
async function quiet(more: Partial<Report> = {}) {
  const report = reportOf(await opened(), more);
  const panel = new InspectorPanel({ waitingFor: "" });
  document.body.replaceChildren(panel.root);
  panel.show("a", report);
  panel.tick(report.made.wallNow + 20_000);
  const said = (selector: string): string => panel.root.querySelector(selector)?.textContent ?? "";
  const press = (selector: string): void =>
    panel.root.querySelector<HTMLElement>(selector)?.click();
  return { panel, report, said, press };
}

test("who chooses what is listed sees no time go back", async () => {
  const { said, press } = await quiet();
  const before = said(".title");
  expect(before).toBe("Open · 20.0 s");
  press(".timeline input");
  expect(said(".title")).toBe(before);
});

test("a transaction that waits grows older, though nothing else happens", async () => {
  const { panel, report, said, press } = await quiet();
  const createdAt = report.made.wallNow;
  const transactions: Report["transactions"] = {
    allowsPayloads: false,
    pending: [{ id: "a", name: "say", phase: "queued", createdAt }],
    phases: { queued: 1 },
    setAside: 0,
    unknown: 0,
  };
  panel.show("a", { ...report, transactions });
  press("[data-tab=transactions]");
  expect(said("tbody")).toContain("20.0 s ago");
  panel.tick(createdAt + 30_000);
  expect(said("tbody")).toContain("30.0 s ago");
});

test("what is wrong with a file is told until something else is chosen", async () => {
  const { panel, report, said } = await quiet();
  panel.show("b", { ...report, name: "ben" });
  panel.openText("{", "broken.json");
  expect(said(".fault")).toBe("This is not JSON.");
  const picker = panel.root.querySelector("select");
  if (!picker) throw new Error("no picker");
  picker.value = "b";
  picker.dispatchEvent(new Event("change"));
  expect([said(".fault"), picker.value]).toEqual(["", "b"]);
});
