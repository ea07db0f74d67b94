/**
 * Checks that docs/errors.md is complete and true: it has a heading for every error that a package
 * exports, and under each heading a row for every word that the sources know there, and for no
 * other. Pure.
 */
import type { Files } from "./project-files.ts";

const client = "packages/client/src";
const server = "packages/server/src";
const protocol = "packages/protocol/src";

/** Where the words of each section come from: a union of a source, or the keys of a record. */
const wordsOf: Readonly<Record<string, readonly [path: string, name: string]>> = {
  CallError: [`${client}/base/errors.ts`, "CallErrorKind"],
  TransactionError: [`${client}/transactions/transaction-error.ts`, "TransactionErrorKind"],
  SyncError: [`${client}/sync/sync-error.ts`, "SyncErrorKind"],
  "StoreError of the client": [`${client}/stores/store-error.ts`, "StoreErrorKind"],
  InspectorError: ["packages/inspector/src/inspector-error.ts", "InspectorErrorKind"],
  EncodeError: [`${protocol}/codec.ts`, "EncodeErrorCode"],
  "Codes of a failed call": [`${protocol}/failure-code.ts`, "FailureCode"],
  "Codes of a refusal": [`${protocol}/refusal-code.ts`, "RefusalCode"],
  "Close codes": [`${protocol}/close-code.ts`, "CloseName"],
  "Codes of a bucket": [`${protocol}/server-message.ts`, "UnsubscribedCode"],
  PublishError: [`${server}/bucket-publisher.ts`, "PublishErrorCode"],
  "StoreError of the server": [`${server}/store-error.ts`, "StoreErrorCode"],
  "Why the connection is down": [`${client}/connection/connection-state.ts`, "FailureReason"],
  "Frames that cannot be": [`${protocol}/codec.ts`, "Malformed"],
};

/** What is missing from the page, and what it has too much, each as a sentence. */
export function errorsPageFaults(page: string, files: Files): string[] {
  const sections = sectionsOf(page);
  const headings = [...sections.keys()];
  const classes = exportedErrors(files);
  const unnamed = classes.filter(
    (name) => !headings.some((heading) => heading.split(" ")[0] === name),
  );
  const gone = headings.filter((heading) => {
    const [name = ""] = heading.split(" ");
    return /^[A-Z]\w+(Error|Failure|Fault)$/.test(name) && !classes.includes(name);
  });
  return [
    ...unnamed.map((name) => `has no section for ${name}`),
    ...gone.map((heading) => `has a section for ${heading}, which no package exports`),
    ...Object.entries(wordsOf).flatMap(([heading, [path, name]]) =>
      wordFaults(heading, sections.get(heading), unionIn(files.get(path) ?? "", name)),
    ),
  ];
}

function wordFaults(
  heading: string,
  rows: readonly string[] | undefined,
  words: readonly string[],
): string[] {
  if (!rows) return [`has no section “${heading}”`];
  if (words.length === 0) return [`“${heading}”: its words are no longer where they were`];
  return [
    ...words.filter((word) => !rows.includes(word)).map((word) => `“${heading}” lacks ${word}`),
    ...rows
      .filter((word) => !words.includes(word))
      .map((word) => `“${heading}” has ${word}, which is gone`),
  ];
}

/** The rows of a section's table, without its head: the text of each cell. */
export function tableOf(page: string, heading: string): string[][] {
  const part = page.split(/^#{2,3} /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const rows = part.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) => row.split(" | ").map((cell) => cell.replaceAll(/^\| |`| \|$/g, "")));
}

/** The headings of the page, each with the words of its table's first column. */
function sectionsOf(page: string): Map<string, string[]> {
  const parts = page.split(/^#{2,3} /m).slice(1);
  return new Map(
    parts.map((part) => {
      const [heading = ""] = part.split("\n", 1);
      return [heading, [...part.matchAll(/^\| `(\w+)` \|/gm)].map(([, word = ""]) => word)];
    }),
  );
}

/** The words of a union of strings, in the order of the source; of a template its first word. */
export function unionIn(source: string, name: string): string[] {
  const start = source.search(new RegExp(`^export type ${name}\\b`, "m"));
  if (start === -1) return [];
  const [union = ""] = source.slice(start).split(/;\n/, 1);
  const code = union.replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
  return [...code.matchAll(/["`](\w+)/g)].map(([, word = ""]) => word);
}

/** The classes of errors that the packages export, by name. */
function exportedErrors(files: Files): string[] {
  const entries = [...files].filter(([path]) =>
    /^packages\/\w+\/src\/(index|durable)\.ts$/.test(path),
  );
  const exported = entries.map(([, text]) => text).join("\n");
  const declared = [...files]
    .filter(([path]) => /^packages\/\w+\/src\//.test(path))
    .flatMap(([, text]) => [...text.matchAll(/^export class (\w+) extends \w*Error\b/gm)])
    .map(([, name = ""]) => name);
  return [...new Set(declared)].filter((name) => new RegExp(`\\b${name}\\b`).test(exported));
}
