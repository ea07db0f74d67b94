/**
 * Pictures of the demo for the README: `npm run screenshots` writes them to `docs/screenshots`, in
 * light and dark, for a phone and a desk, and one while the server restarts and a message waits.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { startChat, type Chat } from "../examples/chat/src/server.ts";
import { Browser, type Page, type Viewport } from "./cdp.ts";
import { findChromium } from "./chromium.ts";
import { takeInspectorPictures } from "./inspector-screenshots.ts";
import { takeReactPictures } from "./react-screenshots.ts";

const folder = new URL("../docs/screenshots/", import.meta.url);

const conversation: readonly (readonly [name: string, text: string])[] = [
  ["Ann", "Morning! Did the night deploy go through?"],
  ["Ben", "It did. Three restarts, and nobody noticed."],
  ["Ann", "Not even the dashboard?"],
  ["Ben", "It said “reconnecting” for half a second."],
  ["Ann", "That is what I like to hear."],
];

/** Says something as one person. */
async function say(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(`{
    const panel = document.querySelector("[data-account^=${name.toLowerCase()}]");
    panel.querySelector(".say").value = ${JSON.stringify(text)};
    panel.querySelector(".send").click();
  }`);
}

/** The whole page in one picture of this width. */
async function picture(page: Page, name: string, width: number): Promise<void> {
  const least: Viewport = { width, height: 600 };
  await page.resize(least);
  const height = await page.evaluate<number>("document.documentElement.scrollHeight");
  await page.resize({ width, height });
  await page.evaluate(
    "document.querySelectorAll('.scroll').forEach((s) => (s.scrollTop = s.scrollHeight))",
  );
  await writeFile(new URL(`${name}.png`, folder), await page.screenshot());
  console.log(`docs/screenshots/${name}.png, ${width} × ${height}`);
}

async function takeAll(chat: Chat, browser: Browser): Promise<void> {
  const page = await browser.newPage(chat.url);
  const connected = "document.querySelectorAll('.panel[data-state=connected]').length === 2";
  await page.waitFor(connected);
  for (const [index, [name, text]] of conversation.entries()) {
    await say(page, name, text);
    // Both have it before the next one speaks.
    await page.waitFor(`document.querySelectorAll("[data-seq]").length === ${2 * (index + 1)}`);
  }
  // Round trips are measured by the first pings.
  await sleep(5_500);
  for (const scheme of ["light", "dark"] as const) {
    await page.setColorScheme(scheme);
    for (const width of [390, 1280]) await picture(page, `chat-${scheme}-${width}`, width);
  }
  await page.setColorScheme("light");
  await page.evaluate("document.getElementById('restart').click()");
  await page.waitFor("document.querySelectorAll('.panel[data-state=connecting]').length === 2");
  await say(page, "Ben", "Was that another one?");
  await sleep(900);
  await picture(page, "chat-restart-1280", 1280);
  await page.waitFor(connected);
  await takeInspectorPictures(chat, browser, page, folder);
}

const chromium = await findChromium();
if (chromium === null) throw new Error("No Chromium found: install chromium, or set CHROMIUM.");
await mkdir(folder, { recursive: true });
const dataFolder = await mkdtemp(join(tmpdir(), "holdfast-chat-"));
const chat = await startChat({ port: 0, dataFolder, awayMs: 4_000 });
const browser = await Browser.launch(chromium);
try {
  await takeAll(chat, browser);
  await takeReactPictures(browser, async (name, taken) => {
    await writeFile(new URL(`${name}.png`, folder), taken);
    console.log(`docs/screenshots/${name}.png`);
  });
} finally {
  await browser.close();
  await chat.close();
  await rm(dataFolder, { recursive: true });
}
