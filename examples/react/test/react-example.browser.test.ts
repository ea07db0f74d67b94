/**
 * The React example in a real Chromium, in StrictMode as a developer runs it: two people, offline
 * and back, a server that is killed, a page that freezes and one that goes into the page cache.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { Browser } from "../../../tools/cdp.ts";
import { buildExample, ExampleProcess } from "./support/example-process.ts";
import { RoomsPage } from "./support/rooms-page.ts";

const chromium = inject("chromium");
const browserTest = test.skipIf(chromium === null);
const network = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

let example: ExampleProcess;
let browser: Browser;
let ann: RoomsPage;
let ben: RoomsPage;

beforeAll(async () => {
  if (chromium === null) return;
  buildExample();
  example = new ExampleProcess();
  await example.start();
  browser = await Browser.launch(chromium);
  ann = await new RoomsPage(await browser.newPage("about:blank")).open(example.url);
  ben = await new RoomsPage(await browser.newPage("about:blank")).open(`${example.url}?as=ben`);
});

afterAll(async () => {
  await browser?.close();
  await example?.remove();
});

browserTest("two people connect, each over one connection, and talk", async () => {
  for (const page of [ann, ben]) await page.isConnected();
  expect([await ann.session(), await ben.session()]).toEqual(["1", "1"]);
  await ann.say("Hello, Ben");
  await ben.reads("Hello, Ben");
  await ben.say("Hello, Ann");
  await ann.reads("Hello, Ann");
  expect(await ann.lines()).toEqual(["Hello, Ben", "Hello, Ann"]);
});

browserTest("what one says never flickers, not for one frame (T1)", async () => {
  await ann.page.evaluate(`{
    window.frames_ = [];
    const look = () => {
      frames_.push(document.querySelectorAll(".said").length);
      window.looking = requestAnimationFrame(look);
    };
    look();
    void 0;
  }`);
  for (let number = 1; number <= 10; number++) {
    await ann.say(`number ${number}`);
    await ann.reads(`number ${number}`);
  }
  await ben.reads("number 10");
  const frames = await ann.page.evaluate<number[]>("cancelAnimationFrame(looking), frames_");
  expect(frames).toEqual(frames.toSorted((a, b) => a - b));
  expect(frames.at(-1)).toBe(12);
});

browserTest("another room is another bucket, and what is said there stays there", async () => {
  await ann.press("garden");
  await ann.isConnected();
  expect(await ann.lines()).toEqual([]);
  await ann.say("Among the roses");
  await ann.reads("Among the roses");
  await ann.press("lobby");
  await ann.isConnected();
  expect(await ann.lines()).not.toContain("Among the roses");
});

browserTest("one finds what was said, and is told what was declined", async () => {
  await ann.type("input[type=search]", "NUMBER 1");
  await ann.shows(".search", "2 found");
  await ann.type("input[type=search]", "");
  await ann.say("/shrug");
  await ann.shows(".fate", "declined (noCommands)");
  expect(await ann.lines()).not.toContain("/shrug");
});

browserTest(
  "offline it says so; what is written waits or is taken back, and arrives once (T1, T2)",
  async () => {
    await ann.page.send("Network.emulateNetworkConditions", { offline: true, ...network });
    await ann.shows(".banner", "You are offline", 20_000);
    await ann.say("Written offline");
    await ann.shows(".fate", "1 not sent yet");
    await ann.say("Taken back");
    await ann.shows(".fate", "2 not sent yet");
    await ann.press("Take the last one back");
    await ann.shows(".fate", "1 not sent yet");
    await ann.page.send("Network.emulateNetworkConditions", { offline: false, ...network });
    await ann.isConnected(20_000);
    await ann.reads("Written offline");
    await ben.reads("Written offline");
    const said = await ben.lines();
    expect(said.filter((text) => text === "Written offline")).toHaveLength(1);
    expect(said).not.toContain("Taken back");
    await ann.shows(".fate", "");
  },
);

browserTest(
  "a server that is killed comes back, and what was said meanwhile arrives (T3)",
  async () => {
    await example.kill();
    await ann.shows(".banner", "Connection lost", 15_000);
    await ann.say("To whom it may concern");
    await ann.shows(".fate", "1 not sent yet");
    const counted = await ann.page.waitFor<string>(
      `[...document.querySelectorAll("button")]
        .find(({ innerText }) => /in \\d+ s/.test(innerText))?.innerText`,
      20_000,
    );
    expect(counted).toMatch(/Try now \(in \d+ s\)/);
    await example.start();
    await ann.press("Try now").catch(() => undefined);
    for (const page of [ann, ben]) await page.isConnected(30_000);
    await ann.reads("To whom it may concern");
    await ben.reads("To whom it may concern");
    await ann.page.goto(example.url);
    await ann.isConnected();
    await ann.reads("To whom it may concern");
    expect(await ann.lines()).toEqual(await ben.lines());
    await ann.page.waitFor(`document.querySelector(".banner").innerText === ""`);
  },
);

browserTest("two tabs of one person share what is stored, and nothing is there twice", async () => {
  const other = await new RoomsPage(await browser.newPage("about:blank")).open(example.url);
  await other.isConnected();
  expect(await other.lines()).toEqual(await ann.lines());
  await other.say("From the other tab");
  await ann.reads("From the other tab");
  await ann.say("And from this one");
  await other.reads("And from this one");
  expect(await other.lines()).toEqual(await ann.lines());
  expect(new Set(await ann.lines()).size).toBe((await ann.lines()).length);
  expect([...other.printed, ...other.complaints]).toEqual([]);
  await other.page.close();
});

browserTest("a page that is frozen is back with what it missed", async () => {
  await ann.page.hide();
  await ann.page.waitFor(`document.visibilityState === "hidden"`);
  await ann.page.setLifecycle("frozen");
  await ben.say("Are you asleep?");
  await ben.reads("Are you asleep?");
  await sleep(500);
  await ann.page.setLifecycle("active");
  await ann.page.show();
  await ann.isConnected();
  await ann.reads("Are you asleep?");
});

browserTest("a page from the page cache is back with what it missed", async ({ skip }) => {
  skip(!(await browser.hasPageCache()), "this Chromium has no page cache");
  await ann.page.evaluate(
    `addEventListener("pageshow", ({ persisted }) => (window.wasPersisted = persisted))`,
  );
  await ann.page.goto(`${example.url}about`);
  await ben.say("While you read about it");
  await ben.reads("While you read about it");
  await ann.page.evaluate("void setTimeout(() => history.back(), 0)");
  await ann.page.waitFor("window.wasPersisted === true");
  await ann.isConnected();
  await ann.reads("While you read about it");
});

const widths = [390, 1280];
const schemes = ["light", "dark"] as const;

browserTest("everybody can use it: on phones and desks, in light and dark", async () => {
  const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  await ann.page.evaluate(`${readFileSync(path, "utf8")}; undefined`);
  await ann.say("/shrug");
  await ann.shows(".fate", "declined");
  for (const scheme of schemes) {
    await ann.page.setColorScheme(scheme);
    for (const width of widths) {
      await ann.page.resize({ width, height: 900 });
      await sleep(100);
      const root = "document.documentElement";
      expect(await ann.page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`)).toBe(0);
      const faults = await ann.page.evaluate(`axe.run(document).then(({ violations }) =>
        violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))`);
      expect(faults, `${scheme}, ${width} px`).toEqual([]);
    }
  }
});

browserTest("the pages never complained", () => {
  for (const { printed, complaints } of [ann, ben]) {
    expect(printed).toEqual([]);
    expect(complaints).toEqual([]);
  }
});
