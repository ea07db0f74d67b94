/**
 * Finds commands in documents that nobody could run: scripts that package.json does not have,
 * programs that no package of ours or of our tools brings, files that are not there. Pure.
 */
import type { Files } from "./project-files.ts";

/** Programs that come from elsewhere; a document says what is needed before it uses one. */
const fromElsewhere = new Set(
  "bun bunx cat cd cp curl deno docker echo git kill ls mkdir mv openssl rm sqlite3 sleep".split(
    " ",
  ),
);
/** Programs that `npx` fetches by themselves. */
const fetched = new Set(["expo", "create-expo-app@latest", "create-next-app@latest"]);
const npmItself = new Set(
  "audit ci create exec i init install pack pkg publish run start test view".split(" "),
);

/** What a project offers to the shell. */
export interface Commands {
  /** The scripts of package.json. */
  readonly scripts: ReadonlySet<string>;
  /** The programs that `npx` finds without the network. */
  readonly programs: ReadonlySet<string>;
  readonly exists: (path: string) => boolean;
}

/** Each `sh` line, and each `npm run …` in prose, that names what is not there. */
export function missingCommands(files: Files, commands: Commands): string[] {
  return [...files]
    .filter(([path]) => path.endsWith(".md") && !path.startsWith("docs/reference/"))
    .flatMap(([path, text]) =>
      [...shellLines(text), ...inlineCommands(text)]
        .filter((line) => !isThere(line, commands))
        .map((line) => `${path}: \`${line}\` names a command that is not there`),
    );
}

function shellLines(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:sh|bash)\n([^]*?)^```$/gm)];
  return blocks
    .flatMap(([, block = ""]) => block.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
    .flatMap((line) => line.split(/\s*(?:&&|\|\||;|\|)\s*/));
}

function inlineCommands(text: string): string[] {
  const prose = text.replaceAll(/^```[^]*?^```$/gm, "");
  return [...prose.matchAll(/`(np[mx] [^`\n]+)`/g)].map(([, command = ""]) => command);
}

function isThere(line: string, { scripts, programs, exists }: Commands): boolean {
  const words = line.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word));
  const [program = "", ...rest] = words;
  const [first = ""] = rest.filter((word) => !word.startsWith("-"));
  switch (program) {
    case "npm":
      if (first === "start" || first === "test") return scripts.has(first);
      return first === "run"
        ? scripts.has(rest[rest.indexOf("run") + 1] ?? "")
        : npmItself.has(first);
    case "npx":
      return programs.has(first) || fetched.has(first);
    case "node":
      return first === "" || exists(first) || !first.includes("/");
    default:
      return fromElsewhere.has(program) || (program.includes("/") && exists(program));
  }
}
