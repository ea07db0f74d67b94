import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import {
  capabilityOf,
  CLOSE_CODES,
  closeMeaning,
  DEFAULT_WIRE_LIMITS,
  FAILURE_CODES,
  HELLO_BYTES_MAX,
  HELLO_DEADLINE_MS,
  jsonDurableClientCodec,
  jsonServerCodec,
  REFUSALS,
} from "../src/index.ts";
import { fullClientMessages, fullServerMessages, optionalFields } from "./examples.ts";

const document = readFileSync(new URL("../../../PROTOCOL.md", import.meta.url), "utf8");

/** The numbered chapter, or the part of a chapter under a heading. */
function under(heading: RegExp, text: string = document): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => heading.test(line));
  expect(start, `${heading.source} is in PROTOCOL.md`).toBeGreaterThanOrEqual(0);
  const level = /^#+/u.exec(lines[start] ?? "")?.[0].length ?? 0;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => (/^(#+) /u.exec(line)?.[1]?.length ?? 9) <= level);
  return rest.slice(0, end < 0 ? undefined : end).join("\n");
}

function jsonBlocks(text: string): string[] {
  return [...text.matchAll(/^```json\n([\s\S]*?)^```$/gmu)].map(([, block = ""]) => block);
}

/** The cells of every table row, without the header. */
function rows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) => line.slice(2, -2).split(" | "));
}

/** The rows whose first cell is a word in backticks, by that word. */
function rowsByWord(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    rows(text).flatMap((cells): [string, string[]][] => {
      const word = /^`(\w+)`$/u.exec(cells[0] ?? "")?.[1];
      return word === undefined ? [] : [[word, cells]];
    }),
  );
}

type Read = readonly { readonly type: string }[] | string;
const readByServer = (block: string): Read => jsonServerCodec.decode(block, DEFAULT_WIRE_LIMITS);
const readByClient = (block: string): Read =>
  jsonDurableClientCodec.decode(block, DEFAULT_WIRE_LIMITS);

function typesIn(text: string, read: (block: string) => Read): string[] {
  return jsonBlocks(text).flatMap((block) => {
    const messages = read(block);
    if (typeof messages === "string") throw new Error(`${messages} in ${block}`);
    return messages.map((message) => message.type);
  });
}

describe("every JSON block of PROTOCOL.md travels", () => {
  test("a server reads each of §2 and §4, where every client message has one", () => {
    expect(typesIn(under(/^## 2\. /u), readByServer)).toEqual(["ping", "ping", "call"]);
    const types = typesIn(under(/^## 4\. /u), readByServer);
    expect(new Set(types)).toEqual(new Set(Object.keys(fullClientMessages)));
  });

  test("a client reads each of §5, where every server message has one", () => {
    const types = typesIn(under(/^## 5\. /u), readByClient);
    expect(new Set(types)).toEqual(new Set(Object.keys(fullServerMessages)));
  });

  test("each of the others is read by the one or the other", () => {
    const blocks = jsonBlocks(document);
    expect(blocks.length).toBeGreaterThan(25);
    for (const block of blocks) {
      const isRead = [readByServer, readByClient].some((read) => Array.isArray(read(block)));
      expect(isRead, block).toBe(true);
    }
  });
});

const chapters = [
  [under(/^## 4\. /u), fullClientMessages],
  [under(/^## 5\. /u), fullServerMessages],
] as const;

describe.each(chapters)("the tables of messages name", (chapter, messages) => {
  test.each(Object.values(messages))("every field of $type, and which may go", (message) => {
    const section = under(new RegExp(`^### ${message.type}$`, "u"), chapter);
    const named = rows(section).flatMap(([cell = ""]) => {
      const isOptional = cell.endsWith("?");
      return [...cell.matchAll(/`(\w+)`/gu)].map(([, field = ""]) => ({ field, isOptional }));
    });
    const isRun = section.includes("*the fields of a run*");
    const runFields = ["bucket", "epoch", "after", "upTo", "updates", "skipped"];
    const fields = Object.keys(message).filter((field) => field !== "type");
    const expected = fields.filter((field) => !isRun || !runFields.includes(field));
    expect(new Set(named.map(({ field }) => field))).toEqual(new Set(expected));

    const mayGo = [...(optionalFields[message.type] ?? [])];
    if (message.type === "updates") mayGo.push("skipped");
    const optional = named.filter(({ isOptional }) => isOptional).map(({ field }) => field);
    expect(new Set(optional)).toEqual(new Set(mayGo));
  });
});

describe("the tables of codes and limits say what the code says", () => {
  test("capabilities", () => {
    const table = rowsByWord(under(/^### 3\.3 /u));
    for (const message of [
      ...Object.values(fullClientMessages),
      ...Object.values(fullServerMessages),
    ]) {
      // The full call has a key, so its row is that of `keys`.
      const capability = capabilityOf(message);
      if (capability !== undefined)
        expect(table.get(capability)?.[1]).toContain(`\`${message.type}`);
    }
  });

  test("close codes", () => {
    const table = rows(under(/^### 6\.2 /u)).filter((cells) => cells.length === 3);
    const named = table.slice(1).map(([code, name = ""]) => [name.slice(1, -1), Number(code)]);
    expect(Object.fromEntries(named)).toEqual(CLOSE_CODES);
  });

  test("codes of failures", () => {
    const table = rowsByWord(under(/^### 7\.1 /u));
    const said = [...table].map(([code, [, refused]]) => [code, { refused: refused === "yes" }]);
    expect(Object.fromEntries(said)).toEqual(FAILURE_CODES);
  });

  test("codes of refusals", () => {
    const table = rowsByWord(under(/^### 7\.2 /u));
    const said = [...table].map(([code, [, action = "", closeCode]]) => [
      code,
      { action: action.slice(1, -1), closeCode: Number(closeCode) },
    ]);
    expect(Object.fromEntries(said)).toEqual(REFUSALS);
    for (const { action, closeCode } of Object.values(REFUSALS)) {
      expect(closeMeaning(closeCode)).toBe(action);
    }
  });

  test("limits", () => {
    const limits = under(/^## 8\. /u);
    const number = (text = ""): number => Number(text.replaceAll(/[^\d]/gu, ""));
    const said = [...rowsByWord(limits)].map(([limit, [, value]]) => [limit, number(value)]);
    expect(Object.fromEntries(said)).toEqual(DEFAULT_WIRE_LIMITS);
    const others = new Map(rows(limits).map(([limit, value]) => [limit, number(value)]));
    expect(others.get("size of a frame before `welcome`, the hello's above all")).toBe(
      HELLO_BYTES_MAX,
    );
    expect(others.get("time until the hello")).toBe(HELLO_DEADLINE_MS / 1_000);
  });

  test("kinds of malformed frames: each has a bad frame in the table of the codec's tests", () => {
    const tests = readFileSync(new URL("json-codec.test.ts", import.meta.url), "utf8");
    const codes = [...rowsByWord(under(/^### 2\.4 /u)).keys()];
    expect(codes).toHaveLength(8);
    for (const code of codes) expect(tests).toContain(`"${code}`);
  });
});

test("every section that is cited exists, here and in the sources, and links lead somewhere", () => {
  const headings = [...document.matchAll(/^#+ (.*)$/gmu)].map(([, title = ""]) => title);
  const packages = new URL("../../", import.meta.url);
  const sources = readdirSync(packages, { recursive: true, encoding: "utf8" })
    .filter((path) => /^\w+\/(src|test)\/.*\.tsx?$/u.test(path))
    .map((path) => readFileSync(new URL(path, packages), "utf8"));
  const citations = [
    ...document.matchAll(/§(\d+(?:\.\d+)?)/gu),
    ...sources.join("\n").matchAll(/PROTOCOL\.md §(\d+(?:\.\d+)?)/gu),
  ];
  expect(citations.length).toBeGreaterThan(20);
  for (const [, cited = ""] of citations) {
    const isThere = headings.some((title) => title.replace(". ", " ").startsWith(`${cited} `));
    expect(isThere, `§${cited}`).toBe(true);
  }
  const anchors = headings.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
  for (const [, anchor] of document.matchAll(/\]\(#([^)]+)\)/gu)) expect(anchors).toContain(anchor);
});
