/** What a server allows and how long it waits: every number with its unit, default and reason. */
import { HELLO_DEADLINE_MS } from "@holdfast/protocol";

import type { Retention } from "./server-store.ts";

/**
 * The numbers that decide; the limits of the wire (`WireLimits`) are apart because `welcome` names
 * them.
 */
export interface ServerPolicy {
  /**
   * How long a new connection may take to say hello, in ms. Past it: `helloTimeout`. Default 15 s.
   */
  readonly helloMs: number;
  /**
   * How long `authenticate` may take, in ms. Past it a hello is refused with `busy`, a renewal
   * ignored. Default 10 s.
   */
  readonly authenticateMs: number;
  /**
   * How long an open session may say nothing, in ms. Counted on application frames, because a
   * browser answers protocol pings for a page that is frozen. Past it: `idle`. Default 100 s: a
   * slow heartbeat and one throttled minute.
   */
  readonly silenceMs: number;
  /** How long a peer may take to answer our close, in ms. Past it TCP is ended. Default 2 s. */
  readonly lingerMs: number;
  /** The longest deadline of a call, in ms; a caller's longer one is cut to it. Default 5 min. */
  readonly callTimeoutMaxMs: number;
  /**
   * Calls of one session that wait while `limits.callsExecuting` run. Past it they are refused
   * with `busy`. Default 2 048.
   */
  readonly callsWaiting: number;
  /**
   * Keyed calls of one account that execute in this process, also those whose sessions have ended.
   * Past it further ones are refused with `busy`. Default 1 024.
   */
  readonly keyedCallsMax: number;
  /**
   * Handlers of one account's calls without a key that run on although their sessions have ended:
   * those that do not heed their signal. Past it further calls without a key are refused with
   * `busy`, until some of them have ended. Default 1 024.
   */
  readonly abandonedCallsMax: number;
  /**
   * Keys of calls that one account may have cancelled in a second, on average, where they do not
   * run in this process: each is stored as long as keys are. Past `keyCancelsBurst`: `busy`, with a
   * time. Default 1.
   */
  readonly keyCancelsPerSecond: number;
  /** How many such keys it may cancel at once. Default 1 000. */
  readonly keyCancelsBurst: number;
  /**
   * How many messages a session may say in a second, on average. Calls that are admitted do not
   * count: they are bounded by how many may execute. A fetch counts, and a bucket counts as a
   * message, as does a message that names none. Past `messagesBurst`: `rateLimited`. Default 2 000.
   */
  readonly messagesPerSecond: number;
  /** How many messages a session may say at once. Default 4 000. */
  readonly messagesBurst: number;
  /**
   * The same for all sessions of an account together. The session that goes past it ends:
   * `rateLimited`. Default 10 000 a second, 20 000 at once.
   */
  readonly accountMessagesPerSecond: number;
  readonly accountMessagesBurst: number;
  /**
   * How much may wait to be written to one session before it hears `heads` in the place of
   * updates, in bytes: it fetches them once it has read what waits. Buckets that a client
   * has never fetched go on, with `subscribed`, once it takes what it is pushed; clients without
   * `log` go on being pushed to. Default 256 KiB.
   */
  readonly bufferedBytesSoft: number;
  /**
   * How much may wait to be written to one session, in bytes. Past it: `slowConsumer`. Default 4
   * MiB.
   */
  readonly bufferedBytesMax: number;
  /**
   * How many connections the server holds, in whatever state. Past it: `busy`; at `use/ws` HTTP
   * 503, before there is a WebSocket. Default 50 000: a process that holds more should say so.
   */
  readonly connectionsMax: number;
  /**
   * How many sessions one account may have open. Past it: `busy`. A client that comes back takes
   * its own place. Default 100.
   */
  readonly connectionsPerAccount: number;
  /** How long who found no room should stay away, in ms. Default 10 s. */
  readonly busyRetryMs: number;
  /** The shortest and longest ping interval that the server bears, in ms. Default 1 s and 30 s. */
  readonly heartbeat: { readonly minMs: number; readonly maxMs: number };
  /** How many sessions the reconnect window is sized for at least. Default 1. */
  readonly expectedConnections: number;
  /** How long sessions may take to end after `close`'s window, in ms. Default 5 s. */
  readonly graceMs: number;
}

/** The numbers that hold where `policy` names no others. */
export const DEFAULT_SERVER_POLICY: ServerPolicy = {
  helloMs: HELLO_DEADLINE_MS,
  authenticateMs: 10_000,
  silenceMs: 100_000,
  lingerMs: 2_000,
  callTimeoutMaxMs: 300_000,
  callsWaiting: 2_048,
  keyedCallsMax: 1_024,
  abandonedCallsMax: 1_024,
  keyCancelsPerSecond: 1,
  keyCancelsBurst: 1_000,
  messagesPerSecond: 2_000,
  messagesBurst: 4_000,
  accountMessagesPerSecond: 10_000,
  accountMessagesBurst: 20_000,
  bufferedBytesSoft: 262_144,
  bufferedBytesMax: 4_194_304,
  connectionsMax: 50_000,
  connectionsPerAccount: 100,
  busyRetryMs: 10_000,
  heartbeat: { minMs: 1_000, maxMs: 30_000 },
  expectedConnections: 1,
  graceMs: 5_000,
};

/** 30 days and 100 000 updates of each bucket; results of keyed calls for 48 h. */
export const DEFAULT_RETENTION: Retention = {
  updateAgeMs: 30 * 24 * 3_600_000,
  updatesMax: 100_000,
  keyMs: 48 * 3_600_000,
};
