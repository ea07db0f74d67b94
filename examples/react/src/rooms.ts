/** The rooms' server: who may speak, what is kept, and what can be found again. */
import { createHmac, randomBytes } from "node:crypto";

import { CallFailure, RealtimeServer, refuse, type LogUpdate } from "@holdfast/server";
import type { sqliteStore, UnitDatabase } from "@holdfast/server/sqlite";

import {
  contract,
  isName,
  ROOMS,
  TEXT_LENGTH_MAX,
  type KeptMessage,
  type Message,
  type RoomName,
  type RoomsContract,
} from "./contract.ts";

type Store = ReturnType<typeof sqliteStore>;
type Rooms = RealtimeServer<RoomsContract, { readonly account: string }, UnitDatabase>;

/** The newest that is kept of a room, up to the number `seq`. */
interface RoomEnd {
  readonly epoch: string;
  readonly seq: number;
  readonly updates: readonly LogUpdate[];
}

/** How many messages a device is given at once, and how many are searched. */
const SNAPSHOT_MESSAGES = 200;
const SEARCHED_MESSAGES = 5_000;
const FOUND_MAX = 20;
/** How much of a room's log is read at once, in bytes. */
const PAGE_BYTES = 500_000;

/** Lost with the process: after a restart tokens are refused, and clients ask for new ones. */
const secret = randomBytes(32);

/** A token for somebody, who need not prove anything: this is an example. */
export function tokenFor(name: string): string {
  return `${name}.${createHmac("sha256", secret).update(name).digest("base64url")}`;
}

export function makeRooms(store: Store): Rooms {
  const roomEnd = async (room: RoomName, count: number): Promise<RoomEnd> => {
    checkRoom(room);
    const bucket = `room:${room}`;
    const [range] = await store.ranges([bucket]);
    if (!range) throw new Error("The store tells no range.");
    const { epoch, oldest, head } = range;
    const updates: LogUpdate[] = [];
    let seq = Math.max(oldest - 1, head - count);
    while (seq < head) {
      const limits = { updates: head - seq, bytes: PAGE_BYTES };
      const [page] = await store.read([{ bucket, after: seq }], limits);
      if (page?.epoch !== epoch) throw new Error("The store began anew meanwhile.");
      updates.push(...page.updates);
      // An empty page: what was to come was forgotten meanwhile.
      seq = Math.max(page.upTo, page.oldest - 1);
    }
    return { epoch, seq, updates };
  };
  return new RealtimeServer({
    contract,
    store,
    authenticate: ({ token = "" }) => {
      const [name = ""] = token.split(".");
      return isName(name) && token === tokenFor(name)
        ? { account: name }
        : refuse({ action: "reauthenticate", code: "badToken" });
    },
    handlers: {
      "room.say": async ({ room, text }, { account, commit }) => {
        checkRoom(room);
        const said = text.trim();
        if (!said || said.length > TEXT_LENGTH_MAX) throw new CallFailure("badText", "Not this.");
        // One rule that can be broken, so that the page shows what a refusal looks like.
        if (said.startsWith("/")) throw new CallFailure("noCommands", "There are no commands.");
        return await commit((tx) => ({
          seq: tx.append(`room:${room}`, { from: account, text: said }).seq,
        }));
      },
      "room.snapshot": async (room, { account }) => {
        const { epoch, seq, updates } = await roomEnd(room, SNAPSHOT_MESSAGES);
        return { epoch, seq, messages: updates.map((update) => kept(update, account)) };
      },
      "room.find": async ({ room, words }, { account }) => {
        const { updates } = await roomEnd(room, SEARCHED_MESSAGES);
        const sought = words.toLowerCase();
        return updates
          .map((update) => kept(update, account))
          .filter(({ text }) => text.toLowerCase().includes(sought))
          .slice(-FOUND_MAX);
      },
    },
    buckets: {
      room: { authorize: (_viewer, bucket) => ROOMS.some((name) => bucket === `room:${name}`) },
    },
  });
}

function checkRoom(room: string): void {
  if (!ROOMS.some((name) => name === room))
    throw new CallFailure("noRoom", "There is no such room.");
}

/** Keys are their author's alone. */
function kept({ seq, at, data, key, account }: LogUpdate, viewer: string): KeptMessage {
  // It is what `room.say` appended.
  const { from, text } = data as Message;
  return { seq, at, from, text, ...(key !== undefined && account === viewer && { key }) };
}
