/**
 * Which test shows which lesson. A test that shows one says so at the end of its name, as in
 * `a late close of an old socket does not touch the new one (B05)`; from these names the table in
 * docs/lessons.md is made, so it can name no test that does not exist.
 */
import { parse } from "@babel/parser";

import type { Files } from "./project-files.ts";

/** A lesson, and a test that shows it. */
export interface ShownLesson {
  readonly lesson: string;
  readonly test: string;
  readonly file: string;
}

/** The lessons there are: B rows were met in the field, L rows were found by reading. */
export const lessons: readonly string[] = [...rows("B", 54), ...rows("L", 66)];

/** How many lessons may be set aside as not applying. */
export const setAsideMax = 15;

const ids = /\(([BL]\d+(?:, ?[BL]\d+)*)\)$/;
const begin = "<!-- made by tools/check-docs.ts from the names of the tests -->";
const end = "<!-- end -->";

/** Every lesson named by a test, in the order of the lessons. */
export function shownLessons(files: Files): ShownLesson[] {
  const shown = [...files]
    .filter(([file]) => file.startsWith("packages/") || file.startsWith("examples/"))
    .filter(([file]) => file.endsWith(".test.ts"))
    .flatMap(([file, text]) => namesIn(text).flatMap((name) => lessonsIn(file, name)));
  const order = (lesson: string): number => lessons.indexOf(lesson);
  return shown.sort((a, b) => order(a.lesson) - order(b.lesson) || (a.test < b.test ? -1 : 1));
}

/** docs/lessons.md with its table made anew. */
export function withLessonsTable(document: string, shown: readonly ShownLesson[]): string {
  const [before = "", rest = ""] = document.split(begin);
  const [, after = ""] = rest.split(end);
  const lines = shown.map(({ lesson, test, file }) => `| ${lesson} | ${cell(test)} | ${file} |`);
  const table = ["| lesson | test | file |", "| --- | --- | --- |", ...lines].join("\n");
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

/**
 * What is wrong with the account that docs/lessons.md gives: a lesson neither shown nor in one of
 * the two tables below the made one ("wait" and "set aside"), or in both.
 */
export function lessonFaults(document: string, shown: readonly ShownLesson[]): string[] {
  const shownIds = new Set(shown.map(({ lesson }) => lesson));
  const waiting = listedUnder(document, "## Wait for their part");
  const aside = listedUnder(document, "## Set aside");
  const faults: string[] = [];
  for (const lesson of lessons) {
    const places = [shownIds, waiting, aside].filter((place) => place.has(lesson)).length;
    if (places === 0) faults.push(`${lesson}: no test shows it, and no table says why`);
    if (aside.has(lesson) && places > 1)
      faults.push(`${lesson}: set aside, and yet shown or waiting`);
  }
  for (const lesson of [...shownIds, ...waiting, ...aside]) {
    if (!lessons.includes(lesson)) faults.push(`${lesson}: there is no such lesson`);
  }
  if (aside.size > setAsideMax) faults.push(`${aside.size} set aside, over ${setAsideMax}`);
  return faults;
}

function rows(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${pad(index + 1)}`);
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}

function lessonsIn(file: string, name: string): ShownLesson[] {
  const named = ids.exec(name)?.[1]?.split(/, ?/) ?? [];
  const test = name.replace(ids, "").trim();
  return named.map((id) => ({ lesson: `${id.charAt(0)}${pad(Number(id.slice(1)))}`, test, file }));
}

/** Every string of a test file that ends like the name of a test that shows a lesson. */
function namesIn(text: string): string[] {
  const names: string[] = [];
  const { tokens } = parse(text, { sourceType: "module", plugins: ["typescript"], tokens: true });
  for (const token of tokens ?? []) {
    // Comments are among the tokens; only their type is a word.
    const { type, value } = token as { readonly type: unknown; readonly value?: unknown };
    if (typeof type === "object" && typeof value === "string" && ids.test(value)) names.push(value);
  }
  return names;
}

function listedUnder(document: string, heading: string): Set<string> {
  const [, rest = ""] = document.split(heading);
  const [section = ""] = rest.split(/\n## /);
  return new Set([...section.matchAll(/^\| ([BL]\d+) \|/gm)].map(([, id = ""]) => id));
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
