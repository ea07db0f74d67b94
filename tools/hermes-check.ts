/**
 * Compiles what an app for phones takes of Holdfast by the compiler of Hermes, React Native's
 * engine, and fails where it refuses. That it does refuse is tried first, by what the house bans.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { phoneBundle } from "./phone-bundle.ts";

const programs: Readonly<Record<string, string>> = {
  linux: "linux64-bin/hermesc",
  darwin: "osx-bin/hermesc",
  win32: "win64-bin/hermesc.exe",
};
const program = programs[process.platform];
if (program === undefined) throw new Error(`hermesc does not run on ${process.platform}`);
const home = new URL("../node_modules/hermes-compiler/hermesc/", import.meta.url);
const compiler = fileURLToPath(new URL(program, home));

/** What the compiler says against a script; undefined when it compiles. */
function refusal(script: string, folder: string): string | undefined {
  const [source, bytecode] = [join(folder, "app.js"), join(folder, "app.hbc")];
  writeFileSync(source, script);
  const run = spawnSync(compiler, ["-O", "-w", "-emit-binary", "-out", bytecode, source], {
    encoding: "utf8",
  });
  if (run.error) throw run.error;
  if (run.status !== 0) return run.stderr;
  console.log(
    `${script.length} characters of script, ${statSync(bytecode).size} bytes of bytecode`,
  );
  return undefined;
}

const folder = mkdtempSync(join(tmpdir(), "holdfast-hermes-"));
try {
  if (refusal("(async function* () {})();", folder) === undefined)
    throw new Error("this compiler refuses nothing");
  const words = refusal(await phoneBundle(), folder);
  if (words !== undefined) {
    console.error(words);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
