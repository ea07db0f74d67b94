/**
 * Checks that package-lock.json names every platform's optional packages. A registry that serves
 * only some of them makes npm write a lock that installs here and fails elsewhere; this finds such
 * a lock before it lands.
 */
import { readFileSync } from "node:fs";

/** Each optional dependency that no entry of the lock provides, as `package → missing`. */
function missingOptionals(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !provides(packages, path, name))
      .map((name) => `${path || "the root"} → ${name}`),
  );
}

/** Looks where Node looks: inside the package, then in each folder above it. */
function provides(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf("/node_modules/"))) {
    if (`${folder}/node_modules/${name}`.replace(/^\//, "") in packages) return true;
    if (!folder.includes("/node_modules/")) return `node_modules/${name}` in packages;
  }
}

const { packages } = JSON.parse(
  readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"),
);
const missing = missingOptionals(packages);
for (const line of missing) console.error(`package-lock.json: ${line} has no entry`);
console.log(`lock: ${Object.keys(packages).length} entries, ${missing.length} missing`);
process.exitCode = missing.length === 0 ? 0 : 1;
