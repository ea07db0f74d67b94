/**
 * The inspector in a real Chromium, one story after the other: docked to the demo, walked by keys,
 * in a tab of its own, and with the files that people drop onto it.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { Browser, type Page } from "../../../tools/cdp.ts";
import { startChat, type Chat } from "../src/server.ts";
import { buildPage } from "./support/built-page.ts";
import { DataFolder } from "./support/data-folder.ts";
import { DemoPage } from "./support/demo-page.ts";

const chromium = inject("chromium");
const browserTest = test.skipIf(chromium === null);

/** An inspector on a clock that counts: whether timers ran, and how many are left after its end. */
const TIMERS_LEFT = `(async () => {
  const { inspect } = await import("@holdfast/inspector");
  const { RealtimeClient, Cell, systemClock } = await import("@holdfast/client");
  const alarms = new Set();
  const at = (deadline, wake) => {
    const alarm = {};
    alarms.add(alarm);
    const cancel = systemClock.at(deadline, () => alarms.delete(alarm) && wake());
    return () => (alarms.delete(alarm), cancel());
  };
  const credentials = { identity: new Cell(null), token: async () => null };
  const client = new RealtimeClient({ url: "ws://nowhere.test", credentials });
  const shown = inspect(client, { clock: { ...systemClock, at } });
  const stop = shown.add(client, { name: "again", clock: { ...systemClock, at } });
  const ran = alarms.size === 3;
  stop();
  shown.close();
  shown.close();
  return [ran, alarms.size];
})()`;

const data = new DataFolder();
let chat: Chat;
let browser: Browser;
let demo: DemoPage;
let tab: Page;
/** What the browser itself found wrong, as a security policy that was broken. */
const complaints: string[] = [];

/** Inside the inspector of a page. */
const inside = (selector: string): string =>
  `document.querySelector("holdfast-inspector")?.shadowRoot.querySelector(${JSON.stringify(selector)})`;
const textOf = async (page: Page, selector: string): Promise<string> =>
  await page.evaluate(`${inside(selector)}.textContent`);
const shows = async (page: Page, selector: string, text: string): Promise<void> => {
  await page.waitFor(`${inside(selector)}?.textContent.includes(${JSON.stringify(text)})`);
};
/** The place of the slider, and its words. */
const moment = async (page: Page): Promise<readonly [now: number, max: number, words: string]> =>
  await page.evaluate(
    `((band) => [Number(band.ariaValueNow), Number(band.ariaValueMax), band.ariaValueText])(${inside(".band")})`,
  );

async function key(page: Page, name: string): Promise<void> {
  for (const type of ["keyDown", "keyUp"])
    await page.send("Input.dispatchKeyEvent", { type, key: name });
}

async function listen(page: Page): Promise<void> {
  page.on("Log.entryAdded", ({ entry }) => {
    const { text, source } = entry as { readonly text: string; readonly source: string };
    if (source !== "network" && !text.includes("WebSocket connection")) complaints.push(text);
  });
  await page.send("Log.enable");
}

/** Drops a file onto the inspector, as a person does. */
async function drop(page: Page, text: string, name: string): Promise<void> {
  await page.evaluate(`((target) => {
    const files = new DataTransfer();
    files.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
    for (const type of ["dragenter", "dragover", "drop"])
      target.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
  })(${inside(".inspector")})`);
}

beforeAll(async () => {
  if (chromium === null) return;
  buildPage();
  chat = await startChat({ port: 0, dataFolder: data.path, awayMs: 1_000 });
  browser = await Browser.launch(chromium);
  const page = await browser.newPage("about:blank");
  await listen(page);
  await page.resize({ width: 1280, height: 900 });
  await page.goto(chat.url);
  demo = new DemoPage(page);
  await demo.bothConnected();
});

afterAll(async () => {
  await browser?.close();
  await chat?.close();
  data.remove();
});

browserTest(
  "it is not loaded before it is opened, and then shows the live connection (D2)",
  async () => {
    const loaded = `performance.getEntriesByType("resource").some(({ name }) => name.includes("inspector-panel"))`;
    expect(await demo.page.evaluate(loaded)).toBe(false);
    await demo.page.evaluate(`document.getElementById("inspect").click()`);
    await shows(demo.page, ".bar .pill", "Open");
    expect(await demo.page.evaluate(loaded)).toBe(true);
    expect(await textOf(demo.page, ".box[data-lit=true]")).toBe("Open");
    await shows(demo.page, ".timers", "ping");
    await shows(demo.page, ".rows", "Saying hello → Open");
    const left = await textOf(demo.page, ".timers .left");
    await demo.page.waitFor(
      `${inside(".timers .left")}.textContent !== ${JSON.stringify(left)}`,
      2_000,
    );
  },
);

browserTest("what happens to the connection is seen as it happens", async () => {
  await demo.fault("ann", "signOut");
  await shows(demo.page, ".bar .pill", "Waiting");
  await shows(demo.page, ".blocked", "Blocked until: signed in.");
  await shows(demo.page, ".constraints [data-blocks=true]", "Signed in");
  expect(await demo.page.evaluate(`${inside(".hops")}.childElementCount`)).toBe(3);
  await demo.fault("ann", "signOut");
  await shows(demo.page, ".bar .pill", "Open");
  await demo.fault("ann", "offline");
  await demo.say("ann", "Written offline");
  await demo.page.evaluate(`${inside("[data-tab=transactions]")}.click()`);
  await shows(demo.page, ".ledger", "1 pending");
  await demo.fault("ann", "offline");
  await shows(demo.page, ".ledger", "Nothing is pending");
  await demo.page.evaluate(`${inside("[data-tab=buckets]")}.click()`);
  await shows(demo.page, ".ledger", "room:lobby");
});

browserTest("payloads are hidden until they are asked for, and a token never shows", async () => {
  await demo.page.evaluate(`${inside("[data-tab=frames]")}.click()`);
  await shows(demo.page, ".ledger", "hello");
  expect(await textOf(demo.page, ".ledger")).not.toContain("Written offline");
  await demo.page.evaluate(`${inside(".ledger input")}.click()`);
  await shows(demo.page, ".ledger", "Written offline");
  expect(await textOf(demo.page, ".ledger")).not.toContain(`"token":`);
  await demo.page.evaluate(`${inside(".ledger input")}.click()`);
  expect(await textOf(demo.page, ".ledger")).not.toContain("Written offline");
});

browserTest(
  "one walks through time by the keyboard alone, and back to the present (D2)",
  async () => {
    const { page } = demo;
    await page.evaluate(`${inside(".band")}.focus()`);
    await key(page, "Home");
    expect(await moment(page)).toMatchObject([
      0,
      expect.any(Number),
      expect.stringContaining("event 1 of"),
    ]);
    await shows(page, ".title", "Stopped");
    await key(page, "ArrowRight");
    expect((await moment(page))[0]).toBe(1);
    await key(page, "PageUp");
    const [place, , words] = await moment(page);
    expect(words).toContain("Stopped → Dialling");
    expect(await textOf(page, ".moment pre")).toContain(`"state": "connectingTransport"`);
    expect(await textOf(page, ".title")).toContain("Dialling");
    expect(await textOf(page, ".box[data-lit=true]")).toBe("Dialling");
    expect(await textOf(page, "[aria-selected=true] .move")).toBe("Stopped → Dialling");
    await key(page, "ArrowLeft");
    expect((await moment(page))[0]).toBe(place - 1);
    // The moment is held while life goes on.
    await demo.fault("ann", "connectNow");
    await page.waitFor(`Number(${inside(".band")}.ariaValueMax) > ${(await moment(page))[1]}`);
    expect((await moment(page))[0]).toBe(place - 1);
    await page.evaluate(`${inside(".rows")}.focus()`);
    await key(page, "ArrowUp");
    expect((await moment(page))[0]).toBe(place);
    await key(page, "End");
    await page.waitFor(`${inside(".live")}.ariaPressed === "true"`);
  },
);

browserTest(
  "a click chooses a row, and the list can be cut to what changed the state",
  async () => {
    const { page } = demo;
    const before: number = await page.evaluate(`${inside(".rows")}.childElementCount`);
    await page.evaluate(`${inside(".timeline input")}.click()`);
    expect(await page.evaluate<number>(`${inside(".rows")}.childElementCount`)).toBeLessThan(
      before,
    );
    await page.evaluate(`${inside(".rows li:last-child")}.click()`);
    expect(await textOf(page, "[aria-selected=true] .move")).toBe("Stopped → Dialling");
    await page.evaluate(`${inside(".live")}.click()`);
    await page.evaluate(`${inside(".timeline input")}.click()`);
  },
);

browserTest("another tab shows both clients, live, over a BroadcastChannel (D2)", async () => {
  tab = await browser.newPage("about:blank");
  await listen(tab);
  await tab.resize({ width: 1280, height: 900 });
  await tab.goto(`${chat.url}inspector.html`);
  await tab.waitFor(`${inside(".bar select")}?.options.length === 2`);
  await shows(tab, ".bar .pill", "Open");
  await demo.fault("ann", "stop");
  await shows(tab, ".bar .pill", "Stopped");
  await demo.fault("ann", "stop");
  await shows(tab, ".bar .pill", "Open");
  await tab.evaluate(`((picker) => {
    picker.selectedIndex = 1;
    picker.dispatchEvent(new Event("change"));
  })(${inside(".bar select")})`);
  expect(await textOf(tab, ".rows")).not.toContain("userStop");
});

browserTest("a trace that is dropped onto it opens, and can be walked through (D2)", async () => {
  const trace: string = await demo.page.evaluate(`(async () => {
    const { exportTrace } = await import("@holdfast/client/trace");
    const { RealtimeClient, Cell } = await import("@holdfast/client");
    const client = new RealtimeClient({
      url: location.origin.replace("http", "ws") + "/nowhere",
      credentials: { identity: new Cell("x"), token: async () => "t" },
    });
    client.start();
    client.stop();
    const text = JSON.stringify(exportTrace(client));
    client.close();
    return text;
  })()`);
  await drop(tab, trace, "bug-report.json");
  await shows(tab, ".bar select", "bug-report.json");
  await shows(tab, ".title", "Stopped");
  const [, max] = await moment(tab);
  expect(max).toBe((JSON.parse(trace) as { entries: unknown[] }).entries.length - 1);
  await tab.evaluate(`${inside(".band")}.focus()`);
  await key(tab, "PageDown");
  await shows(tab, ".title", "Dialling");
});

browserTest("a trace can be chosen by the button too", async () => {
  await demo.page.evaluate(`((input) => {
    const files = new DataTransfer();
    files.items.add(new File(["7"], "seven.json"));
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
  })(${inside("input[type=file]")})`);
  await shows(demo.page, ".fault", "no trace");
});

browserTest("a file that is none says so, and what was shown stays", async () => {
  const title = await textOf(tab, ".title");
  await drop(tab, `<script>alert(1)</script>`, "x.html");
  await shows(tab, ".fault", "This is not JSON.");
  await drop(tab, `{"format":"holdfast-trace/1","entries":[{}]}`, "x.json");
  await shows(tab, ".fault", "The trace is not whole");
  expect(await textOf(tab, ".title")).toBe(title);
  await tab.evaluate(
    `new BroadcastChannel("holdfast-inspector").postMessage({ holdfast: "report", id: "x", text: "{" })`,
  );
  await shows(tab, ".fault", "no report");
});

browserTest("what it saves is a trace that opens again", async () => {
  const text: string = await demo.page.evaluate(`(async () => {
    const make = URL.createObjectURL;
    const saved = new Promise((resolve) => {
      URL.createObjectURL = (blob) => (resolve(blob.text()), make.call(URL, blob));
    });
    [...${inside(".bar")}.querySelectorAll("button")].find((one) => one.textContent === "Save trace").click();
    URL.createObjectURL = make;
    return await saved;
  })()`);
  await drop(tab, text, "saved.json");
  await shows(tab, ".title", "Open");
  expect(await textOf(tab, ".fault")).toBe("");
});

browserTest("without a client it says what to do", async () => {
  const empty = await browser.newPage("about:blank", { isOtherProfile: true });
  await empty.goto(`${chat.url}inspector.html`);
  await shows(empty, ".moment", "Nothing to show yet");
  await shows(empty, ".moment", "drop a trace");
  expect(await empty.evaluate(TIMERS_LEFT)).toEqual([true, 0]);
  expect(await empty.evaluate(`${inside(".band")}.checkVisibility()`)).toBe(false);
  await empty.close();
});

browserTest(
  "everybody can use it: on phones and desks, in light and dark, docked and alone",
  async () => {
    for (const page of [demo.page, tab]) {
      await page.evaluate(axeSource());
      for (const scheme of ["light", "dark"] as const) {
        await page.setColorScheme(scheme);
        for (const width of [390, 800, 1280]) {
          await page.resize({ width, height: 900 });
          await sleep(400);
          const root = "document.documentElement";
          expect(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`)).toBe(0);
          expect(await seriousFaults(page), `${scheme}, ${width} px`).toEqual([]);
        }
      }
    }
  },
);

browserTest("closed, it is gone, and can be opened again", async () => {
  const { page } = demo;
  await page.evaluate(`${inside(".close")}.focus()`);
  await page.evaluate(`${inside(".close")}.click()`);
  expect(await page.evaluate(`document.querySelector("holdfast-inspector")`)).toBe(null);
  expect(await page.evaluate(`document.getElementById("inspect").ariaPressed`)).toBe("false");
  expect(await page.evaluate(`document.activeElement.id`)).toBe("inspect");
  await page.evaluate(`document.getElementById("inspect").click()`);
  await shows(page, ".bar .pill", "Open");
});

browserTest("a storm of 500 clients passes, and its curve is drawn (U2)", async () => {
  const { page } = demo;
  await page.evaluate(`document.getElementById("raise-storm").click()`);
  await page.waitFor(
    `document.querySelector(".storm-words").textContent.startsWith("All 500 are back")`,
    45_000,
  );
  const points: number = await page.evaluate(
    `document.querySelector(".storm-line").points.numberOfItems`,
  );
  expect(points).toBeGreaterThan(10);
  await demo.bothConnected();
});

browserTest("neither page ever complained", () => {
  expect(demo.page.console).toEqual([]);
  expect(tab.console).toEqual([]);
  expect(complaints).toEqual([]);
});

async function seriousFaults(page: Page): Promise<string[]> {
  return await page.evaluate(`axe.run(document).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 160)).join(" | ")))`);
}

function axeSource(): string {
  const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  return `${readFileSync(path, "utf8")}; undefined`;
}
