import { expect, test } from "vitest";

import { projectFiles } from "./project-files.ts";
import { compilerWords } from "./snippets-compiler.ts";
import { modulesIn, snippetsOf } from "./snippets.ts";

const snippets = snippetsOf(projectFiles());

test("all code in the documents compiles as it stands", { timeout: 120_000 }, () => {
  expect([...snippets.keys()]).toEqual(
    expect.arrayContaining(["README.md/contract.ts", "README.md/server.ts", "README.md/client.ts"]),
  );
  expect(compilerWords(snippets)).toBe("");
});

test("an example that the sources contradict is found, at its line", { timeout: 60_000 }, () => {
  const readme = [...snippets].filter(([path]) => path.startsWith("README.md/"));
  const wrong = readme.map(([path, code]): [string, string] => [
    path,
    code.replace('call("message.send", { room: "lobby"', 'call("message.send", { room: 1'),
  ]);
  const words = compilerWords(new Map(wrong));
  const client = snippets.get("README.md/client.ts") ?? "";
  const line = client.split("\n").findIndex((text) => text.includes('call("message.send"')) + 1;
  expect(words).toContain(`README.md/client.ts(${line},`);
});

test("a block that opens with a file's name is that file", () => {
  expect([...modulesIn("```ts\n// a.ts\nlet a;\n```\n\n```tsx\nlet b;\n```\n")]).toEqual([
    ["a.ts", "\n// a.ts\nlet a;\n"],
    ["line-7.tsx", "\n\n\n\n\n\nlet b;\n"],
  ]);
});

test("hidden lines come before the next block, and hidden files are files", () => {
  const text = "<!--ts\nlet a;\n-->\n<!--ts\n// f.ts\nlet f;\n-->\n```ts\nlet b;\n```\n";
  expect([...modulesIn(text)]).toEqual([
    ["f.ts", "\n\n\n\n// f.ts\nlet f;\n"],
    ["line-9.ts", "\nlet a;\n\n\n\n\n\n\nlet b;\n"],
  ]);
});

test("a block that never ends, and two files of one name, are faults", () => {
  expect(() => modulesIn("```ts\nlet a;\n")).toThrow("line 1");
  expect(() => modulesIn("```ts\n// a.ts\n```\n```ts\n// a.ts\n```\n")).toThrow("a.ts");
});
