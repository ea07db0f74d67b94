/**
 * Makes a fresh clone ready for `npm start` and `npm test`: checks the Node version, installs what
 * package-lock.json names if that is not what is installed, and builds. When all is in place it
 * takes half a second. It is plain JavaScript because it runs before anything is installed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const at = (path) => new URL(path, root);
const readJson = (path) => JSON.parse(readFileSync(at(path), "utf8"));

function fail(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

function checkNode() {
  const needed = readJson("package.json").engines.node;
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [neededMajor, neededMinor] = needed.replace(">=", "").split(".").map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  fail(
    `Holdfast needs Node ${needed}; this is ${process.versions.node}. See https://nodejs.org/en/download.`,
  );
}

function run(command, ...args) {
  // On Windows npm is a script, which only a shell can start.
  const shell = process.platform === "win32" && command === "npm";
  const { status, error } = spawnSync(command, args, {
    cwd: fileURLToPath(root),
    stdio: "inherit",
    shell,
  });
  if (error) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) fail(`"${[command, ...args].join(" ")}" failed; its words are above.`);
}

/**
 * Whether what is installed is what the lock file names. npm writes its own account of an install
 * last, and `npm ci` begins by removing it, so after an interrupted install this is false.
 */
function isInstalled() {
  if (!existsSync(at("node_modules/.package-lock.json"))) return false;
  const installed = readJson("node_modules/.package-lock.json").packages;
  return Object.entries(readJson("package-lock.json").packages)
    .filter(([path]) => path.startsWith("node_modules/") || path.includes("/node_modules/"))
    .every(([path, { version, optional }]) =>
      path in installed ? installed[path].version === version : optional === true,
    );
}

checkNode();
if (!isInstalled()) run("npm", "ci", "--no-audit", "--no-fund");
run(process.execPath, "node_modules/typescript/bin/tsc", "-b");
