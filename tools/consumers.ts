/**
 * Packs every package and uses the tarballs as strangers would, in an empty project outside the
 * workspace: a call on Node, a page built by Vite, and consumers compiled by TypeScript 5.8, 6.0
 * and 7 with both ways of resolving modules, types of libraries included. `npm run consumers`
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { packingFaults } from "./consumers/packed-files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "holdfast-consumers-"));
const compilers = { "ts-58": "5.8.3", "ts-60": "6.0.3", "ts-70": "7.0.2" };
let failures = 0;

/** What a command says, in the project; its end is told. */
function run(name: string, command: string, args: readonly string[], cwd = folder): string {
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, npm_config_loglevel: "error" },
    maxBuffer: 2 ** 26,
    shell: process.platform === "win32" && command === "npm",
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  tell(`${name} (${seconds} s)`, status === 0 ? [] : [stdout, stderr, String(error ?? "")]);
  return stdout;
}

function tell(name: string, faults: readonly string[]): void {
  console.log(`${faults.length === 0 ? "ok    " : "FAILED"} ${name}`);
  for (const fault of faults) if (fault !== "") console.log(fault);
  if (faults.length > 0) failures++;
}

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** The tarballs, by the names of their packages. */
function pack(): Record<string, string> {
  const homes = readdirSync(join(root, "packages")).flatMap((home) => ["-w", `packages/${home}`]);
  const args = ["pack", "--json", "--pack-destination", folder, ...homes];
  const packed = JSON.parse(run("npm pack", "npm", args, root)) as readonly Packed[];
  for (const { name, files } of packed)
    tell(`the files of ${name}`, packingFaults(files.map(({ path }) => path)));
  return Object.fromEntries(packed.map(({ name, filename }) => [name, `file:./${filename}`]));
}

function install(tarballs: Readonly<Record<string, string>>): void {
  const aliases = Object.entries(compilers).map(([name, version]) => [
    name,
    `npm:typescript@${version}`,
  ]);
  writeJson("package.json", {
    private: true,
    type: "module",
    dependencies: {
      ...tarballs,
      ws: "8.23.0",
      "@types/ws": "8.18.1",
      "@types/node": "20.19.43",
      react: "19.3.1",
      "@types/react": "19.3.0",
      ...(Object.fromEntries(aliases) as Record<string, string>),
    },
  });
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  run("npm install", "npm", ["install", ...quietly]);
}

function writeJson(name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}

/** Without the checks that a library's author may leave out, and with all that catch a library. */
function compile(): void {
  const sides = {
    node: { include: ["node.ts"], lib: ["ES2022"], types: ["node"] },
    page: { include: ["page.tsx"], lib: ["ES2022", "DOM", "DOM.Iterable"], types: [] },
  };
  const ways = { nodenext: "nodenext", bundler: "esnext" };
  for (const [side, { include, lib, types }] of Object.entries(sides)) {
    for (const [moduleResolution, module] of Object.entries(ways)) {
      const own = { module, moduleResolution, lib, types, target: "ES2022", jsx: "react-jsx" };
      const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false };
      const config = `tsconfig.${side}.${moduleResolution}.json`;
      writeJson(config, { compilerOptions: { ...own, ...strict, noEmit: true }, include });
      for (const [compiler, version] of Object.entries(compilers)) {
        const program = join(folder, "node_modules", compiler, "bin", "tsc");
        run(`${side}, TypeScript ${version}, ${moduleResolution}`, process.execPath, [
          program,
          "-p",
          config,
        ]);
      }
    }
  }
}

try {
  install(pack());
  for (const name of ["node.ts", "page.tsx", "call.js"])
    copyFileSync(join(root, "tools/consumers", name), join(folder, name));
  const answer = run("a call on Node", process.execPath, ["call.js"]).trim();
  if (answer !== "3") tell("its answer", [`3 was expected, not ${answer}`]);
  writeFileSync(join(folder, "index.html"), '<script type="module" src="page.tsx"></script>');
  const vite = join(root, "node_modules/vite/bin/vite.js");
  run("a page built by Vite", process.execPath, [vite, "build"]);
  compile();
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
