import { expect, test } from "vitest";

import { projectFiles } from "../project-files.ts";
import { commandsOf, filesOf } from "./guide.ts";

const guide = projectFiles().get("docs/guides/first-react-app.md") ?? "";

test("the guide shows every file of the app, and three blocks of commands", () => {
  expect([...filesOf(guide).keys()]).toEqual([
    "contract.ts",
    "server.ts",
    "index.html",
    "main.tsx",
  ]);
  expect(commandsOf(guide).map((block) => block.length)).toEqual([4, 4, 2]);
});

test("files are read without their names, commands without their comments", () => {
  expect([...filesOf("```html\n<!-- a.html -->\n<p>\n```\n```ts\nlet a;\n```\n")]).toEqual([
    ["a.html", "<p>\n"],
  ]);
  expect(commandsOf("```sh\n# first\nnpm ci # all\nnpm start\n```\n")).toEqual([
    ["npm ci", "npm start"],
  ]);
});
