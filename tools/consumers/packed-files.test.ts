import { expect, test } from "vitest";

import { packingFaults } from "./packed-files.ts";

const good = `
  package.json README.md LICENSE src/a/b.ts src/c.tsx
  dist/a/b.js dist/a/b.d.ts dist/a/b.js.map dist/a/b.d.ts.map dist/c.js dist/c.d.ts
`
  .trim()
  .split(/\s+/);

test("sources, what is built of them, and three papers make a package", () => {
  expect(packingFaults(good)).toEqual([]);
});

test.each([
  ["dist/tsconfig.tsbuildinfo", "does not belong"],
  ["dist/gone.js", "does not belong"],
  ["test/a.test.ts", "does not belong"],
  ["src/notes.txt", "does not belong"],
  [".env", "does not belong"],
])("%s %s", (path, fault) => {
  expect(packingFaults([...good, path])).toEqual([`${path}: ${fault}`]);
});

test.each(["LICENSE", "README.md", "dist/c.js", "dist/a/b.d.ts"])("%s is missed", (path) => {
  const rest = good.filter((other) => other !== path);
  expect(packingFaults(rest)).toEqual([`${path}: is missing`]);
});
