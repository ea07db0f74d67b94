/** Holds the whole project to `tidy.ts`, and `tidy.ts` to a table of planted faults. */
import { expect, test } from "vitest";

import { projectFiles, root } from "./project-files.ts";
import { sourceAliases } from "./source-aliases.ts";
import { faultsOf } from "./tidy.ts";

test("the project keeps the rules of the house", () => {
  expect(faultsOf(projectFiles())).toEqual([]);
});

test("the paths of tsconfig.test.json are those that the packages export", () => {
  const { compilerOptions } = JSON.parse(projectFiles().get("tsconfig.test.json") ?? "") as {
    readonly compilerOptions: { readonly paths: Record<string, string[]> };
  };
  const aliases = sourceAliases().map(({ name, path }) => [name, [path]]);
  const paths = Object.entries(compilerOptions.paths).map(([name, [path = ""]]) => [
    name,
    [decodeURIComponent(new URL(path, root).pathname)],
  ]);
  expect(Object.fromEntries(paths)).toEqual(Object.fromEntries(aliases));
});

const opening = "/** What it owns. */\n";
const src = "packages/client/src/";

/** Each row: the path of a faulty file, its text, and a part of the fault that must be found. */
const planted: readonly (readonly [path: string, text: string, fault: string])[] = [
  [`${src}base/a.ts`, 'import { b } from "../session/b.ts";', "base may not import session"],
  [`${src}connection/a.ts`, 'import { b } from "../sync/b.ts";', "connection may not import sync"],
  [`${src}connection/a.ts`, 'import type { b } from "@holdfast/protocol";', "connection may not"],
  [`${src}adapters/platforms/a.ts`, 'import "../../session/b.ts";', "adapters may not import"],
  [`${src}session/a.ts`, 'import { on } from "node:events";', "session may not import node:events"],
  [`${src}session/a.ts`, 'import { v } from "valibot";', "session may not import valibot"],
  [`${src}stores/a.ts`, 'await import("@photostructure/sqlite");', "stores may not import @photo"],
  [`${src}realtime/a.ts`, 'import "@holdfast/server";', "client may not import @holdfast/server"],
  ["packages/server/src/a.ts", 'import "@holdfast/client";', "server may not import"],
  ["packages/protocol/src/a.ts", 'export * from "@holdfast/client";', "protocol may not import"],
  [`${src}session/a.ts`, "setTimeout(go, 1);", "use Clock.at"],
  [`${src}session/a.ts`, "const at = Date.now();", "use Clock.now"],
  [`${src}session/a.ts`, "const at = performance.now();", "use Clock.now"],
  [`${src}session/a.ts`, "const n = Math.random();", "use a Random"],
  [`${src}session/a.ts`, "console.log(1);", "use a trace entry"],
  [`${src}session/a.ts`, "const n = m as any;", "use unknown"],
  [`${src}session/a.ts`, "export const f = async function* () {};", "async generators"],
  [`${src}session/a.ts`, "// @ts-ignore\n", "use a type that is right"],
  [`${src}session/a.ts`, "// @ts-expect-error\n", "use a type that is right"],
  [`${src}session/a.ts`, "// TODO later\n", "use doing it"],
  [`${src}session/a.ts`, "// oxlint-disable-next-line no-x\n", "a reason"],
  [`${src}session/a.ts`, `// ${"long ".repeat(25)}\n`, "over 100"],
  [`${src}session/a.ts`, "\n".repeat(250), "which noun is hiding"],
  [`${src}session/BadName.ts`, "", "kebab-case"],
  [`${src}session/utils.ts`, "", "chief noun"],
  [`${src}session/a.ts`, "export class A {}", "test/session/a.test.ts is missing"],
  ["tools/a.ts", 'const home = "/home/somebody/x";', "a path inside the project"],
  ["docs/a.md", "See ../../elsewhere/design.md", "leads out of the project"],
  ["packages/client/test/a.test.ts", "vi.useFakeTimers();", "a port"],
  ["packages/client/test/a.test.ts", "await new Promise((r) => setTimeout(r, 1));", "no sleeps"],
  ["packages/client/test/a.test.ts", "test.only('x', f);", "all of them"],
];

test.each(planted)("a planted fault is found: %s %j", (path, text, fault) => {
  expect(faultsOf(new Map([[path, opening + text]]), {}).join("\n")).toContain(fault);
});

test("a file without an opening comment is found", () => {
  expect(faultsOf(new Map([["tools/a.ts", "export const a = 1;\n"]]), {})).toHaveLength(1);
});

test("a stale exception is found", () => {
  const tested = new Map([
    [`${src}session/a.ts`, `${opening}export function a(): void {}\n`],
    ["packages/client/test/session/a.test.ts", `${opening}\n`],
  ]);
  const elsewhere = { [`${src}session/a.ts`]: "why", [`${src}session/gone.ts`]: "gone.test.ts" };
  expect(faultsOf(tested, {})).toEqual([]);
  expect(faultsOf(tested, elsewhere)).toHaveLength(3);
});

test("words are at home in their homes, and free in comments", () => {
  const clean = new Map([
    [`${src}base/clock.ts`, `${opening}setTimeout(go, 1); Date.now();\n`],
    [`${src}session/a.ts`, `${opening}// Math.random() is banned here.\n`],
    [`${src}connection/a.ts`, `${opening}const ends = ["from", "to"];\n`],
    [`${src}index.ts`, `${opening}export { a } from "./session/a.ts";\n`],
    ["packages/client/test/a.sockets.test.ts", "setTimeout(go, 1);\n"],
  ]);
  expect(faultsOf(clean, {})).toEqual([]);
});
