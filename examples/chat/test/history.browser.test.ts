/** Somebody who was never here before joins a room in which much has been said. */
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { Browser } from "../../../tools/cdp.ts";
import { startChat, type Chat } from "../src/server.ts";
import { buildPage } from "./support/built-page.ts";
import { DataFolder } from "./support/data-folder.ts";
import { DemoPage } from "./support/demo-page.ts";

const chromium = inject("chromium");
const browserTest = test.skipIf(chromium === null);

const data = new DataFolder();
const said = Array.from({ length: 1_000 }, (_, index) => `message ${index + 1}`);
let chat: Chat;
let browser: Browser;

beforeAll(async () => {
  if (chromium === null) return;
  buildPage();
  await data.fill(said);
  chat = await startChat({ port: 0, dataFolder: data.path });
  browser = await Browser.launch(chromium);
});

afterAll(async () => {
  await browser?.close();
  await chat?.close();
  data.remove();
});

/** Notes every word that Ann's pill says. */
const noting = `
  window.pills = [];
  const note = () => {
    const words = document.querySelector("[data-account^=ann] .pill")?.textContent;
    if (words && words !== pills.at(-1)) pills.push(words);
  };
  new MutationObserver(note).observe(document, {
    subtree: true, childList: true, characterData: true,
  });`;

browserTest(
  "who joins reads the room's history from its log, and the page says that it catches up (R1, Y2)",
  async () => {
    const page = await browser.newPage("about:blank");
    await page.send("Page.addScriptToEvaluateOnNewDocument", { source: noting });
    await page.goto(chat.url);
    const demo = new DemoPage(page);
    await demo.reads("ann", "message 1000");
    await demo.bothConnected();
    expect(await demo.messages("ann")).toEqual(said.slice(-200));
    expect(await demo.text("ann", ".facts")).toMatch(/Read up to\s+1000/);
    expect(await page.evaluate("pills.slice(-2)")).toEqual(["Catching up", "Connected"]);
    // The next time it is all there before the server has said a word.
    await demo.fault("ann", "stop");
    await demo.reload();
    await demo.reads("ann", "message 1000");
    await demo.shows("ann", ".state-title", "Stopped");
    expect(await demo.messages("ann")).toEqual(said.slice(-200));
    expect(page.console).toEqual([]);
  },
);
