/** Runs the tests that stand in the guides, as they stand there. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, expect, test } from "vitest";

import { projectFiles, root } from "./project-files.ts";
import { snippetsOf } from "./snippets.ts";

const snippets = snippetsOf(projectFiles());
const stories = [...snippets.keys()].filter((path) => path.endsWith(".test.ts"));
const folder = mkdtempSync(join(tmpdir(), "holdfast-guides-"));
afterAll(() => rmSync(folder, { recursive: true }));

symlinkSync(fileURLToPath(new URL("node_modules", root)), join(folder, "node_modules"), "junction");
for (const [path, text] of snippets) {
  mkdirSync(join(folder, posix.dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
for (const story of stories) await import(join(folder, story));

test("the guide to testing has a story that was run here", () => {
  expect(stories).toContain("docs/guides/testing-your-app.md/story.test.ts");
});
