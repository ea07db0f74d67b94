/**
 * Walks the path of somebody who has never seen Holdfast: `npm run strangers-path`. From a clone to
 * a message between two browser windows; then from an empty folder to a `useBucket` that works,
 * with nothing but the packed packages and what the guide says. Writes the log into
 * docs/strangers-path.md. It needs the network, for npm, and the ports 8080 and 5173.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { DemoPage } from "../../examples/chat/test/support/demo-page.ts";
import { Browser, type Page } from "../cdp.ts";
import { findChromium } from "../chromium.ts";
import { root } from "../project-files.ts";
import { CommandLog, type Step } from "./command-log.ts";
import { commandsOf, filesOf } from "./guide.ts";

const page = new URL("docs/strangers-path.md", root);
const connected = `document.querySelector("output")?.textContent === "connected, live"`;

/** How often a text stands in the list, in the way that the page itself counts. */
function isThereOnce(text: string): string {
  return `[...document.querySelectorAll("li")]
    .filter((line) => line.textContent === ${JSON.stringify(text)}).length === 1`;
}

/** From a clone to a message between two windows of the demo. */
async function walkDemo(folder: string, chromium: string): Promise<readonly Step[]> {
  const log = new CommandLog();
  const browser = await Browser.launch(chromium);
  try {
    log.run(`git clone ${fileURLToPath(root)} holdfast`, folder);
    const url = await log.start("npm start", join(folder, "holdfast"), /is at (http\S+)/);
    let since = performance.now();
    const [one, two] = [await browser.newPage(url), await browser.newPage(url)];
    const [first, second] = [new DemoPage(one), new DemoPage(two)];
    await first.bothConnected();
    await second.bothConnected();
    log.note("two browser windows are connected", since);
    since = performance.now();
    await first.say("ann", "Hello from the first window.");
    await second.reads("ben", "Hello from the first window.");
    log.note("a message of the first window stands in the second", since);
    quiet(one, two);
  } finally {
    await browser.close();
    await log.end();
  }
  return log.steps;
}

/** From an empty folder to a bucket that two windows share, by the guide. */
async function walkApp(folder: string, chromium: string): Promise<readonly Step[]> {
  const log = new CommandLog();
  const clone = join(folder, "holdfast");
  const app = join(folder, "app");
  const guide = readFileSync(join(clone, "docs/guides/first-react-app.md"), "utf8");
  const [inClone = [], inApp = [], [serve = "", show = ""] = []] = commandsOf(guide);
  const browser = await Browser.launch(chromium);
  try {
    for (const command of inClone) log.run(command, clone);
    mkdirSync(app);
    for (const command of inApp) log.run(command, app);
    for (const [name, text] of filesOf(guide)) writeFileSync(join(app, name), text);
    await log.start(serve, app, "chat.sqlite");
    await log.start(show, app, /localhost:5173/);
    await shareRoom(browser, log, { serve, app });
  } finally {
    await browser.close();
    await log.end();
  }
  return log.steps;
}

/** How the guide starts its server, and where. */
interface Serving {
  readonly serve: string;
  readonly app: string;
}

async function shareRoom(
  browser: Browser,
  log: CommandLog,
  { serve, app }: Serving,
): Promise<void> {
  const timed = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    const since = performance.now();
    await act();
    log.note(what, since);
  };
  const ann = await browser.newPage("http://localhost:5173/?user=ann");
  const bob = await browser.newPage("http://localhost:5173/?user=bob");
  await timed("two browser windows show the bucket, live", async () => {
    for (const window of [ann, bob]) await window.waitFor(connected, 20_000);
  });
  await timed("what Ann says stands in Bob's window, once", async () => {
    await say(ann, "Hello, Bob");
    await bob.waitFor(isThereOnce("Hello, Bob"));
  });
  await log.stop(serve);
  await timed("without the server Ann says more, and it stands there after a reload", async () => {
    await say(ann, "Still there?");
    await ann.waitFor(isThereOnce("Still there?"));
    await ann.goto("http://localhost:5173/?user=ann");
    await ann.waitFor(isThereOnce("Still there?"));
  });
  await log.start(serve, app, "chat.sqlite");
  await timed("the server is back: it stands in Bob's window, once", async () => {
    await bob.waitFor(isThereOnce("Still there?"), 30_000);
    await ann.waitFor(isThereOnce("Still there?"));
  });
  quiet(ann, bob);
}

async function say(window: Page, text: string): Promise<void> {
  await window.evaluate(`document.querySelector("input").value = ${JSON.stringify(text)}`);
  await window.evaluate(`document.querySelector("form").requestSubmit()`);
}

/** A page that complains is no success. */
function quiet(...pages: readonly Page[]): void {
  const complaints = pages.flatMap(({ console: said }) =>
    said.filter((line) => /error|exception/i.test(line)),
  );
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
}

function table(steps: readonly Step[]): string {
  const rows = steps.map(({ what, seconds }) => `| ${what} | ${seconds.toFixed(1)} s |`);
  const all = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return ["| step | took |", "| --- | --- |", ...rows, `| together | ${all.toFixed(0)} s |`].join(
    "\n",
  );
}

function withLog(text: string, demo: readonly Step[], app: readonly Step[]): string {
  const day = new Date().toISOString().slice(0, 10);
  const log = [
    `Walked on ${day} with Node ${process.version}, by \`npm run strangers-path\`.`,
    `## From a clone to a message between two windows\n\n${table(demo)}`,
    `## From an empty folder to a \`useBucket\` that works\n\n${table(app)}`,
  ].join("\n\n");
  const home = fileURLToPath(root);
  return text.replace(
    /<!-- log -->[^]*<!-- end of the log -->/,
    () => `<!-- log -->\n\n${log.replaceAll(home, "<repository>")}\n\n<!-- end of the log -->`,
  );
}

const chromium = await findChromium();
if (chromium === null) throw new Error("This needs a Chromium: name one by CHROMIUM.");
const folder = mkdtempSync(join(tmpdir(), "holdfast-stranger-"));
try {
  const demo = await walkDemo(folder, chromium);
  const app = await walkApp(folder, chromium);
  writeFileSync(page, withLog(readFileSync(page, "utf8"), demo, app));
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
