import { expect, test } from "vitest";

import { brokenCitations, brokenLinks, orphanedDocuments } from "./doc-links.ts";

const nothingElse = (): boolean => false;

test("a link to a file or heading that is not there is found", () => {
  const files = new Map([
    ["README.md", "[a](docs/a.md) [b](docs/b.md) [c](docs/a.md#two-words) [d](docs/a.md#three)"],
    ["docs/a.md", "# One\n## Two: words\n[up](../README.md) [out](https://example.org/x)"],
  ]);
  expect(brokenLinks(files, nothingElse)).toEqual([
    "README.md: links to docs/b.md, which is not there",
    "README.md: links to docs/a.md#three, which is not there",
  ]);
});

test("a link in an example is not a link", () => {
  const files = new Map([["README.md", "`[a](b.md)`\n```md\n[a](b.md)\n```\n"]]);
  expect(brokenLinks(files, nothingElse)).toEqual([]);
});

test("a cited section that PROTOCOL.md does not have is found", () => {
  const files = new Map([
    ["PROTOCOL.md", "## 3. The handshake\n### 3.2 Hello\n"],
    ["packages/client/src/a.ts", "// PROTOCOL.md §3.2, PROTOCOL.md §3 and PROTOCOL.md §4.\n"],
  ]);
  expect(brokenCitations(files)).toEqual([
    "packages/client/src/a.ts: cites PROTOCOL.md §4, which is not there",
  ]);
});

test("a document that no way leads to from the README is found", () => {
  const files = new Map([
    ["README.md", "[docs](docs/README.md#top)"],
    ["docs/README.md", "[a](guides/a.md) [out](https://example.org/b.md)"],
    ["docs/guides/a.md", "[back](../README.md)"],
    ["docs/guides/b.md", "[a](a.md)"],
  ]);
  expect(orphanedDocuments(files)).toEqual([
    "docs/guides/b.md: no link leads there from README.md",
  ]);
});
