/** One transaction, `a`, in each state that it can be in; each is reached by real events. */
import { QueueRig } from "./queue-rig.ts";

const STATES: Readonly<Record<string, () => QueueRig>> = {
  /** Being stored for the first time, with no session. */
  saving() {
    const rig = new QueueRig().claim();
    rig.isAuto = false;
    return rig.make("a");
  },
  /** Made before the stored ones were loaded. */
  unclaimed: () => new QueueRig().make("a"),
  queued: () => new QueueRig().claim().make("a"),
  inFlight: () => new QueueRig().claim().online().make("a"),
  /** Of a server without keys. */
  keyless: () => new QueueRig().claim().onlineWithoutKeys().make("a"),
  keylessRepeatable: () =>
    new QueueRig().claim().onlineWithoutKeys().make("a", { isRepeatable: true }),
  /** Sent a second time, after a session was lost. */
  again: () => state("lost").online(),
  keylessAgain: () => state("keylessRepeatable").answer("a", { type: "lost" }).pass(1_500),
  /** The session that it was sent in is over. */
  lost: () => state("inFlight").answer("a", { type: "lost" }).offline(),
  unsent: () => state("inFlight").answer("a", { type: "unsent" }).offline(),
  /** The server failed, and it waits for another try. */
  waiting: () => state("inFlight").failure("a", "internal"),
  /** The server has said yes, and a bucket has not brought it yet. */
  acked: () => state("inFlight").result("a", [["log", 7]]),
  /** Cancelled when it may have run; offline. */
  cancelling: () => state("lost").cancel("a"),
  /** Cancelled while its call is on its way, and that is asked too. */
  asked: () => state("inFlight").cancel("a"),
  /** The same, with the call answered by nothing. */
  askedAlone: () => state("asked").answer("a", { type: "lost" }),
  overdue: () =>
    state("inFlight")
      .pass(24 * 3_600_000 - 1)
      .sleep(1),
};

export type StateName = keyof typeof STATES;

export function state(name: string): QueueRig {
  const reach = STATES[name];
  if (!reach) throw new Error(`no state ${name}`);
  return reach();
}
