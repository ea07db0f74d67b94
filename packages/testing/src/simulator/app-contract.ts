/** The app that is simulated: lists that everybody writes to, and an inbox for each account. */
import { bucket, call, defineContract } from "@holdfast/protocol";
import type { BucketSpec, CallSpec } from "@holdfast/protocol";

/** What the handler does with a note. */
export type NoteFate =
  /** Takes it. */
  | "ok"
  /** Refuses it for good. */
  | "denied"
  /** Says `busy` the first time, with a delay. */
  | "busyOnce"
  /** Breaks the first time. */
  | "throwsOnce";

/** A note on its way. `wish` is its number in the run: who sees it twice sees it doubled. */
export interface NoteInput {
  readonly wish: number;
  readonly list: string;
  /** Whose inbox gets a copy, in the same unit of work. */
  readonly copyTo?: string;
  readonly fate: NoteFate;
  /** How long the handler thinks before it commits, and before it answers then. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** What a bucket holds of a note. Negative numbers are the other writer's. */
export interface Note {
  readonly wish: number;
  /** Makes it large. */
  readonly pad?: string;
}

export interface NotePlace {
  readonly epoch: string;
  readonly seq: number;
}

/** A list as of a place in it. */
export interface ListSnapshot extends NotePlace {
  readonly notes: readonly { readonly seq: number; readonly wish: number }[];
}

/** A call that is told apart from all others of the run. */
export interface Numbered {
  readonly n: number;
  /** Who is signed in when it is made. */
  readonly as: string;
  /** Makes it large. */
  readonly pad?: string;
}

export interface AppContract {
  readonly calls: {
    readonly "note.add": CallSpec<NoteInput, NotePlace>;
    readonly "list.snapshot": CallSpec<string, ListSnapshot>;
    /** May run any number of times. */
    readonly echo: CallSpec<Numbered, number>;
    /** Must never run twice. */
    readonly bump: CallSpec<Numbered, number>;
  };
  readonly buckets: { readonly list: BucketSpec<Note>; readonly inbox: BucketSpec<Note> };
}

export const appContract: AppContract = defineContract({
  calls: {
    "note.add": call<NoteInput, NotePlace>(),
    "list.snapshot": call<string, ListSnapshot>({ repeatable: true }),
    echo: call<Numbered, number>({ repeatable: true }),
    bump: call<Numbered, number>(),
  },
  buckets: { list: bucket<Note>(), inbox: bucket<Note>() },
});
export type AppBucket = `list:${string}` | `inbox:${string}`;

export const LISTS: readonly AppBucket[] = ["list:a", "list:b", "list:c"];

/** Inboxes hide every third note from everybody: what is hidden must be accounted for. */
export function isVisible(bucketKey: string, { wish }: Note): boolean {
  return bucketKey.startsWith("list:") || wish % 3 !== 0;
}
