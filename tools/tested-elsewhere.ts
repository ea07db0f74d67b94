/**
 * Sources that say something of their own and yet have no test file of their own name, each with
 * the test that speaks for it, or the reason why none does. `tidy` fails on a source that is missing
 * here, and on an entry that is stale.
 */
export const testedElsewhere: Readonly<Record<string, string>> = {
  "packages/protocol/src/codec.ts": "packages/protocol/test/json-codec.test.ts",
  "packages/protocol/src/field-check.ts": "packages/protocol/test/message-table.test.ts",
};
