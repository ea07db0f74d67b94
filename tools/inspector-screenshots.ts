/**
 * Pictures of the inspector for the documents: docked to the demo and in a tab of its own, in light
 * and dark, for a phone and a desk; and one of a storm.
 */
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import type { Chat } from "../examples/chat/src/server.ts";
import type { Browser, Page } from "./cdp.ts";

/** Inside the inspector of a page. */
const inside = (selector: string): string =>
  `document.querySelector("holdfast-inspector")?.shadowRoot.querySelector(${JSON.stringify(selector)})`;

/** Takes them of a demo in which two people have talked. `folder` ends with a slash. */
export async function takeInspectorPictures(
  chat: Chat,
  browser: Browser,
  page: Page,
  folder: URL,
): Promise<void> {
  const picture = async (of: Page, name: string, width: number, height: number): Promise<void> => {
    await of.resize({ width, height });
    await sleep(400);
    await writeFile(new URL(`${name}.png`, folder), await of.screenshot());
    console.log(`docs/screenshots/${name}.png, ${width} × ${height}`);
  };
  await page.resize({ width: 1280, height: 900 });
  await page.evaluate("document.getElementById('inspect').click()");
  await page.waitFor(`${inside(".bar .pill")}?.textContent === "Open"`);
  const tab = await browser.newPage(`${chat.url}inspector.html`);
  await tab.waitFor(`${inside(".bar .pill")}?.textContent === "Open"`);
  // A ping or two, so that there is something to see.
  await sleep(10_000);
  for (const scheme of ["light", "dark"] as const) {
    for (const one of [page, tab]) await one.setColorScheme(scheme);
    await picture(page, `inspector-${scheme}-1280`, 1280, 900);
    await picture(page, `inspector-${scheme}-390`, 390, 844);
    await picture(tab, `inspector-tab-${scheme}-1280`, 1280, 860);
    await picture(tab, `inspector-tab-${scheme}-390`, 390, 844);
  }
  await tab.close();
  await page.setColorScheme("light");
  await page.evaluate(`${inside(".close")}.click()`);
  await page.resize({ width: 1280, height: 620 });
  await page.evaluate("document.getElementById('raise-storm').click()");
  await page.waitFor("document.querySelector('.storm-words').textContent.includes('back')", 60_000);
  await page.waitFor("document.getElementById('raise-storm').ariaBusy !== 'true'", 60_000);
  await picture(page, "storm-light-1280", 1280, 620);
}
