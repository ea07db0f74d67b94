/**
 * How the tests run. The projects: `unit` (pure, on manual clocks, shared threads), `react` and
 * `react-18` (the hooks, in a window of happy-dom, on both versions of React), `sockets` (real
 * sockets and handles, one process a file), `crash` (processes that are killed, again and again)
 * and `browser` (a real Chromium). Tests always run against the sources: each name a package
 * exports is aliased to the source file it is built from, so no build can be stale under a test.
 */
import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

import { viteAliases } from "./tools/source-aliases.ts";

const resolve = { alias: viteAliases() };
const socketTests = "**/*.sockets.test.ts";
const browserTests = "**/*.browser.test.ts";
// They take all there is of the processors; by themselves they starve nobody who measures time.
const crashTests = "**/test/crash/**";
const reactTests = "packages/react/test/**/*.test.ts";
const folders = ["packages/*/test", "examples/*/test", "tools"];
// `npm run check:deep` sets this; property tests then run longer.
const isDeep = process.env["HOLDFAST_DEEP"] === "1";
const inFolders = (pattern: string): string[] => folders.map((folder) => `${folder}/${pattern}`);

/** The hooks' tests; `extra` says on which React. */
function reactProject(
  name: string,
  major: string,
  extra: readonly { find: RegExp; replacement: string }[] = [],
) {
  return {
    resolve: { alias: [...viteAliases(), ...extra] },
    test: {
      name,
      include: [reactTests],
      environment: "happy-dom",
      env: { HOLDFAST_REACT: major },
      setupFiles: ["packages/react/test/support/act-environment.ts"],
      server: { deps: { inline: [/@testing-library/] } },
      sequence: { groupOrder: 0 },
    },
  };
}

/** Testing Library looks for React by itself, unless its modules are aliased as ours are. */
const testingLibrary = {
  find: /^@testing-library\/react$/,
  replacement: fileURLToPath(
    new URL(
      "node_modules/@testing-library/react/dist/@testing-library/react.esm.js",
      import.meta.url,
    ),
  ),
};

const react18 = ["react", "react-dom", "scheduler"].map((name) => ({
  find: new RegExp(`^${name}(?=/|$)`),
  replacement: fileURLToPath(new URL(`tools/react-18/node_modules/${name}`, import.meta.url)),
}));

export default defineConfig({
  test: {
    reporters: ["default", "./tools/vitest-closing-line.ts"],
    projects: [
      {
        resolve,
        test: {
          name: "unit",
          include: inFolders("**/*.test.ts"),
          exclude: [socketTests, browserTests, reactTests],
          // No unit test touches a global, so files may share a worker: 1,200 tests take 3 s
          // instead of 9 s.
          pool: "threads",
          isolate: false,
          testTimeout: isDeep ? 1_800_000 : 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      reactProject("react", "19"),
      reactProject("react-18", "18", [testingLibrary, ...react18]),
      {
        resolve,
        test: {
          name: "sockets",
          include: inFolders(socketTests),
          exclude: [crashTests],
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
          name: "crash",
          include: [`packages/testing/test/crash/${socketTests}`],
          pool: "forks",
          testTimeout: isDeep ? 3_600_000 : 150_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 2 },
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
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
