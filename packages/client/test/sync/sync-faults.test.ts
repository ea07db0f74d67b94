/** Faults planted in sync, each of which the model test alone must notice. */
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { plant } from "./support/planted-sync.ts";
import { ACTS_IN_COURSE, play, story } from "./support/sync-acts.ts";
import { SyncWorld } from "./support/sync-world.ts";

const MACHINE = "bucket.ts";
const MOVES = "bucket-moves.ts";
const SETTLING = "bucket-settling.ts";
const HELD = "held-runs.ts";
const REGISTRY = "bucket-registry.ts";
const EXECUTOR = "bucket-executor.ts";

/** What is forgotten; where; the text that stands there; what stands there instead. */
const FAULTS: readonly (readonly [what: string, file: string, find: string, replace: string])[] = [
  [
    "an update ahead is applied as if nothing were missing (B36)",
    HELD,
    `if (run.after > upTo ||`,
    `if (run.after > upTo + 1 ||`,
  ],
  [
    "what overlaps is applied twice",
    HELD,
    `run.after === known ? updates : updates.filter(({ seq }) => seq > known)`,
    `updates`,
  ],
  [
    "the number counts without its epoch",
    SETTLING,
    `if (cursor && cursor.epoch !== server?.epoch) model.reason = "newEpoch";`,
    ``,
  ],
  [
    "an app that could not store is taken to have stored (L51)",
    EXECUTOR,
    `this.#end(workId, failed(kind, error));`,
    `this.#end(workId, kind === "applyFailed" ? STORED() : failed(kind, error));`,
  ],
  [
    "the word of another tab is not heard (B37)",
    MACHINE,
    `if (outcome) { follow(turn, outcome.moved); } else if (work?.type === "apply")`,
    `if (work?.type === "apply")`,
  ],
  [
    "a gap is never asked for",
    MACHINE,
    `if (isDue(model.gapDeadline)) model.isHurried = true;`,
    `if (isDue(model.gapDeadline)) model.gapDeadline = undefined;`,
  ],
  [
    "a hint is not followed (B46)",
    MACHINE,
    `turn.model.isPaused = true; turn.model.pushedTo`,
    `turn.model.pushedTo`,
  ],
  [
    "an empty page is asked for again at once (B38, L49)",
    MACHINE,
    `if (isMissing(model)) fail(turn);`,
    `if (!isMissing(model)) fail(turn);`,
  ],
  [
    "a store that fails is called again at once (B38)",
    MOVES,
    `model.retryDeadline = now + Math.max(retryDelayMs(model.failures++, random, policy), serverMs);`,
    `model.retryDeadline = now;`,
  ],
  [
    "what ends late for a closed bucket counts (L48)",
    MACHINE,
    `if (isStoring) model.work = { type: "drain" };`,
    ``,
  ],
  [
    "a turn is not given back",
    MOVES,
    `if (model.turn !== "none") effects.push({ type: "release" });`,
    `if (model.turn === "queued") effects.push({ type: "release" });`,
  ],
  [
    "debt is forgotten when the bucket is closed (Y5)",
    REGISTRY,
    `if (traits?.isStored && server && isRead) {`,
    `if (traits?.isStored && server && isRead && entry.isOpen) {`,
  ],
  [
    "debt is not paid in the background (Y5)",
    REGISTRY,
    `entry.isBackground = true; this.#start(entry, hooks);`,
    ``,
  ],
  [
    "the cursor is taken for stored before the app has stored it (B41)",
    SETTLING,
    `start(turn, { type: "apply", batch, runs }`,
    `turn.model.cursor = to; start(turn, { type: "apply", batch, runs }`,
  ],
  [
    "everybody fetches at once (B45)",
    "fetch-limiter.ts",
    `return free > 0 ? best : undefined;`,
    `return free > -9 ? best : undefined;`,
  ],
];

// Of one seed, so that a run says the same as the one before.
const RUNS = 6_000;

test.each(FAULTS)(
  "the model test alone notices: %s",
  { timeout: 60_000 },
  async (_, file, find, replace) => {
    const make = await plant({ file, find, replace });
    const property = fc.asyncProperty(...ACTS_IN_COURSE, async (codes, course) => {
      return (await play(new SyncWorld(make), codes, course)) === undefined;
    });
    const found = await fc.check(property, { numRuns: RUNS, seed: 1, endOnFailure: true });
    const [codes] = found.counterexample ?? [];
    console.log(codes ? `after ${found.numRuns}: ${story(codes)}` : "not found");
    expect(found.failed).toBe(true);
  },
);

test("a fault whose place is gone fails instead of proving nothing", async () => {
  const gone = { file: MACHINE, find: "this stands nowhere", replace: "" };
  await expect(plant(gone)).rejects.toThrow(/stands there 0 times/);
});
