/**
 * Removes from a package's `dist` what no source makes any more, before it is packed: the compiler
 * leaves behind what it made of sources that are gone. Run in the package's folder; says nothing.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  const [, stem] = /^(.+?)\.(?:js|d\.ts)(?:\.map)?$/.exec(entry.name) ?? [];
  if (!entry.isFile() || stem === undefined) continue;
  const source = join(entry.parentPath.replace("dist", "src"), stem);
  if (!existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`))
    rmSync(join(entry.parentPath, entry.name));
}
