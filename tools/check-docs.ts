/**
 * Checks that the documents are true where a machine can tell: their links lead somewhere, cited
 * sections exist, planted faults can still be planted, and what is made from sources or tests is as
 * fresh as these. `--write` makes the
 * made parts anew.
 */
import { existsSync, writeFileSync } from "node:fs";

import { withDecisionsList } from "./decisions-list.ts";
import { brokenCitations, brokenLinks, orphanedDocuments } from "./doc-links.ts";
import { lessonFaults, lessons, shownLessons, withLessonsTable } from "./lessons-map.ts";
import { catalogue } from "./planted-faults/catalogue.ts";
import { plantingFaults } from "./planted-faults/faults-page.ts";
import { projectFiles, root } from "./project-files.ts";
import { connectionEdges, edgesPath, walkMachine } from "./state-diagram.ts";
import { statesPage } from "./states-page.ts";

const files = projectFiles();
const faults: string[] = [];

/** Compares a document with what it should be, or writes it. */
function keepFresh(path: string, fresh: string): void {
  if (files.get(path) === fresh) return;
  if (process.argv.includes("--write")) writeFileSync(new URL(path, root), fresh);
  else faults.push(`${path}: stale; run \`npm run docs:write\``);
}

/** The state diagram and the fingerprint of traces, made by walking the machine. */
function checkConnectionStates(): void {
  const walked = walkMachine();
  keepFresh("docs/connection-states.md", statesPage(walked));
  keepFresh(edgesPath, connectionEdges(walked));
}

function checkLessons(): string {
  const path = "docs/lessons.md";
  const document = files.get(path);
  if (document === undefined) return "no account of lessons";
  const shown = shownLessons(files);
  keepFresh(path, withLessonsTable(document, shown));
  faults.push(...lessonFaults(document, shown).map((fault) => `${path}: ${fault}`));
  const distinct = new Set(shown.map(({ lesson }) => lesson)).size;
  return `${distinct} of ${lessons.length} lessons shown by ${shown.length} tests`;
}

faults.push(...brokenLinks(files, (path) => existsSync(new URL(path, root))));
faults.push(...brokenCitations(files));
faults.push(...orphanedDocuments(files));
faults.push(...plantingFaults(catalogue, files));
checkConnectionStates();
const decisions = "docs/decisions/README.md";
keepFresh(decisions, withDecisionsList(files.get(decisions) ?? "", files));
const account = checkLessons();

for (const fault of faults) console.error(fault);
const documents = [...files.keys()].filter((path) => path.endsWith(".md")).length;
console.log(`docs: ${documents} documents, ${account}, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
