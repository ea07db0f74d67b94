/**
 * Global setup of the browser tests: finds Chromium once, before any worker starts, and hands the
 * path on. Where none can be had the tests are skipped and one line says so; with `CI` set that is
 * a failure.
 */
import type { TestProject } from "vitest/node";

import { findChromium } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The path of a Chromium, or null: `test.skipIf(inject("chromium") === null)`. */
    chromium: string | null;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const chromium = await findChromium();
  if (chromium === null) {
    const message =
      "No Chromium found: browser tests are skipped. Install chromium, or set CHROMIUM to one.";
    if (process.env["CI"]) throw new Error(message);
    process.stdout.write(`\n${message}\n\n`);
  }
  project.provide("chromium", chromium);
}
