/**
 * Runs that once broke a property, each with what was behind it. They are run with every test run
 * and never leave. A change of what is drawn from a seed makes other runs of them; their stories,
 * where a product was at fault, stay as story tests.
 */
export const PINNED_SEEDS: readonly (readonly [seed: number, story: string])[] = [
  [10, "a process died before it could write off the debts of what it had caught up"],
  [1045, "the server's word to stop was still on its way when everything healed"],
  [1098, "blockers of one account were named by another"],
  [5043, "a dial that nobody waited for any more was still on its way at the end"],
  [7069, "a server lost its store after an effect was confirmed and before its result was heard"],
  [
    20033,
    "what was never stored when its user left did not look failed, and what it blocked went: the " +
      "product's fault, a story in durable-client.test.ts",
  ],
  [20417, "the same user signed in again"],
  [286, "a handle from before its user left was named as a blocker after that had failed"],
  [528, "a dial that was refused already was given up while its network was slow"],
  [6003090, "a tab that was closed left debt in a bucket that another has open"],
  [5000318, "a confirmed note of a full disk came again, after a server had lost its store"],
  [1434, "a tab that was closed left debt for the next start beside one that went on"],
  [
    181276557,
    "a user came back to a tab while another still held what it had left, in a lane of the same name",
  ],
  [
    3003532,
    "a process that had slept was woken too early for its alarm by a rounding, again and again",
  ],
  [
    555224,
    "noise broke three sessions over a call that the server was still running, and its lane went on",
  ],
  [12019142, "a second tab lost its power with debts, and nothing was started after that"],
  [
    13035931,
    "a second tab was killed between its data and its debt, and nothing was started after that",
  ],
  [13038328, "a link became a black hole while more was under way than may wait to be sent"],
  [12046630, "a fault's own timer outlived the tab that it had struck"],
  [
    13048328,
    "a server that was handed over lost its store, and an empty log passed for the old one",
  ],
  [12019865, "the last call of a tab that had closed came to the server while the rest was judged"],
  [
    13020884,
    "a user came back to a tab and named as a blocker what another tab had taken over meanwhile",
  ],
];
