/**
 * Takes the code out of the documents, so that it can be compiled. Pure: Markdown in, modules out.
 *
 * - Each ```` ```ts ```` or ```` ```tsx ```` block is a module. One that opens with `// name.ts`
 *   is the file `name.ts`, and other blocks of the same document may import it as `./name.ts`.
 * - What readers need not see stands in a comment, `<!--ts` … `-->`. With a name it is a file;
 *   without one it is what the next block begins with.
 * - A module's code stands at the lines it has in its document, so a compiler's complaint about
 *   `docs/guides/tokens.md/line-12.ts(14,3)` is about line 14 of that document.
 */
import { posix } from "node:path";

import type { Files } from "./project-files.ts";

/** Documents whose code is made from sources, or is compiled where it comes from. */
const notOurs = /^docs\/reference\//;

const hiddenFence = /^<!--\s*(tsx?)$/;
const fence = /^```(tsx?)$/;
const fileName = /^\/\/ (\S+\.(?:d\.ts|tsx?))$/;

interface Block {
  readonly language: string;
  readonly isHidden: boolean;
  /** The line of its first line of code, from 0. */
  readonly start: number;
  readonly lines: readonly string[];
}

/** All modules of all documents, by `document/module`. */
export function snippetsOf(files: Files): Map<string, string> {
  const documents = [...files].filter(([path]) => path.endsWith(".md") && !notOurs.test(path));
  return new Map(
    documents.flatMap(([path, text]) =>
      [...modulesIn(text)].map(([name, code]): [string, string] => [posix.join(path, name), code]),
    ),
  );
}

/** The modules of one document, by their names. */
export function modulesIn(markdown: string): Map<string, string> {
  const modules = new Map<string, string>();
  let setup: Block[] = [];
  for (const block of blocksIn(markdown)) {
    const named = fileName.exec(block.lines[0] ?? "")?.[1];
    if (named === undefined && block.isHidden) {
      setup.push(block);
      continue;
    }
    const name = named ?? `line-${block.start + 1}.${block.language}`;
    if (modules.has(name)) throw new Error(`two snippets are named ${name}`);
    modules.set(name, atTheirLines(named === undefined ? [...setup, block] : [block]));
    if (named === undefined) setup = [];
  }
  return modules;
}

function* blocksIn(markdown: string): Generator<Block> {
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const hidden = hiddenFence.exec(lines[index] ?? "");
    const language = (hidden ?? fence.exec(lines[index] ?? ""))?.[1];
    if (language === undefined) continue;
    const start = index + 1;
    const end = lines.indexOf(hidden ? "-->" : "```", start);
    if (end === -1) throw new Error(`the snippet at line ${start} does not end`);
    yield { language, isHidden: hidden !== null, start, lines: lines.slice(start, end) };
    index = end;
  }
}

/** The blocks as one text, with empty lines for what lies above and between them. */
function atTheirLines(blocks: readonly Block[]): string {
  const text: string[] = [];
  for (const { start, lines } of blocks) {
    while (text.length < start) text.push("");
    text.push(...lines);
  }
  return `${text.join("\n")}\n`;
}
