/**
 * The page is the one thing here that tests take from a build; this makes sure that it is not
 * stale.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** Builds the demo and what it stands on; half a second when nothing has changed. */
export function buildPage(): void {
  const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
  const tsc = compiler.replace("package.json", "bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-b", project], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The demo does not build:\n${stdout}`);
}
