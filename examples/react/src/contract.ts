/** What the page and its server have agreed on. */
import { bucket, call, defineContract } from "@holdfast/protocol";

/** The rooms there are. */
export const ROOMS = ["lobby", "garden"] as const;
export type RoomName = (typeof ROOMS)[number];

/** How long a message may be, in characters. */
export const TEXT_LENGTH_MAX = 500;

/** May this be somebody's name? */
export function isName(name: string): boolean {
  return /^[a-z]{1,20}$/.test(name);
}

/** What was said: an update of the room's bucket. */
export interface Message {
  readonly from: string;
  readonly text: string;
}

/** What somebody says. */
export interface Saying {
  readonly room: RoomName;
  readonly text: string;
}

/** A message as it is kept at a device. */
export interface KeptMessage extends Message {
  readonly seq: number;
  /** Epoch milliseconds, by the server's clock. */
  readonly at: number;
  /** The id of the transaction that said it, where that was one's own. */
  readonly key?: string;
}

/** The end of a room, for who comes new or was away for long. */
export interface RoomSnapshot {
  readonly epoch: string;
  readonly seq: number;
  readonly messages: readonly KeptMessage[];
}

export const contract = defineContract({
  calls: {
    "room.say": call<Saying, { readonly seq: number }>(),
    "room.snapshot": call<RoomName, RoomSnapshot>({ repeatable: true }),
    "room.find": call<{ readonly room: RoomName; readonly words: string }, readonly KeptMessage[]>({
      repeatable: true,
    }),
  },
  buckets: { room: bucket<Message>() },
});

export type RoomsContract = typeof contract;
