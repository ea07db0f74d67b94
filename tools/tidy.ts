/**
 * The rules of the house that no linter knows: who may import whom, words that have a better
 * replacement, how a file opens, that every source has its test. Pure: texts in, faults out.
 */
import { posix } from "node:path";

import type { Files } from "./project-files.ts";
import { testedElsewhere } from "./tested-elsewhere.ts";

/** The floors of the client: what each folder may import besides itself. */
const clientFloors: Readonly<Record<string, readonly string[]>> = {
  base: [],
  adapters: ["base", "transport"],
  transport: ["base", "@holdfast/protocol"],
  session: ["base", "transport", "@holdfast/protocol"],
  connection: ["base"],
  transactions: ["base", "@holdfast/protocol"],
  sync: ["base", "@holdfast/protocol"],
  stores: ["base", "transactions", "sync", "@holdfast/protocol"],
};
/** Folders and files of the client that may import every other: the front door. */
const clientTop = ["realtime", "index.ts", "durable.ts"];

/** Which of our packages each may import. */
const packageArrows: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  client: ["protocol"],
  server: ["protocol"],
  msgpack: ["protocol"],
  testing: ["protocol", "client", "server"],
  react: ["protocol", "client"],
  inspector: ["client"],
};

interface Ban {
  readonly pattern: RegExp;
  readonly instead: string;
  /** The files it holds for; everywhere if absent. */
  readonly where?: RegExp;
  /** The files where the word is at home. */
  readonly home?: RegExp;
}

const clockHome = /^packages\/(client|server)\/src\/base\/clock\.ts$/;
const randomHome = /^packages\/(client|server)\/src\/base\/random\.ts$/;
const sources = /^packages\/[a-z]+\/src\//;
const unitTests = /^packages\/[a-z]+\/test\/.*(?<!\.(sockets|browser))\.test\.ts$/;

/** Looked for in code alone, not in comments. */
const bannedInCode: readonly Ban[] = [
  {
    pattern: /\b(setTimeout|setInterval|setImmediate|MessageChannel)\s*\(/,
    instead: "Clock.at or Clock.turn",
    where: sources,
    home: clockHome,
  },
  {
    pattern: /\b(Date\.now|performance\.now|new Date)\s*\(/,
    instead: "Clock.now or Clock.wallNow",
    where: sources,
    home: clockHome,
  },
  {
    pattern: /\bMath\.random\s*\(/,
    instead: "a Random that is passed in",
    where: sources,
    home: randomHome,
  },
  { pattern: /\bconsole\./, instead: "a trace entry or an error", where: sources },
  { pattern: /\bas any\b|<any>/, instead: "unknown and a check" },
  {
    pattern: /\basync\s*(function)?\s*\*/,
    instead: "a callback with one owner; Hermes has no async generators",
    where: /^packages\/(protocol|client|react)\/src\//,
  },
  {
    pattern: /\bvi\.(useFakeTimers|stubGlobal|spyOn\(globalThis)/,
    instead: "a port; a fake global shows that one is missing",
    where: /\.test\.ts$/,
  },
  { pattern: /\bsetTimeout\b/, instead: "ManualClock; no sleeps here", where: unitTests },
  { pattern: /\b(test|describe|it)\.only\b/, instead: "all of them", where: /\.test\.ts$/ },
];

const bannedInText: readonly Ban[] = [
  { pattern: /\b(TODO|FIXME|XXX)\b/, instead: "doing it, or an issue" },
  { pattern: /@ts-(ignore|nocheck)/, instead: "a type that is right" },
  { pattern: /@ts-expect-error/, instead: "a type that is right", where: sources },
  {
    pattern: /(?:eslint|oxlint)-disable(?!(?:-next-line|-line)? [\w/, -]+ -- \S)/,
    instead: "a reason after --",
  },
  { pattern: /(?<![\w.:/])\/(home|root|Users)\/\w/, instead: "a path inside the project" },
];

const linesMax = 250;
const columnsMax = 100;

/** Every fault of the project, each as `path: what is wrong, and what to do`. */
export function faultsOf(
  files: Files,
  elsewhere: Readonly<Record<string, string>> = testedElsewhere,
): string[] {
  const own = [...files].flatMap(([path, text]) => [...faultsIn(path, text)]);
  return [...own, ...untested(files, elsewhere)];
}

/** These name what they forbid. */
const namesWhatItForbids = /^tools\/tidy(\.test)?\.ts$/;

function* faultsIn(path: string, text: string): Generator<string> {
  const isCode = /\.(ts|tsx|mjs)$/.test(path);
  const code = withoutComments(text);
  if (isCode) yield* shapeFaults(path, text);
  if (isCode) yield* importFaults(path, code);
  if (namesWhatItForbids.test(path)) return;
  if (isCode) yield* banFaults(path, code, bannedInCode);
  yield* banFaults(path, text, bannedInText);
  yield* escapeFaults(path, text);
}

function* shapeFaults(path: string, text: string): Generator<string> {
  const name = posix.basename(path);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)*$/.test(name)) yield `${path}: name it in kebab-case`;
  if (/^(utils?|helpers?|types|common|misc)\./.test(name)) {
    yield `${path}: name it after its chief noun`;
  }
  const lines = text.split("\n");
  if (!path.includes("/test/") && !path.includes(".test.")) {
    if (lines.length - 1 > linesMax) {
      yield `${path}: ${lines.length - 1} lines, over ${linesMax}; which noun is hiding in it?`;
    }
    if (!/^(#!.*\n)?\/\*\*/.test(text)) yield `${path}: open with a comment that says what it owns`;
  }
  for (const [index, line] of lines.entries()) {
    const isLongComment = line.length > columnsMax && /^\s*(\/\/|\/\*\*|\*) /.test(line);
    if (isLongComment && !line.includes("://")) {
      yield `${path}:${index + 1}: a comment of ${line.length} columns, over ${columnsMax}`;
    }
  }
}

function* banFaults(path: string, text: string, bans: readonly Ban[]): Generator<string> {
  for (const { pattern, instead, where, home } of bans) {
    if ((where && !where.test(path)) || home?.test(path)) continue;
    const found = pattern.exec(text)?.[0];
    if (found) yield `${path}: "${found}" is banned, use ${instead}`;
  }
}

function* importFaults(path: string, code: string): Generator<string> {
  const [, name = "", inside = ""] = /^packages\/([a-z]+)\/src\/(.*)$/.exec(path) ?? [];
  if (!inside) return;
  for (const specifier of importsIn(code)) {
    const [, sibling] = /^@holdfast\/([a-z]+)/.exec(specifier) ?? [];
    if (sibling && !packageArrows[name]?.includes(sibling)) {
      yield `${path}: ${name} may not import @holdfast/${sibling}`;
    }
    if (name === "client") yield* floorFaults(path, inside, specifier);
  }
}

function* floorFaults(path: string, inside: string, specifier: string): Generator<string> {
  const [floor = ""] = inside.split("/");
  if (clientTop.includes(floor)) return;
  const target = specifier.startsWith(".")
    ? (posix.join(posix.dirname(inside), specifier).split("/")[0] ?? "")
    : specifier;
  if (target === floor) return;
  // Only a platform's own file may know the platform.
  if (target.startsWith("node:") || target === "ws") {
    if (!inside.startsWith("adapters/platforms/"))
      yield `${path}: ${floor} may not import ${target}`;
  } else if (target === "@photostructure/sqlite") {
    if (inside !== "stores/sqlite-driver.ts") yield `${path}: ${floor} may not import ${target}`;
  } else if (!clientFloors[floor]?.includes(target)) {
    yield `${path}: ${floor} may not import ${target}`;
  }
}

/** Paths in a text that, seen from its folder, lead out of the project. */
function* escapeFaults(path: string, text: string): Generator<string> {
  for (const [relative] of text.matchAll(/(?<![\w/.])(\.\.\/)+[\w-]+/g)) {
    const aim = posix.join(posix.dirname(path), relative);
    if (aim.startsWith("..")) yield `${path}: ${relative} leads out of the project`;
  }
}

/** Sources with functions or classes and no test of the same name; exceptions that are stale. */
function* untested(files: Files, elsewhere: Readonly<Record<string, string>>): Generator<string> {
  for (const [path, text] of files) {
    const match = /^packages\/([a-z]+)\/src\/(.*)\.tsx?$/.exec(path);
    if (!match || !hasLogic(withoutComments(text))) continue;
    const [, name, inside] = match;
    const stem = `packages/${name}/test/${inside}`;
    const isTested = [...files.keys()].some(
      (file) => file.startsWith(`${stem}.`) && file.endsWith(".test.ts"),
    );
    if (!isTested && !(path in elsewhere)) yield `${path}: has no test; ${stem}.test.ts is missing`;
    if (isTested && path in elsewhere) yield `${path}: has its test; drop it from the exceptions`;
  }
  for (const [path, by] of Object.entries(elsewhere)) {
    if (!files.has(path)) yield `${path}: is gone; drop it from the exceptions`;
    if (by.endsWith(".test.ts") && !files.has(by)) yield `${path}: its test ${by} is missing`;
  }
}

function hasLogic(code: string): boolean {
  return /\b(function\*?\s+\w+\s*[(<]|class\s+\w+)/.test(code);
}

function importsIn(code: string): string[] {
  const found = code.matchAll(/(?:(?<!")\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g);
  return [...found].map(([, specifier = ""]) => specifier);
}

/**
 * The code alone. Crude, which is enough: a string that holds a comment's sign only loses its end.
 */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(?<![:"'`\w])\/\/.*$/gm, "");
}
