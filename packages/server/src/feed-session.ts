/** What the feeds of one session need of it, and what is counted over the feeds of all sessions. */
import type { BucketKey, ServerMessage } from "@holdfast/protocol";

import type { BucketPump } from "./bucket-pump.ts";
import type { LogReader } from "./log-reader.ts";
import type { SharedMessage } from "./outbox.ts";

/** What the feeds of one session share. */
export interface FeedSession {
  readonly pump: BucketPump;
  readonly reader: LogReader;
  /** It can fetch, and hears pages unasked. */
  readonly speaksLog: boolean;
  /** Whose keys it may see; undefined where it speaks no `keys`. */
  readonly author: string | undefined;
  readonly say: (message: ServerMessage) => void;
  /** Says it if it has no more bytes than these; returns how many it has, 0: not said. */
  readonly sayWithin: (message: ServerMessage, bytesMax: number) => number;
  /** False: it was not said, because its codec or a frame cannot hold it. */
  readonly push: (message: SharedMessage) => boolean;
  /** This update cannot be said to it, and was passed over. */
  readonly leftOut: (bucket: BucketKey, epoch: string, seq: number) => void;
  /** It takes less than it is pushed. */
  readonly isSlow: () => boolean;
  readonly counts: FeedCounts;
}

/** What is counted over all feeds. */
export interface FeedCounts {
  /** Those that are behind now. */
  feedsBehind: number;
  headsSaid: number;
  pagesSaid: number;
}
