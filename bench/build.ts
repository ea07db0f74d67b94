/**
 * Makes plain JavaScript of the processes and the libraries, so that each process starts in a
 * moment and runs nothing but what it measures. Installs the libraries when they are missing.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** What a package of the lock file says of itself. */
interface Locked {
  readonly version: string;
  readonly optional?: boolean;
}

/** Installs what `bench/package-lock.json` names, unless that is what is installed. */
export function installPeers(): void {
  if (isInstalled()) return;
  console.log("installing what Holdfast is compared with …");
  const args = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
  const shell = process.platform === "win32";
  const { status } = spawnSync("npm", args, { cwd: folder, stdio: "inherit", shell });
  if (status !== 0) throw new Error("npm ci in bench/ failed; its words are above");
}

function isInstalled(): boolean {
  const installed = packagesOf("node_modules/.package-lock.json");
  return Object.entries(packagesOf("package-lock.json"))
    .filter(([path]) => path !== "")
    .every(
      ([path, { version, optional }]) =>
        (installed[path]?.version ?? (optional && version)) === version,
    );
}

function packagesOf(lock: string): Readonly<Record<string, Locked>> {
  if (!existsSync(folder + lock)) return {};
  const { packages } = JSON.parse(readFileSync(folder + lock, "utf8")) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  return packages;
}

/** The version of a library that is measured. */
export function installedVersion(name: string): string {
  return packagesOf("package-lock.json")[`node_modules/${name}`]?.version ?? "";
}

/** What starts a process; in `actors/`, without its ending. */
const ACTORS = ["server", "client", "durable", "catch-up", "offline"] as const;

/** Where the JavaScript is: inside the folder, so that packages are found from there. */
export const builtFolder: string = `${folder}.build/`;

/** Bundles the sources; packages stay outside, as they were installed. */
export async function buildProcesses(peers: readonly string[]): Promise<void> {
  await build({
    absWorkingDir: folder,
    entryPoints: [
      ...ACTORS.map((name) => `actors/${name}.ts`),
      ...peers.map((name) => `peers/${name}.ts`),
    ],
    outdir: builtFolder,
    outbase: folder,
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
  });
}
