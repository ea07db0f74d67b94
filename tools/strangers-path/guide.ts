/** What a guide tells its reader to do: which files to write, and which commands to type. */

/** The files that a guide shows, by name: blocks that open with `// name` or `<!-- name -->`. */
export function filesOf(guide: string): Map<string, string> {
  const blocks = guide.matchAll(/^```\w+\n(?:\/\/|<!--) (\S+\.\w+)(?: -->)?\n([^]*?)^```$/gm);
  return new Map([...blocks].map(([, name = "", text = ""]) => [name, text]));
}

/** The blocks of commands, each as its lines. Comments are left out. */
export function commandsOf(guide: string): string[][] {
  const blocks = guide.matchAll(/^```sh\n([^]*?)^```$/gm);
  return [...blocks].map(([, block = ""]) =>
    block
      .split("\n")
      .map((line) => line.replace(/(?:^|\s+)#.*$/, ""))
      .filter((line) => line !== ""),
  );
}
