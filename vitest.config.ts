/**
 * How the tests run. Three projects: `unit` (pure, on manual clocks, shared threads), `sockets`
 * (real sockets and handles, one process a file) and `browser` (a real Chromium). Tests always run
 * against the sources: each name a package exports is aliased to the source file it is built from,
 * so no build can be stale under a test.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

const root = new URL("./", import.meta.url);

/**
 * `@holdfast/client/web` → `packages/client/src/adapters/platforms/web.ts`, read off each package's
 * `exports`.
 */
function sourceAliases(): { find: RegExp; replacement: string }[] {
  return readdirSync(new URL("packages/", root)).flatMap((name) => {
    const folder = new URL(`packages/${name}/`, root);
    const { exports } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as {
      exports: Record<string, { default: string }>;
    };
    return Object.entries(exports).map(([subpath, { default: built }]) => ({
      find: new RegExp(`^@holdfast/${name}${subpath.slice(1)}$`),
      replacement: fileURLToPath(
        new URL(built.replace("./dist/", "src/").replace(/\.js$/, ".ts"), folder),
      ),
    }));
  });
}

const resolve = { alias: sourceAliases() };
const socketTests = "**/*.sockets.test.ts";
const browserTests = "**/*.browser.test.ts";
const folders = ["packages/*/test", "examples/*/test", "tools"];
const inFolders = (pattern: string): string[] => folders.map((folder) => `${folder}/${pattern}`);

export default defineConfig({
  test: {
    reporters: ["default", "./tools/vitest-closing-line.ts"],
    projects: [
      {
        resolve,
        test: {
          name: "unit",
          include: inFolders("**/*.test.ts"),
          exclude: [socketTests, browserTests],
          // No unit test touches a global, so files may share a worker: 1,200 tests take 3 s
          // instead of 9 s.
          pool: "threads",
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        test: {
          name: "sockets",
          include: inFolders(socketTests),
          // A process a file: these tests count handles and heap, and what one leaves behind must
          // not blame another.
          pool: "forks",
          execArgv: ["--expose-gc"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        test: {
          name: "browser",
          include: inFolders(browserTests),
          globalSetup: ["./tools/chromium-setup.ts"],
          // One at a time: a page starved of processor time says nothing about the page.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
