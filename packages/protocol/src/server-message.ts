/** What a server says (PROTOCOL.md §5). */
import type { BucketHead, BucketKey, Update, UpdateRun } from "./bucket.ts";
import type { CloseMeaning } from "./close-code.ts";
import type { WireLimits } from "./limits.ts";

/** The hello is accepted; the session is open. */
export interface Welcome {
  readonly type: "welcome";
  /** The account that the credential belongs to. */
  readonly account: string;
  /** The server's clock, epoch milliseconds. */
  readonly serverTime: number;
  readonly capabilities: readonly string[];
  readonly limits: WireLimits;
  /** The shortest and longest ping interval that the server bears, in milliseconds. */
  readonly heartbeat: { readonly minMs: number; readonly maxMs: number };
  /** Over how long reconnects should be spread if the whole fleet drops now, in milliseconds. */
  readonly windowMs: number;
  /** When the token ends, epoch milliseconds by `serverTime`'s clock. Absent: it does not. */
  readonly tokenExpiresAt?: number;
  /** How long results of keyed calls are kept, in milliseconds. Absent: the server keeps none. */
  readonly keyRetentionMs?: number;
}

/** A call succeeded. */
export interface Result {
  readonly type: "result";
  readonly id: number;
  readonly output?: unknown;
  /**
   * The positions of the updates that the call appended, by bucket. They were pushed before this
   * message.
   */
  readonly at?: Readonly<Record<BucketKey, number>>;
}

/** A call failed. */
export interface Failure {
  readonly type: "failure";
  readonly id: number;
  /** A word for programs: one of the reserved codes (PROTOCOL.md §7) or the handler's own. */
  readonly code: string;
  /** A sentence for people who debug. */
  readonly message: string;
  readonly data?: unknown;
  /** When a repetition makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** The server turned the call down before its handler ran: nothing has taken effect. */
  readonly refused?: true;
}

/** A call was accepted by this process. Says nothing about its outcome. */
export interface Ack {
  readonly type: "ack";
  readonly id: number;
}

/** Updates of this bucket follow from here on. */
export interface Subscribed extends BucketHead {
  readonly type: "subscribed";
}

/** No more updates of this bucket follow. Without a code it answers `unsubscribe`. */
export interface Unsubscribed {
  readonly type: "unsubscribed";
  readonly bucket: BucketKey;
  readonly code?: UnsubscribedCode;
}
/**
 * `denied`: never allowed; `revoked`: no longer allowed; `gone`: there is no such bucket; `limit`:
 * too many subscriptions.
 */
export type UnsubscribedCode = "denied" | "revoked" | "gone" | "limit" | (string & {});

/**
 * A page of a bucket's log: the answer to a fetch, or unasked after `subscribed` (then without an
 * id).
 */
export interface Page extends UpdateRun {
  readonly type: "page";
  readonly id?: number;
  /** The newest sequence number at the time of reading. `upTo === head`: nothing is missing. */
  readonly head: number;
}

/** The log no longer reaches back to the position asked for. */
export interface TooFarBehind {
  readonly type: "tooFarBehind";
  readonly id?: number;
  readonly bucket: BucketKey;
  readonly epoch: string;
  /** The oldest sequence number that the log still has. */
  readonly oldest: number;
  readonly head: number;
}

/** Live updates, contiguous with what was pushed before in this session. */
export interface Updates extends UpdateRun {
  readonly type: "updates";
}

/**
 * These buckets have more; the data must be fetched. Nothing is pushed for them until a fetch
 * reached the head.
 */
export interface Heads {
  readonly type: "heads";
  readonly heads: readonly BucketHead[];
}

/** The answer to `ping`. */
export interface Pong {
  readonly type: "pong";
  readonly nonce: number;
  readonly windowMs: number;
}

/** The renewed token is in force. */
export interface TokenAccepted {
  readonly type: "tokenAccepted";
  /** As in `welcome`. */
  readonly tokenExpiresAt?: number;
}

/** What the client should do after a refusal. */
export type RefusalAction = CloseMeaning;

/** The server ends the session, and says what the client should do. A close follows. */
export interface Refuse {
  readonly type: "refuse";
  readonly action: RefusalAction;
  /** A word for programs, for example `badToken`, `busy`, `superseded`, `unsupportedVersion`. */
  readonly code: string;
  readonly message?: string;
  /** Not before this many milliseconds. */
  readonly retryAfterMs?: number;
  /** Spread the retry over this many milliseconds. */
  readonly windowMs?: number;
}

/** The server is about to end: leave within the window, at a moment of the client's choice. */
export interface GoAway {
  readonly type: "goAway";
  readonly windowMs: number;
}

/** Every message that a server may say (PROTOCOL.md §5). */
export type ServerMessage =
  | Welcome
  | Result
  | Failure
  | Ack
  | Subscribed
  | Unsubscribed
  | Page
  | TooFarBehind
  | Updates
  | Heads
  | Pong
  | TokenAccepted
  | Refuse
  | GoAway;

/** What a server says to a client that speaks neither `log` nor `keys`. */
export type SpokenServerMessage =
  | Omit<Welcome, "keyRetentionMs">
  | Omit<Result, "at">
  | SpokenUpdates
  | Exclude<ServerMessage, Welcome | Result | Updates | Ack | Page | TooFarBehind | Heads>;

/** Updates without the fields of `log` and `keys`. */
export interface SpokenUpdates extends Omit<Updates, "skipped" | "updates"> {
  readonly updates: readonly Omit<Update, "key">[];
}
