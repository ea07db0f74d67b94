/** Faults planted in the queue, each of which random lives alone must notice. */
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { plant } from "./support/planted-queue.ts";
import { lived, LIFE } from "./support/queue-life.ts";
import { QueueWorld } from "./support/queue-world.ts";

const ANSWER = "transaction-answer.ts";
const CLAIM = "transaction-claim.ts";
const DISPATCH = "transaction-dispatch.ts";
const END = "transaction-end.ts";
const LANE = "transaction-lane.ts";
const QUEUE = "transaction-queue.ts";
const SAVING = "transaction-saving.ts";

/** What is forgotten; where; the text that stands there; what stands there instead. */
const FAULTS: readonly (readonly [what: string, file: string, find: string, replace: string])[] = [
  [
    "it is sent before the disk knows that it may have run",
    DISPATCH,
    `if (entry.stored !== record) return;`,
    ``,
  ],
  [
    "it is sent again when the server may have forgotten its key",
    DISPATCH,
    `return wallNow - (record.sentAt ?? 0) < keptMs;`,
    `return true;`,
  ],
  [
    "without keys, what may have run is sent again (B34)",
    DISPATCH,
    `return record.phase === "queued" && !!rules?.repeatable;`,
    `return record.phase === "queued";`,
  ],
  ["what waits for another does not wait", DISPATCH, `&& !record.blockers.length`, ``],
  [
    "an old answer counts (B28)",
    ANSWER,
    `if (!entry || (sending !== entry.call && sending !== entry.cancel)) return;`,
    `if (!entry) return;`,
  ],
  [
    "a lost answer counts as never sent",
    ANSWER,
    `const didNotRun = answer.type === "unsent"`,
    `const didNotRun = answer.type === "unsent" || answer.type === "lost"`,
  ],
  [
    "a refusal of the second sending speaks of the first",
    ANSWER,
    `entry.mightHaveRun && !isWhole ? "outcomeUnknown" : "rejected"`,
    `"rejected"`,
  ],
  [
    "what was lost waits for nothing (L36)",
    ANSWER,
    `entry.notBefore = now + Math.min(waitMs, policy.waitMsMax);`,
    `entry.notBefore = Infinity;`,
  ],
  [
    "what may have run is cancelled without asking (L34)",
    END,
    `if (!entry.mayHaveRun && !isForeign) withdraw(turn, entry);`,
    `withdraw(turn, entry);`,
  ],
  [
    "a failure leaves those that wait for it waiting",
    END,
    `fail(turn, dependant, "blockerFailed");`,
    `void dependant;`,
  ],
  [
    "a success leaves those that wait for it waiting",
    END,
    `change(turn, dependant, { blockers });`,
    `void blockers;`,
  ],
  [
    "what is cancelled while it is first stored stays on the disk (L33)",
    END,
    `if (entry.stored || turn.queue.writing.has(entry)) turn.queue.dirty.add(entry);`,
    `if (entry.stored) turn.queue.dirty.add(entry);`,
  ],
  [
    "a failure lets its lane go on before the disk has forgotten it, and shows no more",
    SAVING,
    `else if (record === entry.record && !isOver(entry)) queue.dirty.delete(entry);`,
    `else queue.dirty.delete(entry);`,
  ],
  [
    "a write that failed counts as done",
    SAVING,
    `for (const entry of added) fail(turn, entry, "storeFailed", { code });`,
    `for (const entry of writing) { entry.stored = entry.record; queue.dirty.delete(entry); }`,
  ],
  [
    "what was loaded is put behind what was made (L37, L40)",
    LANE,
    `|| a.record.order - b.record.order;`,
    `|| b.record.order - a.record.order;`,
  ],
  [
    "what another has adopted is still ours",
    CLAIM,
    `if (wasAway && entry.stored && !ours.has(entry.id)) lose(turn, entry);`,
    `void ours;`,
  ],
  [
    "what came back from another counts as untouched",
    CLAIM,
    `(wasAway || known.isForeign || adopted.includes(record.id))`,
    `(wasAway || known.isForeign)`,
  ],
  [
    "whoever adopts it tells nobody how it ended",
    SAVING,
    `if (!mayBeAwaited) return { type: "remove", id };`,
    `if (id) return { type: "remove", id };`,
  ],
  ["a lane has two on their way", LANE, `lane === undefined ? id : \`:\${lane}\``, `id`],
  [
    "a session that opens wakes nobody (B30)",
    QUEUE,
    `dispatch(turn); tendStore(turn);`,
    `if (event.type !== "sessionOpened") dispatch(turn); tendStore(turn);`,
  ],
  [
    "no deadline is kept (L43)",
    QUEUE,
    `else if (deadlineAt <= wallNow) revoke(turn, entry, "deadline");`,
    ``,
  ],
  [
    "a frozen page goes on",
    QUEUE,
    `queue.isClaimed = false; effects.push({ type: "release" });`,
    `effects.push({ type: "release" });`,
  ],
];

const RUNS = process.env["HOLDFAST_DEEP"] ? 100_000 : 6_000;

test.each(FAULTS)(
  "random lives alone notice: %s",
  { timeout: 60_000 },
  async (_, file, find, replace) => {
    const step = await plant({ file, find, replace });
    const holds = fc.property(LIFE, fc.boolean(), (life, keepsKeys) =>
      lived(new QueueWorld({ keepsKeys, repeatable: false, step }), life),
    );
    const details = fc.check(holds, { numRuns: RUNS, seed: 1, endOnFailure: true });
    console.log(`after ${details.numRuns} lives: ${String(details.errorInstance)}`);
    expect(details.failed).toBe(true);
  },
);

test("a fault whose place is gone fails instead of proving nothing", async () => {
  const gone = { file: QUEUE, find: "this stands nowhere", replace: "" };
  await expect(plant(gone)).rejects.toThrow(/stands there 0 times/);
});
