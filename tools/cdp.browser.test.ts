/**
 * Shows that what the browser tests lean on is real: hiding, freezing, the page cache, and losing
 * the network.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { Browser } from "./cdp.ts";

const chromium = inject("chromium");
const browserTest = test.skipIf(chromium === null);

const recorder = `<!doctype html><meta name="viewport" content="width=device-width"><title>page</title><script>
  window.said = [];
  const say = (word) => window.said.push(word);
  document.addEventListener("visibilitychange", () => say(document.visibilityState));
  for (const name of ["freeze", "resume"]) document.addEventListener(name, () => say(name));
  for (const name of ["online", "offline"]) addEventListener(name, () => say(name));
  addEventListener("pageshow", (event) => say(event.persisted ? "restored" : "shown"));
</script>`;

let server: Server;
let browser: Browser;
let url: string;

beforeAll(async () => {
  if (chromium === null) return;
  server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end(recorder);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await Browser.launch(chromium);
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

browserTest(
  "a page is hidden, frozen, thawed and shown, and its neighbour sees none of it",
  async () => {
    const page = await browser.newPage(url);
    const other = await browser.newPage(url);
    await page.hide();
    await page.waitFor("said.includes('hidden')");
    await page.setLifecycle("frozen");
    await page.setLifecycle("active");
    await page.show();
    await page.waitFor("said.at(-1) === 'visible'");
    expect(await page.evaluate("said")).toEqual(["shown", "hidden", "freeze", "resume", "visible"]);
    expect(await other.evaluate("said")).toEqual(["shown"]);
    await other.close();
    await page.close();
  },
);

browserTest("going back restores the page from the page cache", async ({ skip }) => {
  skip(!(await browser.hasPageCache()), "this Chromium has no page cache");
  const page = await browser.newPage(url);
  await page.goto(`${url}second`);
  await page.evaluate("void setTimeout(() => history.back(), 0)");
  await page.waitFor("typeof said !== 'undefined' && said.includes('restored')");
  await page.close();
});

browserTest("the network can be reported lost and back, and a picture can be taken", async () => {
  const page = await browser.newPage(url);
  await page.resize({ width: 390, height: 844 });
  await page.setColorScheme("dark");
  const conditions = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  await page.send("Network.enable");
  await page.send("Network.emulateNetworkConditions", { offline: true, ...conditions });
  await page.waitFor("said.includes('offline')");
  await page.send("Network.emulateNetworkConditions", { offline: false, ...conditions });
  await page.waitFor("said.includes('online')");
  expect(await page.evaluate("innerWidth")).toBe(390);
  expect((await page.screenshot()).subarray(1, 4).toString()).toBe("PNG");
  await page.close();
});
