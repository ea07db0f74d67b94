/** The list of decisions that closes docs/decisions/README.md, made from their titles. Pure. */
import { posix } from "node:path";

import type { Files } from "./project-files.ts";

const folder = "docs/decisions/";

/** The page of decisions with its list made anew; everything above the list stays. */
export function withDecisionsList(page: string, files: Files): string {
  const [text = ""] = page.split("\n| number | choice |");
  const decisions = [...files].filter(([path]) => /^docs\/decisions\/\d{4}-.*\.md$/.test(path));
  const rows = decisions
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, decision]) => {
      const name = posix.relative(folder, path);
      const [title = ""] = decision.replace(/^# /, "").split("\n", 1);
      return `| ${name.slice(0, 4)} | [${title}](${name}) |\n`;
    });
  return `${text.trimEnd()}\n\n| number | choice |\n| --- | --- |\n${rows.join("")}`;
}
