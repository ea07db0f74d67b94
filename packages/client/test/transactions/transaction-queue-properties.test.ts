/**
 * The queue in a world where everything fails at any moment, through thousands of random lives. Ten
 * thousand and more of them with `HOLDFAST_DEEP=1`.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { QueueWorld, type WorldOptions } from "./support/queue-world.ts";
import { lived, LIFE } from "./support/queue-life.ts";

const RUNS = process.env["HOLDFAST_DEEP"] ? 100_000 : 3_000;

test.each<readonly [string, WorldOptions]>([
  ["a server that keeps keys", { keepsKeys: true, repeatable: false }],
  ["a server without keys", { keepsKeys: false, repeatable: false }],
  ["a server without keys, for what may be repeated", { keepsKeys: false, repeatable: true }],
])(
  "whatever happens, what was said of each transaction is true in the end, with %s (B29, B30, L33, L34, L35, L36, L37, L40)",
  (_, options) => {
    const isTrue = fc.property(LIFE, (life) => lived(new QueueWorld(options), life));
    fc.assert(isTrue, { numRuns: RUNS });
    expect.assertions(0);
  },
);
