/**
 * What a world must come to when nothing is wrong any more: everybody connected, every wish at its
 * end, every bucket up to date, and all of it true.
 */
import type { Millis } from "@holdfast/client";

import type { AppProcess } from "./app-process.ts";
import type { Wish } from "./wish.ts";
import type { World } from "./world.ts";

/**
 * After healing everybody is connected within this: invariant 8 (31 s), a dial and a handshake that
 * were under way (20 s), a token fetch that hangs from before (30 s), and what servers asked for
 * (8 s and their window).
 */
export const OPEN_WITHIN_MS: Millis = 95_000;
/**
 * So long after that all wishes have ended and all buckets are up to date: a call that counts as
 * lost (30 s), the longest waits of transactions and sync (37.5 s, 30 s), of claims (30 s), and
 * lanes of several that go one after the other.
 */
export const REST_WITHIN_MS: Millis = 240_000;

/** So long after that nothing is owed any more: the longest wait after a store failed, and more. */
const PAID_WITHIN_MS: Millis = 60_000;

/** What is not yet as it shall be; undefined: all is. */
export function unrest(world: World): string | undefined {
  if (world.isWriting) return "a server still writes";
  for (const { process, user } of world.tabs) {
    const { name, client } = process;
    const { length } = client.pending.current;
    if (length > 0) return `${name} has ${length} pending transactions`;
    if (user.owed.size > 0) return `${name} owes the results of ${[...user.owed].join(" ")}`;
    if (user.openCalls > 0) return `${name} has calls that do not end`;
    if (client.connection.current.state !== "open") return `${name} is not connected`;
    if (client.state.current !== "connected") return `${name} is ${client.state.current}`;
    for (const bucket of user.opened) {
      const { phase, cursor } = client.bucket(bucket).state.current;
      const head = world.ledger.log(world.ledger.epoch, bucket).length;
      const isHere = cursor?.epoch === world.ledger.epoch && cursor.seq === head;
      if (phase !== "live" || (!isHere && (head > 0 || cursor)))
        return `${name} has ${bucket} ${phase} at ${cursor?.seq} of ${head}`;
    }
  }
  // What a tab left is adopted by another with its next claim.
  const lost = world.ledger.wishes.find(isLost);
  return lost && `wish ${lost.n} of ${lost.maker} is lost`;
}

/** What is not true although all is at rest: the property, and what was seen. */
export async function brokenRest(
  world: World,
): Promise<readonly [property: string, detail: string] | undefined> {
  const { ledger, devices } = world;
  for (const { tabs, hasLeftovers } of devices) {
    for (const { process, user } of tabs) {
      for (const bucket of user.opened) {
        const seen = await shownOf(world, process, bucket);
        const { epoch } = ledger;
        const due = ledger.expected(bucket, epoch, 0, ledger.log(epoch, bucket).length);
        const expected = due.map(({ seq, wish }) => `${seq}=${wish}`).join(" ");
        if (seen !== expected)
          return ["all end with the same", `${process.name} ${bucket}: ${seen}, not ${expected}`];
      }
      const owed = hasLeftovers ? "" : await owedBy(world, process);
      if (owed) return ["all debts are paid", `${process.name}: ${owed}`];
      const trouble = process.client.trouble.current;
      if (trouble.setAside.length + trouble.unknown.length > 0)
        return ["nothing is set aside", process.name];
    }
  }
  return undefined;
}

/**
 * A wish that was stored, and that nobody took back, has been committed, unless its end was told,
 * or may have come where nobody lived to hear it.
 */
function isLost({ isStored, epochs, end, isCancelled, fate, failures, ...wish }: Wish): boolean {
  if (!isStored || epochs.size > 0 || end || isCancelled || wish.hasDeadline) return false;
  // Whoever was signed in for a while has not come back.
  if (!wish.isAtHome) return false;
  const isFailing = fate === "denied" || failures > 6;
  return !isFailing && wish.blockers.every((blocker) => blocker.epochs.size > 0);
}

/** The debts that stay. What is closed is caught up in the background, and then written off. */
async function owedBy({ clock }: World, { client }: AppProcess): Promise<string> {
  let owed = "everything";
  for (let waitedMs = 0; waitedMs <= PAID_WITHIN_MS; waitedMs += 1_000) {
    const store = client.accountStore.current;
    const debts = (store && (await clock.finish(store.sync.debts()))) ?? [];
    owed = debts.map(({ bucket }) => bucket).join(", ");
    if (store && owed === "") return "";
    await clock.run(1_000);
  }
  return owed;
}

async function shownOf({ clock }: World, { client }: AppProcess, bucket: string): Promise<string> {
  const documents = await clock.finish(client.documents());
  const found = await clock.finish(documents.documents(bucket));
  return found.map(({ id, document }) => `${Number(id)}=${String(document)}`).join(" ");
}
