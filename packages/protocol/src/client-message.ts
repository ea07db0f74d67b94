/** What a client says (PROTOCOL.md §4). */
import type { BucketKey, BucketPosition } from "./bucket.ts";

/** The first message of every session. Nothing but `ping` may travel before its answer. */
export interface Hello {
  readonly type: "hello";
  /** The credential; absent when the connection's cookies carry it. */
  readonly token?: string;
  readonly client: { readonly name: string; readonly version: string };
  /** The optional message types that this peer understands. */
  readonly capabilities: readonly string[];
  /** 128 random bits for the life of one client object, in hexadecimal. Never stored. */
  readonly instanceId: string;
  /** The number of this session within the instance; a later one supersedes an earlier one. */
  readonly session: number;
  readonly buckets?: readonly BucketPosition[];
}

/** A request. Answered by `result` or `failure` with the same id, in any order. */
export interface Call {
  readonly type: "call";
  /** Rises within the process of the client and is never used again. */
  readonly id: number;
  readonly method: string;
  readonly input?: unknown;
  /** What is left of the caller's deadline, in milliseconds. */
  readonly timeoutMs: number;
  /** Makes the call exactly-once at servers that store keyed results. */
  readonly key?: string;
}

/**
 * The caller no longer waits. Without `key` the `id` is that of a call of this session. With `key`
 * it is a request of its own under a new `id`: the keyed call, of whatever session of the account,
 * shall not take effect if it has not yet. Answered by `result` if it had, else by `failure` with
 * code `cancelled`.
 */
export interface Cancel {
  readonly type: "cancel";
  readonly id: number;
  readonly key?: string;
}

/** Asks for the updates of buckets, from the positions given. */
export interface Subscribe {
  readonly type: "subscribe";
  readonly buckets: readonly BucketPosition[];
}

/** Ends subscriptions. Frames of the bucket are dropped by the client until `unsubscribed`. */
export interface Unsubscribe {
  readonly type: "unsubscribe";
  readonly buckets: readonly BucketKey[];
}

/** Asks for one page of a bucket's log. Shares the id space of calls. */
export interface Fetch {
  readonly type: "fetch";
  readonly id: number;
  readonly bucket: BucketKey;
  readonly epoch: string;
  readonly after: number;
  readonly limit: number;
}

/**
 * Asks for a `pong` with the same nonce. The only message, besides `hello`, that may travel before
 * `welcome`.
 */
export interface Ping {
  readonly type: "ping";
  readonly nonce: number;
}

/** A renewed credential for the same account. */
export interface Token {
  readonly type: "token";
  readonly token: string;
}

/** Every message that a client may say (PROTOCOL.md §4). */
export type ClientMessage = Hello | Call | Cancel | Subscribe | Unsubscribe | Fetch | Ping | Token;
