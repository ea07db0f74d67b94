/**
 * The compiler as a test: all tests and tools compile against the sources, and each line that is
 * marked `@ts-expect-error` does not. What a contract must forbid is written down in such lines.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

test("what fits compiles, and what does not fit does not", { timeout: 120_000 }, () => {
  const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.test.json"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});
