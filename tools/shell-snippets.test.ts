import { existsSync, readdirSync } from "node:fs";

import { expect, test } from "vitest";

import { projectFiles, root } from "./project-files.ts";
import { missingCommands } from "./shell-snippets.ts";

const commands = {
  scripts: new Set(["start", "lint"]),
  programs: new Set(["vitest"]),
  exists: (path: string): boolean => path === "tools/a.mjs",
};

const faultsIn = (text: string): string[] => missingCommands(new Map([["a.md", text]]), commands);

test("every command in the documents is there", () => {
  const files = projectFiles();
  const manifests = [...files].filter(([path]) => /^packages\/\w+\/package\.json$/.test(path));
  const ours = manifests.flatMap(([, text]) => {
    const { bin = {} } = JSON.parse(text) as { bin?: Record<string, string> };
    return Object.keys(bin);
  });
  const installed = readdirSync(new URL("node_modules/.bin/", root));
  const { scripts } = JSON.parse(files.get("package.json") ?? "{}") as {
    scripts: Record<string, string>;
  };
  const missing = missingCommands(files, {
    scripts: new Set(Object.keys(scripts)),
    programs: new Set([...ours, ...installed]),
    exists: (path) => existsSync(new URL(path, root)),
  });
  expect(missing).toEqual([]);
});

test("a script, a program or a file that is not there is found", () => {
  expect(faultsIn("```sh\nnpm run lint\nnpm run fly # up\n```\n")).toEqual([
    "a.md: `npm run fly` names a command that is not there",
  ]);
  expect(faultsIn("```sh\nnpx vitest && npx fly\n```\n")).toHaveLength(1);
  expect(faultsIn("```sh\nnode tools/a.mjs\nnode tools/b.mjs\nfly\n```\n")).toHaveLength(2);
});

test("a command in the midst of a sentence is looked at too", () => {
  expect(faultsIn("Say `npm start`, or `npm run fly -- --high`.")).toHaveLength(1);
});

test("settings in front of a command and comments behind it are no commands", () => {
  expect(faultsIn("```sh\nA=1 npm start   # sets up && runs\n\n# nothing\n```\n")).toEqual([]);
});
