/** Compiles modules that stand in documents against the sources, all in one program. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { root } from "./project-files.ts";

/** What the compiler says of these modules, in its own words; nothing if all is well. */
export function compilerWords(modules: ReadonlyMap<string, string>): string {
  const home = fileURLToPath(root);
  const folder = mkdtempSync(join(tmpdir(), "holdfast-snippets-"));
  try {
    for (const [path, text] of modules) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings(home, modules)));
    symlinkSync(join(home, "node_modules"), join(folder, "node_modules"), "junction");
    const compiler = join(home, "node_modules/typescript/bin/tsc");
    const { stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", folder], {
      cwd: folder,
      encoding: "utf8",
    });
    return withoutSources(stdout + stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is wrong in a source is told by its own check; it is no fault of a document. */
function withoutSources(words: string): string {
  // A complaint begins at the left; what explains it is indented.
  const complaints = words.split(/\n(?=\S)/);
  return complaints.filter((complaint) => !complaint.startsWith("../")).join("\n");
}

function settings(home: string, modules: ReadonlyMap<string, string>): object {
  return {
    extends: join(home, "tsconfig.test.json"),
    compilerOptions: {
      rootDir: "/",
      moduleDetection: "force",
      typeRoots: [join(home, "node_modules/@types")],
      // A snippet may end where it has made its point.
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: [],
    files: [...modules.keys()],
  };
}
