/**
 * A small client of Chromium's DevTools protocol for the browser tests. Test libraries pin every page visible and turn
 * the page cache off, so that hiding, freezing and going back have no effect and no error; here they really happen.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { WebSocket } from "ws";

import { chromiumArguments } from "./chromium.ts";

type Params = Readonly<Record<string, unknown>>;

interface Reply {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

interface Waiter {
  readonly resolve: (result: Params) => void;
  readonly reject: (error: Error) => void;
}

/** The size of a page in CSS pixels. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
}

const commandTimeoutMs = 30_000;

/** The socket to the browser: commands out, replies and events in, by session. */
class Connection {
  readonly #socket: WebSocket;
  readonly #waiters = new Map<number, Waiter>();
  readonly #listeners = new Set<(event: Reply) => void>();
  #nextId = 1;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#receive(JSON.parse(data.toString()) as Reply));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#fail(new Error("the browser has gone")));
  }

  /** Rejects with the browser's error, when the browser goes, or after 30 s. */
  async send(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
    const id = this.#nextId++;
    const late = new AbortController();
    const reply = new Promise<Params>((resolve, reject) => this.#waiters.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    const timeout = sleep(commandTimeoutMs, null, { signal: late.signal }).then(
      () => Promise.reject(new Error(`${method}: no answer within ${commandTimeoutMs} ms`)),
      () => ({}),
    );
    try {
      return await Promise.race([reply, timeout]);
    } finally {
      late.abort();
      this.#waiters.delete(id);
    }
  }

  on(listener: (event: Reply) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive(reply: Reply): void {
    if (reply.id === undefined) {
      for (const listener of this.#listeners) listener(reply);
      return;
    }
    const waiter = this.#waiters.get(reply.id);
    if (reply.error) waiter?.reject(new Error(reply.error.message));
    else waiter?.resolve(reply.result ?? {});
  }

  #fail(error: Error): void {
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
  }
}

/** One tab. It is visible while it is the tab in front, and hidden otherwise, as for a person. */
export class Page {
  readonly #connection: Connection;
  readonly #targetId: string;
  readonly #sessionId: string;
  /** What the page printed and threw, oldest first. */
  readonly console: string[] = [];

  constructor(connection: Connection, targetId: string, sessionId: string) {
    this.#connection = connection;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    this.on("Runtime.consoleAPICalled", (params) => this.console.push(JSON.stringify(params["args"])));
    this.on("Runtime.exceptionThrown", (params) => this.console.push(JSON.stringify(params["exceptionDetails"])));
  }

  /** A command to this tab, as the DevTools protocol names it. */
  async send(method: string, params: Params = {}): Promise<Params> {
    return await this.#connection.send(method, params, this.#sessionId);
  }

  /** Calls `listener` for each event of this tab named `method`. Returns its undo. */
  on(method: string, listener: (params: Params) => void): () => void {
    return this.#connection.on((event) => {
      if (event.sessionId === this.#sessionId && event.method === method) listener(event.params ?? {});
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
    if (errorText) throw new Error(`${url}: ${String(errorText)}`);
    await loaded;
  }

  /** The value of an expression in the page, awaited there; it must be JSON. `T` is the caller's claim. */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", options);
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  /** Resolves with the first truthy value of `expression`, looked at every 50 ms; rejects after `timeoutMs`. */
  async waitFor<T>(expression: string, timeoutMs = 10_000): Promise<T> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(50)) {
      const value = await this.evaluate<T>(expression);
      if (value) return value;
    }
    throw new Error(`not within ${timeoutMs} ms: ${expression}`);
  }

  /** Makes this the tab in front; the one that was is now hidden. */
  async activate(): Promise<void> {
    await this.#connection.send("Target.activateTarget", { targetId: this.#targetId });
  }

  /** Freezes the page or thaws it. Only a hidden page can be frozen; a thawed one stays hidden until activated. */
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
    await this.#connection.send("Target.closeTarget", { targetId: this.#targetId });
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
    child.on("exit", (code) => reject(new Error(`Chromium ended with ${code} while starting:\n${said}`)));
  });
}

/** One headless Chromium with a fresh profile. Its tabs share one window, so showing one hides the others. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #connection: Connection;

  private constructor(child: ChildProcess, profile: string, connection: Connection) {
    this.#process = child;
    this.#profile = profile;
    this.#connection = connection;
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
    await new Promise<void>((resolve, reject) => void socket.once("open", resolve).once("error", reject));
    return new Browser(child, profile, new Connection(socket));
  }

  /** Opens a tab in front of the others and resolves when `url` has loaded. */
  async newPage(url: string): Promise<Page> {
    const { targetId } = await this.#connection.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#connection.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this.#connection, String(targetId), String(sessionId));
    await page.send("Page.enable");
    await page.send("Runtime.enable");
    await page.goto(url);
    return page;
  }

  /** Ends the browser and everything it started, and removes its profile. */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => void this.#process.once("exit", () => resolve()));
    const running = this.#process.exitCode === null && this.#process.signalCode === null;
    await this.#connection.send("Browser.close").catch(() => undefined);
    if (running) await Promise.race([ended, sleep(3_000)]);
    this.#connection.close();
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
