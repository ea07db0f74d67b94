/**
 * Sync in worlds where anything goes wrong: sessions are lost, commits fail, other tabs are faster,
 * logs are trimmed and begun anew, the process crashes. Ten thousand of them; a hundred thousand
 * with `HOLDFAST_DEEP=1`.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { Sync } from "../../src/sync/sync.ts";
import { ACTS_IN_COURSE, play, story } from "./support/sync-acts.ts";
import { SyncWorld } from "./support/sync-world.ts";

const LONG_MS = 1_800_000;
const RUNS = process.env["HOLDFAST_DEEP"] ? 20_000 : 2_000;

test.each([1, 2, 3, 4, 5])(
  "whatever happens, nothing is lost, doubled or passed over, and all of it arrives: %i of 5 (B36, B37, B39, B41, L47, L51)",
  async () => {
    await fc.assert(
      fc.asyncProperty(...ACTS_IN_COURSE, async (codes, course) => {
        const fault = await play(new SyncWorld(Sync), codes, course);
        expect(fault && `${fault}\n  in: ${story(codes)}`).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  },
  // Four seconds each where nothing else runs.
  LONG_MS,
);
