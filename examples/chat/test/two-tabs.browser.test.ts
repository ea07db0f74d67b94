/**
 * Two tabs of one browser, and so two clients of one account over one IndexedDB. Both write
 * offline, and both are loaded anew half-way through, and again while all is being sent.
 */
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { Browser } from "../../../tools/cdp.ts";
import { startChat, type Chat } from "../src/server.ts";
import { buildPage } from "./support/built-page.ts";
import { DataFolder } from "./support/data-folder.ts";
import { DemoPage } from "./support/demo-page.ts";

const chromium = inject("chromium");
const browserTest = test.skipIf(chromium === null);

const data = new DataFolder();
let chat: Chat;
let browser: Browser;

beforeAll(async () => {
  if (chromium === null) return;
  buildPage();
  chat = await startChat({ port: 0, dataFolder: data.path });
  browser = await Browser.launch(chromium);
});

afterAll(async () => {
  await browser?.close();
  await chat?.close();
  data.remove();
});

const EACH = 100;

function texts(tab: string, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `${tab} ${from + index}`);
}

/** Resolves when so many of Ann's messages are stored in the browser, by whichever tab. */
async function stored(tab: DemoPage, count: number): Promise<void> {
  await tab.page.waitFor(
    `indexedDB.databases().then(async (all) => {
      const { name } = all.find(({ name }) => name.includes("ann-"));
      const database = await new Promise((resolve) => {
        indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
      });
      const count = await new Promise((resolve) => {
        const records = database.transaction("transactions").objectStore("transactions");
        records.count().onsuccess = ({ target }) => resolve(target.result);
      });
      database.close();
      return count >= ${count};
    })`,
  );
}

browserTest(
  "two tabs share one store: 100 messages written offline in each, both tabs reloaded mid-way, each arrives once (T2, T3, L40)",
  async () => {
    const a = new DemoPage(await browser.newPage(chat.url));
    const b = new DemoPage(await browser.newPage(chat.url));
    const tabs = [a, b];
    for (const tab of tabs) await tab.bothConnected();
    for (const tab of tabs) await tab.fault("ann", "offline");
    for (const tab of tabs) await tab.shows("ann", ".state-title", "Waiting", 4_000);
    await a.sayAll("ann", texts("a", 0, EACH / 2));
    await b.sayAll("ann", texts("b", 0, EACH / 2));
    await stored(a, EACH);
    await Promise.all(tabs.map((tab) => tab.reload()));
    for (const tab of tabs) await tab.page.waitFor(`document.querySelector(".panel") !== null`);
    await a.sayAll("ann", texts("a", EACH / 2, EACH));
    await b.sayAll("ann", texts("b", EACH / 2, EACH));
    await stored(a, 2 * EACH);
    expect(await data.texts()).toEqual([]);
    for (const tab of tabs) await tab.fault("ann", "offline");
    // As soon as some have gone, while others are on their way.
    await expect
      .poll(async () => (await data.texts()).length, { interval: 50, timeout: 10_000 })
      .toBeGreaterThan(20);
    await Promise.all(tabs.map((tab) => tab.reload()));
    const left = 2 * EACH - (await data.texts()).length;
    await expect
      .poll(async () => (await data.texts()).length, { interval: 500, timeout: 80_000 })
      .toBe(2 * EACH);
    for (const tab of tabs) {
      await tab.page.waitFor(
        `document.querySelector("[data-account^=ann] [data-unsent]") === null`,
      );
    }
    const all = await data.texts();
    const asked = [...texts("a", 0, EACH), ...texts("b", 0, EACH)];
    expect(all.toSorted()).toEqual(asked.toSorted());
    for (const tab of tabs) {
      await tab.reads("ben", all.at(-1) ?? "");
      expect(await tab.messages("ann")).toEqual(all);
      expect(await tab.messages("ben")).toEqual(all);
      expect(tab.page.console).toEqual([]);
    }
    console.log(`${left} of ${2 * EACH} were still to go when both tabs were loaded anew`);
  },
  120_000,
);
