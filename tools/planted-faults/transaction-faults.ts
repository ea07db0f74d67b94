/** Faults of what the user did and must not be lost or doubled: transactions and their effects. */
import type { PlantedFault } from "./planted-fault.ts";

const home = "packages/client/src/transactions/";
const answer = `${home}transaction-answer.ts`;
const claim = `${home}transaction-claim.ts`;
const dispatch = `${home}transaction-dispatch.ts`;
const end = `${home}transaction-end.ts`;
const optimism = `${home}optimism.ts`;
const queue = `${home}transaction-queue.ts`;

const inTests = (...names: readonly string[]): string[] =>
  names.map((name) => `packages/client/test/transactions/${name}.test.ts`);
const lives = inTests("transaction-queue-properties");
const ofOptimism = inTests("optimism");
const ofClaim = inTests("transaction-claim");

export const transactionFaults: readonly PlantedFault[] = [
  {
    what: "it is sent before the disk knows that it may have run",
    rows: "T2, L39",
    path: dispatch,
    find: `if (entry.stored !== record) return;`,
    replace: ``,
    tests: lives,
  },
  {
    what: "it is sent again when the server may have forgotten its key",
    rows: "T3, B29",
    path: dispatch,
    find: `return wallNow - (record.sentAt ?? 0) < keptMs;`,
    replace: `return true;`,
    tests: lives,
  },
  {
    what: "what waits for another does not wait",
    rows: "T4, B32",
    path: dispatch,
    find: `&& !record.blockers.length`,
    replace: ``,
    tests: lives,
  },
  {
    what: "two of a lane are on their way",
    rows: "T4, L37",
    path: `${home}transaction-lane.ts`,
    find: `lane === undefined ? id : \`:\${lane}\``,
    replace: `id`,
    tests: lives,
  },
  {
    what: "an answer of an older sending counts",
    rows: "B28, L38",
    path: answer,
    find: `if (!entry || (sending !== entry.call && sending !== entry.cancel)) return;`,
    replace: `if (!entry) return;`,
    tests: lives,
  },
  {
    what: "a lost answer is taken for never sent",
    rows: "B29, T1",
    path: answer,
    find: `const didNotRun = answer.type === "unsent"`,
    replace: `const didNotRun = answer.type === "unsent" || answer.type === "lost"`,
    tests: lives,
  },
  {
    what: "what may have run is cancelled without asking",
    rows: "L34, T1",
    path: end,
    find: `if (!entry.mayHaveRun && !isForeign) withdraw(turn, entry);`,
    replace: `withdraw(turn, entry);`,
    tests: lives,
  },
  {
    what: "a session that opens wakes nobody",
    rows: "B30, L40",
    path: queue,
    find: `dispatch(turn); tendStore(turn);`,
    replace: `if (event.type !== "sessionOpened") dispatch(turn); tendStore(turn);`,
    tests: lives,
  },
  {
    what: "no deadline is kept",
    rows: "L43, T5",
    path: queue,
    find: `else if (deadlineAt <= wallNow) revoke(turn, entry, "deadline");`,
    replace: ``,
    tests: lives,
  },
  {
    what: "the effect of what failed is not undone",
    rows: "T1",
    path: optimism,
    find: `if (isUndone) this.#edit(one, at, remove); else remove();`,
    replace: `remove();`,
    tests: ofOptimism,
  },
  {
    what: "effects are undone in the order in which they were applied",
    rows: "T1",
    path: optimism,
    find: `for (const effect of effects().reverse())`,
    replace: `for (const effect of effects())`,
    tests: ofOptimism,
  },
  {
    what: "what another may have sent meanwhile is taken for untouched",
    rows: "T1, T3",
    path: claim,
    find: `if (known && (wasAway || known.isForeign || adopted.includes(record.id))) {`,
    replace: `if (known && (wasAway || known.isForeign)) {`,
    tests: ofClaim,
  },
  {
    what: "a wish to cancel what is on its way waits until others are answered",
    rows: "L34, T1",
    path: dispatch,
    find: `for (const entry of inFlight) if (isReady(turn, entry, keyRetentionMs))`,
    replace: `for (const entry of inFlight) if (inFlight.size < turn.policy.inFlightMax && isReady(turn, entry, keyRetentionMs))`,
    tests: inTests("transaction-dispatch"),
  },
  {
    what: "what is made as the page freezes fails",
    rows: "T2",
    path: queue,
    find: `if (queue.isClaimed || queue.isFrozen || code === "closed") return;`,
    replace: `if (queue.isClaimed) return;`,
    tests: ofClaim,
  },
  {
    what: "one record that cannot be written keeps all others from the disk",
    rows: "T2",
    path: `${home}transaction-saving.ts`,
    find: `if (writing.length > 1) {`,
    replace: `if (added.length && writing.length > 1) {`,
    tests: inTests("transaction-saving"),
  },
];
