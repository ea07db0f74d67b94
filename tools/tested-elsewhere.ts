/**
 * Sources that say something of their own and yet have no test file of their own name, each with
 * the reason. `tidy` fails on a source that is missing here, and on an entry that is stale.
 */
export const testedElsewhere: Readonly<Record<string, string>> = {
  "packages/server/src/base/random.ts": "one line around the platform's dice",
};
