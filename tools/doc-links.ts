/**
 * Finds what a document points at and is not there: links to files and headings, and the sections
 * of PROTOCOL.md that sources cite. Pure: texts in, faults out.
 */
import { posix } from "node:path";

import type { Files } from "./project-files.ts";

/** Links in our documents to files, folders or headings that do not exist. */
export function brokenLinks(files: Files, exists: (path: string) => boolean): string[] {
  return documents(files).flatMap(([path, text]) =>
    linksIn(text)
      .filter((link) => !leadsSomewhere(link, path, files, exists))
      .map((link) => `${path}: links to ${link}, which is not there`),
  );
}

/** Documents in `docs` that no way of links leads to from README.md: nobody would find them. */
export function orphanedDocuments(files: Files): string[] {
  const found = new Set(["README.md"]);
  for (const path of found) {
    for (const link of linksIn(files.get(path) ?? "")) {
      const [relative = ""] = link.split("#");
      const target = posix.join(posix.dirname(path), relative);
      if (target.endsWith(".md") && files.has(target)) found.add(target);
    }
  }
  return documents(files)
    .filter(([path]) => path.startsWith("docs/") && !found.has(path))
    .map(([path]) => `${path}: no link leads there from README.md`);
}

/** Citations like `PROTOCOL.md §3.2` of sections that PROTOCOL.md does not have. */
export function brokenCitations(files: Files): string[] {
  const protocol = files.get("PROTOCOL.md");
  if (protocol === undefined) return [];
  const sections = new Set(
    [...protocol.matchAll(/^#+ (\d+(?:\.\d+)*)[. ]/gm)].map(([, number]) => number),
  );
  return [...files].flatMap(([path, text]) =>
    [...text.matchAll(/PROTOCOL\.md §\s?(\d+(?:\.\d+)*)/g)]
      .filter(([, number]) => !sections.has(number))
      .map(([citation]) => `${path}: cites ${citation}, which is not there`),
  );
}

/** The pages of the reference are made, and looked after, by a tool that knows its own headings. */
function documents(files: Files): [path: string, text: string][] {
  return [...files].filter(([path]) => path.endsWith(".md") && !path.startsWith("docs/reference/"));
}

function linksIn(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(
  link: string,
  from: string,
  files: Files,
  exists: (path: string) => boolean,
): boolean {
  const [relative = "", heading] = link.split("#");
  const path = relative === "" ? from : posix.join(posix.dirname(from), relative);
  if (!files.has(path) && !exists(path)) return false;
  if (heading === undefined || !path.endsWith(".md")) return true;
  return headingsOf(files.get(path) ?? "").has(heading);
}

/** The headings of a document as GitHub names them in links. */
function headingsOf(text: string): Set<string> {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "");
  return new Set(
    [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}
