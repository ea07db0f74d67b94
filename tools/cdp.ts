/**
 * A small client of Chromium's DevTools protocol for the browser tests. Test libraries pin every
 * page visible and turn the page cache off, so that hiding, freezing and going back have no effect
 * and no error; here they really happen.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { WebSocket } from "ws";

import { chromiumArguments } from "./chromium.ts";
import { DevTools, type Params } from "./dev-tools.ts";

/** The size of a page in CSS pixels. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** One page, in a window of its own. It is visible unless it is hidden. */
export class Page {
  readonly #devTools: DevTools;
  readonly #targetId: string;
  readonly #sessionId: string;
  /** What the page printed and threw, oldest first. */
  readonly console: string[] = [];

  constructor(devTools: DevTools, targetId: string, sessionId: string) {
    this.#devTools = devTools;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    this.on("Runtime.consoleAPICalled", (params) =>
      this.console.push(JSON.stringify(params["args"])),
    );
    this.on("Runtime.exceptionThrown", (params) =>
      this.console.push(JSON.stringify(params["exceptionDetails"])),
    );
  }

  /** A command to this tab, as the DevTools protocol names it. */
  async send(method: string, params: Params = {}): Promise<Params> {
    return await this.#devTools.send(method, params, this.#sessionId);
  }

  /** Calls `listener` for each event of this tab named `method`. Returns its undo. */
  on(method: string, listener: (params: Params) => void): () => void {
    return this.#devTools.on((event) => {
      if (event.sessionId === this.#sessionId && event.method === method)
        listener(event.params ?? {});
    });
  }

  /** Resolves when the new page has loaded. */
  async goto(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      const off = this.on("Page.loadEventFired", () => {
        off();
        resolve();
      });
    });
    const { errorText } = await this.send("Page.navigate", { url });
    if (typeof errorText === "string") throw new Error(`${url}: ${errorText}`);
    await loaded;
  }

  /**
   * The value of an expression in the page, awaited there; it must be JSON. `T` is the caller's
   * claim.
   */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", options);
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  /**
   * Resolves with the first truthy value of `expression`, looked at every 50 ms; rejects after
   * `timeoutMs`.
   */
  async waitFor<T>(expression: string, timeoutMs = 10_000): Promise<T> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(50)) {
      const value = await this.evaluate<T>(expression);
      if (value) return value;
    }
    throw new Error(`not within ${timeoutMs} ms: ${expression}`);
  }

  /** Hides the page as a person does who minimises its window. */
  async hide(): Promise<void> {
    await this.#setWindow("minimized");
  }

  /** Shows the page again. */
  async show(): Promise<void> {
    await this.#setWindow("normal");
    await this.#devTools.send("Target.activateTarget", { targetId: this.#targetId });
  }

  /** Freezes a hidden page or thaws it; thawed, it stays hidden until it is shown. */
  async setLifecycle(state: "frozen" | "active"): Promise<void> {
    await this.send("Page.setWebLifecycleState", { state });
  }

  /** Lays the page out for a screen of this size. */
  async resize({ width, height }: Viewport): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 500 };
    await this.send("Emulation.setDeviceMetricsOverride", metrics);
  }

  async setColorScheme(scheme: "light" | "dark"): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { features });
  }

  /** A PNG of what is in view. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(String(data), "base64");
  }

  async close(): Promise<void> {
    await this.#devTools.send("Target.closeTarget", { targetId: this.#targetId });
  }

  async #setWindow(windowState: "minimized" | "normal"): Promise<void> {
    const { windowId } = await this.send("Browser.getWindowForTarget");
    await this.send("Browser.setWindowBounds", { windowId, bounds: { windowState } });
  }
}

/** Resolves with the address of the DevTools socket, which a starting browser prints. */
async function devToolsUrl(child: ChildProcess): Promise<string> {
  return await new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const url = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (url) resolve(url);
    });
    child.on("error", reject);
    child.on("exit", (code) =>
      reject(new Error(`Chromium ended with ${code} while starting:\n${said}`)),
    );
  });
}

/** One headless Chromium with a fresh profile. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #devTools: DevTools;

  private constructor(child: ChildProcess, profile: string, devTools: DevTools) {
    this.#process = child;
    this.#profile = profile;
    this.#devTools = devTools;
  }

  /** Starts the Chromium at `path`, with `extra` arguments after ours. */
  static async launch(path: string, extra: readonly string[] = []): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), "holdfast-chromium-"));
    const own = ["--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
    // Detached: the installed program may be a script, and closing must end everything it started.
    const child = spawn(path, [...own, ...chromiumArguments, ...extra, "about:blank"], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    const socket = new WebSocket(await devToolsUrl(child), { perMessageDeflate: false });
    await new Promise<void>(
      (resolve, reject) => void socket.once("open", resolve).once("error", reject),
    );
    return new Browser(child, profile, new DevTools(socket));
  }

  /**
   * Opens a page in a new window and resolves when `url` has loaded. With `isOtherProfile` it is as
   * in another browser: it shares no cookies and nothing stored with any other page.
   */
  async newPage(url: string, { isOtherProfile = false } = {}): Promise<Page> {
    const where: Params = { url: "about:blank", newWindow: true };
    if (isOtherProfile)
      Object.assign(where, await this.#devTools.send("Target.createBrowserContext"));
    const { targetId } = await this.#devTools.send("Target.createTarget", where);
    const { sessionId } = await this.#devTools.send("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const page = new Page(this.#devTools, String(targetId), String(sessionId));
    await page.send("Page.enable");
    await page.send("Runtime.enable");
    await page.goto(url);
    return page;
  }

  /** Whether going back may restore a page as it was; the Chromium that npm carries never does. */
  async hasPageCache(): Promise<boolean> {
    const { product } = await this.#devTools.send("Browser.getVersion");
    return typeof product === "string" && !product.startsWith("HeadlessChrome");
  }

  /** Ends the browser and everything it started, and removes its profile. */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => void this.#process.once("exit", () => resolve()));
    const running = this.#process.exitCode === null && this.#process.signalCode === null;
    await this.#devTools.send("Browser.close").catch(() => undefined);
    if (running) await Promise.race([ended, sleep(3_000)]);
    this.#devTools.close();
    killGroup(this.#process);
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // Nothing was left.
  }
}
