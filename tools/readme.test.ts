/** README.md's example cannot rot: its files are checked as they stand, by the sources. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The TypeScript blocks whose first line names a file, by that name. */
function exampleFiles(markdown: string): ReadonlyMap<string, string> {
  const blocks = markdown.matchAll(/^```ts\n\/\/ (\S+\.ts)\n([^]*?)^```$/gm);
  return new Map([...blocks].map(([, name = "", text = ""]) => [name, text]));
}

/** What the compiler says of these files, in the words of its own. */
function compilerWords(files: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-readme-"));
  try {
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const config = {
      extends: join(root, "tsconfig.test.json"),
      compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
      include: [],
      files: [...files.keys()],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const { stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", folder], {
      encoding: "utf8",
    });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const example = exampleFiles(readFileSync(join(root, "README.md"), "utf8"));

test("the README's example compiles as it stands", { timeout: 60_000 }, () => {
  expect([...example.keys()]).toEqual(["contract.ts", "server.ts", "client.ts", "durable.ts"]);
  expect(compilerWords(example)).toBe("");
});

test("an example that the sources contradict is found", { timeout: 60_000 }, () => {
  const client = (example.get("client.ts") ?? "").replace('room: "lobby"', "room: 1");
  expect(compilerWords(new Map([...example, ["client.ts", client]]))).toContain("client.ts");
});
