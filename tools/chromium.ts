/**
 * Finds a Chromium for the browser tests: the one named by `CHROMIUM`, an installed one, or the one
 * that npm carries in `@sparticuz/chromium`. It starts nothing.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

const installed = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** What every run needs: no sandbox in a container, no network of the browser's own. */
export const chromiumArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The path of a Chromium that can be run, or null where none can be had. A wrong `CHROMIUM` is an
 * error.
 */
export async function findChromium(): Promise<string | null> {
  const named = process.env["CHROMIUM"];
  if (named) {
    if (!isExecutable(named))
      throw new Error(`CHROMIUM names no program that can be run: ${named}`);
    return named;
  }
  const found = installed.find(isExecutable);
  if (found) return found;
  // The carried binary is built for Linux on x64; unpacking it takes 1.6 s once, into the temporary
  // folder.
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  try {
    const { default: carried } = await import("@sparticuz/chromium");
    const path = await carried.executablePath();
    // It still needs some libraries of the system; where these are missing it does not start.
    return spawnSync(path, ["--version"], { timeout: 20_000 }).status === 0 ? path : null;
  } catch {
    return null;
  }
}
