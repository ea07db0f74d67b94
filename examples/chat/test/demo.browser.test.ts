/**
 * The demo in a real Chromium, one story after the other on one page. All the while the page is
 * asked whether it tells the truth, and at the end whether it ever complained.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { Browser } from "../../../tools/cdp.ts";
import { startChat, type Chat } from "../src/server.ts";
import { buildPage } from "./support/built-page.ts";
import { DataFolder } from "./support/data-folder.ts";
import { DemoPage } from "./support/demo-page.ts";
import { TruthSampler } from "./support/truth-sampler.ts";

const chromium = inject("chromium");
const browserTest = test.skipIf(chromium === null);
const network = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

const data = new DataFolder();
let chat: Chat;
let browser: Browser;
let demo: DemoPage;
let sampler: TruthSampler;
/** What the browser itself found wrong, beyond what the page printed. */
const complaints: string[] = [];

beforeAll(async () => {
  if (chromium === null) return;
  buildPage();
  chat = await startChat({ port: 0, dataFolder: data.path });
  browser = await Browser.launch(chromium);
  const page = await browser.newPage("about:blank");
  page.on("Log.entryAdded", ({ entry }) => {
    const { text, source } = entry as { readonly text: string; readonly source: string };
    // A dial that fails is told by the browser, as it should be while the server is away.
    if (source !== "network" && !text.includes("WebSocket connection")) complaints.push(text);
  });
  await page.send("Log.enable");
  await page.send("Network.enable");
  await page.resize({ width: 1280, height: 1_000 });
  await page.goto(chat.url);
  demo = new DemoPage(page);
  sampler = new TruthSampler(chat, page);
});

afterAll(async () => {
  await sampler?.stop();
  await browser?.close();
  await chat?.close();
  data.remove();
});

browserTest("two people connect and chat, and a third joins and reads what was said", async () => {
  await demo.bothConnected();
  await demo.say("ann", "Hello, Ben");
  await demo.reads("ben", "Hello, Ben");
  await demo.say("ben", "Hello, Ann");
  await demo.reads("ann", "Hello, Ann");
  await demo.page.evaluate(`document.getElementById("add").click()`);
  await demo.page.waitFor(
    `document.querySelectorAll("[data-account^=cleo] [data-seq]").length === 2`,
  );
  await expect.poll(() => sampler.peopleSeen).toBe(3);
});

browserTest(
  "they survive a restart of the server, and what they say meanwhile arrives",
  async () => {
    await demo.page.evaluate(`document.getElementById("restart").click()`);
    await demo.page.waitFor(
      `document.getElementById("restart").textContent.startsWith("Away")`,
      1_000,
    );
    await demo.shows("ann", ".pill", "Connecting");
    await demo.say("ann", "Said to nobody");
    await demo.shows("ann", ".messages", "Waiting to be sent");
    await demo.bothConnected();
    await demo.reads("ben", "Said to nobody");
    await demo.reads("ann", "Said to nobody");
    expect(await demo.messages("ann")).toEqual(await demo.messages("ben"));
  },
);

browserTest(
  "what is said offline survives a reload of the page, and arrives once (T2, L40)",
  async () => {
    await demo.fault("ann", "offline");
    await demo.say("ann", "Written offline");
    await demo.say("ann", "And another");
    await demo.shows("ann", ".messages", "Waiting to be sent");
    await demo.reload();
    await demo.page.waitFor(`document.querySelector("[data-account^=ann] [data-unsent]") !== null`);
    expect(await demo.unsent("ann")).toEqual(["Written offline", "And another"]);
    await demo.shows("ann", ".messages", "Waiting to be sent");
    expect(await demo.messages("ann")).toContain("Hello, Ben");
    await demo.fault("ann", "reload");
    await demo.shows("ann", ".told", "made anew");
    await demo.page.waitFor(
      `document.querySelectorAll("[data-account^=ann] [data-unsent]").length === 2`,
    );
    await demo.fault("ann", "offline");
    await demo.reads("ben", "And another");
    await demo.reads("ann", "And another");
    expect((await demo.messages("ben")).slice(-2)).toEqual(["Written offline", "And another"]);
    expect(await demo.messages("ann")).toEqual(await demo.messages("ben"));
    expect(await demo.unsent("ann")).toEqual([]);
  },
);

browserTest("what waits can be taken back, and what is declined says why (T1, L34)", async () => {
  await demo.fault("ben", "offline");
  await demo.shows("ben", ".state-title", "Waiting", 4_000);
  await demo.say("ben", "I regret this");
  await demo.shows("ben", ".messages", "Waiting to be sent");
  await demo.press("ben", "[data-unsent] .line-button");
  await demo.shows("ben", ".messages", "Taken back: nobody has it");
  await demo.say("ben", "/shrug");
  await demo.fault("ben", "offline");
  await demo.shows("ben", ".messages", "The server declined: the room takes no /commands", 3_000);
  expect(await demo.messages("ann")).not.toContain("I regret this");
  for (const left of [1, 0]) {
    await demo.press("ben", "[data-unsent] .line-button:last-child");
    await expect.poll(async () => (await demo.unsent("ben")).length).toBe(left);
  }
});

browserTest("a cut connection is back at once, and misses nothing", async () => {
  const before = await demo.sessionNumber("ben");
  await demo.fault("ben", "drop");
  await demo.say("ann", "While Ben was gone");
  await demo.shows("ben", ".timeline", "The connection broke.");
  await demo.reads("ben", "While Ben was gone");
  expect(await demo.sessionNumber("ben")).not.toBe(before);
});

browserTest("a wrong word about the network leaves a living connection alone", async () => {
  const before = await demo.sessionNumber("ann");
  await demo.page.send("Network.overrideNetworkState", { offline: true, ...network });
  await demo.shows("ann", ".timeline", "Still there");
  await demo.say("ann", "I am still here");
  await demo.reads("ben", "I am still here");
  await demo.page.send("Network.overrideNetworkState", { offline: false, ...network });
  await demo.bothConnected();
  expect(await demo.sessionNumber("ann")).toBe(before);
});

browserTest("without a network they wait, say so, and are back within a second of it", async () => {
  await demo.page.send("Network.emulateNetworkConditions", { offline: true, ...network });
  await demo.shows("ann", ".pulse", "Ping unanswered");
  await demo.shows("ann", ".blocked", "Missing: a network.");
  // The connection is asked before the hint is believed; then a try against it is planned.
  await demo.shows("ann", ".facts", "in 2", 4_000);
  await demo.page.send("Network.emulateNetworkConditions", { offline: false, ...network });
  await demo.isConnected("ann", 1_000);
  await demo.isConnected("ben", 1_000);
});

browserTest(
  "a black hole is noticed within ten seconds, and the message in it is not lost",
  async () => {
    await demo.fault("ann", "blackHole");
    await demo.shows("ann", ".told", "neither reads nor answers Ann");
    await demo.say("ann", "Into the void");
    await demo.shows("ann", ".messages", "Sending…");
    await demo.shows("ann", ".pulse", "Ping unanswered", 6_000);
    // It may have arrived, or not: it is sent again in any case; the server knows it by its key.
    await demo.shows("ann", ".messages", "Waiting to be sent", 10_000);
    await demo.fault("ann", "blackHole");
    await demo.isConnected("ann", 12_000);
    await demo.reads("ann", "Into the void");
    await demo.reads("ben", "Into the void");
    const copies = (await demo.messages("ben")).filter((text) => text === "Into the void");
    expect(copies).toHaveLength(1);
  },
);

browserTest(
  "a refused token is renewed once, then the person is asked to sign in again",
  async () => {
    await demo.fault("ben", "rejectToken");
    await demo.shows("ben", ".timeline", "Renewing the token");
    await demo.shows("ben", ".blocked", "Missing: a valid sign-in.");
    await demo.shows("ben", ".panel-header", "Sign in again");
    await demo.press("ben", ".sign-in");
    await demo.isConnected("ben", 2_000);
  },
);

const switches: readonly (readonly [fault: string, part: string, words: string])[] = [
  ["blackHole", ".told", "neither reads nor answers"],
  ["offline", ".blocked", "Missing: a network."],
  ["freeze", ".state-title", "Suspended"],
  ["rejectToken", ".panel-header", "Sign in again"],
  ["signOut", ".why", "Nobody is signed in."],
  ["stop", ".state-title", "Stopped"],
];

browserTest("every button shows its effect within a second, and can be undone", async () => {
  for (const [fault, part, words] of switches) {
    await demo.fault("ann", fault);
    await demo.shows("ann", part, words);
    const pressed = `[data-account^=ann] [data-fault=${fault}][aria-pressed=true]`;
    await demo.page.waitFor(`document.querySelector("${pressed}") !== null`, 1_000);
    await demo.fault("ann", fault);
    await demo.isConnected("ann", 2_000);
  }
  await demo.fault("ann", "connectNow");
  await demo.shows("ann", ".timeline", "The connection answered.");
});

browserTest(
  "a page that is really frozen leaves at once, and is back with what it missed",
  async () => {
    const other = new DemoPage(await browser.newPage(chat.url, { isOtherProfile: true }));
    await other.isConnected("ben");
    const ids = await demo.page.evaluate<string[]>(
      `[...document.querySelectorAll(".panel")].map(({ dataset }) => dataset.account)`,
    );
    const open = (): number => ids.flatMap((id) => chat.sessionNumbers(id)).length;
    expect(open()).toBe(3);
    await demo.page.hide();
    await demo.page.waitFor(`document.visibilityState === "hidden"`);
    await demo.page.setLifecycle("frozen");
    await expect.poll(open, { interval: 20, timeout: 1_000 }).toBe(0);
    await other.say("ben", "Are you asleep?");
    await other.reads("ben", "Are you asleep?");
    await sleep(1_000);
    await demo.page.setLifecycle("active");
    // Still hidden, and already back.
    await demo.bothConnected(3_000);
    await demo.reads("ann", "Are you asleep?", 3_000);
    expect(await demo.text("ann", ".timeline")).toContain("The page was frozen.");
    await demo.page.show();
    await other.page.close();
  },
);

const widths = [390, 1280];
const schemes = ["light", "dark"] as const;

browserTest(
  "everybody can use it: on phones and desks, in light and dark, in good times and bad",
  async () => {
    await demo.page.evaluate(axeSource());
    await demo.say("ben", "/shrug");
    await demo.shows("ben", ".messages", "The server declined");
    await demo.fault("ann", "rejectToken");
    await demo.fault("ben", "blackHole");
    await demo.say("ann", "To whom it may concern, ".repeat(8));
    await demo.say("ben", "x".repeat(200));
    for (const scheme of schemes) {
      await demo.page.setColorScheme(scheme);
      for (const width of widths) {
        await demo.page.resize({ width, height: 900 });
        // Colours move for a moment after a change of scheme.
        await sleep(400);
        expect(await overflow()).toBe(0);
        expect(await seriousFaults(), `${scheme}, ${width} px`).toEqual([]);
      }
    }
    await demo.fault("ann", "rejectToken");
    await demo.fault("ben", "blackHole");
    await demo.bothConnected(12_000);
  },
);

browserTest("the page always told the truth, and never complained", async () => {
  await sampler.stop();
  expect(sampler.samples).toBeGreaterThan(150);
  expect(sampler.lies).toEqual([]);
  expect(demo.page.console).toEqual([]);
  expect(complaints).toEqual([]);
  console.log(`${sampler.samples} samples; longest lag ${sampler.longestLagMs} ms`);
});

/** By how many pixels the page is wider than its window. */
async function overflow(): Promise<number> {
  const root = "document.documentElement";
  return await demo.page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`);
}

async function seriousFaults(): Promise<string[]> {
  return await demo.page.evaluate(`axe.run(document).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 160)).join(" | ")))`);
}

function axeSource(): string {
  const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  return `${readFileSync(path, "utf8")}; undefined`;
}
