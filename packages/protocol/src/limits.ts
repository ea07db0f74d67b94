/**
 * The limits of the wire. Both peers check before they write and again when they read (PROTOCOL.md
 * §8).
 */

/** What a server allows, as it says in `welcome`. Sizes are bytes of the encoded form. */
export interface WireLimits {
  /** The largest frame, after inflation. Past it the session ends with `tooLarge`. */
  readonly frameBytes: number;
  /**
   * The deepest nesting of arrays and objects in a payload. Past it a call fails; far past it the
   * frame is malformed.
   */
  readonly nesting: number;
  /** The most messages in one frame. Past it the frame is malformed. */
  readonly messagesPerFrame: number;
  /** The longest id, key, method or bucket name, in characters. */
  readonly nameLength: number;
  /** Calls of one session that execute at the same time. Past it the server stops reading. */
  readonly callsExecuting: number;
  /**
   * Subscriptions of one session. Past it `unsubscribed` with code `limit` answers. So many
   * buckets, those that were left included, may wait for `authorize` as well.
   */
  readonly subscriptions: number;
  /** The largest update. */
  readonly updateBytes: number;
  /** The most updates in a page. */
  readonly pageUpdates: number;
  /** The largest page. */
  readonly pageBytes: number;
}

/** The defaults of the protocol. A client assumes them until `welcome` says otherwise. */
export const DEFAULT_WIRE_LIMITS: WireLimits = {
  frameBytes: 1_048_576,
  nesting: 32,
  messagesPerFrame: 256,
  nameLength: 128,
  callsExecuting: 64,
  subscriptions: 1_000,
  updateBytes: 65_536,
  pageUpdates: 200,
  pageBytes: 262_144,
};

/** The largest hello, in bytes. It is not in `welcome` because it applies before it. */
export const HELLO_BYTES_MAX = 65_536;

/** How long a server waits for the hello, in milliseconds. */
export const HELLO_DEADLINE_MS = 15_000;
