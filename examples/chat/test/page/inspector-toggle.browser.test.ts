/** The button of the inspector in a real Chromium, when the server cannot be reached. */
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { Browser } from "../../../../tools/cdp.ts";
import { startChat, type Chat } from "../../src/server.ts";
import { buildPage } from "../support/built-page.ts";
import { DataFolder } from "../support/data-folder.ts";
import { DemoPage } from "../support/demo-page.ts";

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

browserTest("who opens the inspector while the server is away can open it later", async () => {
  const page = await browser.newPage("about:blank");
  const uncaught: unknown[] = [];
  page.on("Runtime.exceptionThrown", (thrown) => uncaught.push(thrown));
  await page.send("Runtime.enable");
  await page.send("Network.enable");
  await page.goto(chat.url);
  await new DemoPage(page).bothConnected();
  const press = async (): Promise<void> =>
    await page.evaluate(`document.getElementById("inspect").click()`);
  const isBusy = `document.getElementById("inspect").ariaBusy === "true"`;
  await page.send("Network.setBlockedURLs", { urls: ["*/modules/inspector/*"] });
  await press();
  await page.waitFor(`!(${isBusy})`);
  expect(await page.evaluate(`document.getElementById("told").textContent`)).toBe(
    "The server cannot be reached.",
  );
  await page.send("Network.setBlockedURLs", { urls: [] });
  await press();
  await page.waitFor(`document.querySelector("holdfast-inspector") !== null`);
  expect(uncaught).toEqual([]);
});
