/** What a server is made of: every option with its default and what happens at its limit. */
import type { BucketKey, Contract, WireLimits } from "@holdfast/protocol";

import type { Accepted, Authenticate } from "./authenticate.ts";
import type { Clock } from "./base/clock.ts";
import type { Random } from "./base/random.ts";
import type { BucketRulesOf } from "./bucket-gate.ts";
import type { Handlers, Viewer } from "./call-context.ts";
import type { ServerCodec } from "./outbox.ts";
import type { ServerPolicy } from "./server-policy.ts";
import type { Retention, ServerStore } from "./server-store.ts";
import type { ErrorContext } from "./session-host.ts";

/** Every option of a server. */
export interface RealtimeServerOptions<C extends Contract, A extends Accepted, Db = undefined> {
  /** The calls and buckets, shared with the clients. */
  readonly contract: C;
  /** Who is it? Asked at each hello and each renewal. See {@link Authenticate}. */
  readonly authenticate: Authenticate<A>;
  /**
   * Where updates and the results of keyed calls are kept. Default: in memory, so that both are
   * gone with the process. A store that is passed here is yours to close, after the server has
   * closed; the server closes only the one that it made itself.
   */
  readonly store?: ServerStore<Db>;
  /** What is kept of it, and how long. Looked after once a minute. Default `DEFAULT_RETENTION`. */
  readonly retention?: Partial<Retention>;
  /**
   * One for each method of the contract. Named after `authenticate`, so that it knows the
   * account's data. A handler keeps its place among `limits.callsExecuting` until it settles: one
   * that may take long must heed `context.signal`, or in the end its client is not heard any more.
   */
  readonly handlers: Handlers<C, NoInfer<A>, NoInfer<Db>>;
  /** Who may read which bucket. Default: nobody may read any. */
  readonly buckets?: BucketRulesOf<C, NoInfer<A>>;
  /**
   * Buckets that every session of an account shall hear of, such as its inbox, without asking:
   * subscribed by each hello of a client that speaks `log`, after those that it names itself.
   * `buckets` decides about them as about others. What it throws is reported, and none are added.
   */
  readonly accountBuckets?: (
    viewer: Viewer<NoInfer<A>>,
  ) => readonly BucketKey[] | Promise<readonly BucketKey[]>;
  /**
   * What the wire allows; `welcome` tells the clients. Default: the protocol's. Updates and pages
   * are cut to what fits into half a frame; `frameBytes` below 4 096 throws `RangeError`. An update
   * that today's limits or a client's codec cannot carry is passed over there, and reported once.
   */
  readonly limits?: Partial<WireLimits>;
  /** Waits, rates and bounds. Default: `DEFAULT_SERVER_POLICY`. */
  readonly policy?: Partial<ServerPolicy>;
  /** How to speak, best first; a client chooses among them by subprotocol. Default: JSON. */
  readonly codecs?: readonly ServerCodec[];
  /**
   * Hears what the server survived: a handler or check that threw, an output that breaks the
   * contract. Default: a warning of the process. What it throws is dropped.
   */
  readonly onError?: (error: unknown, context: ErrorContext) => void;
  /** Default: the platform's. */
  readonly clock?: Clock;
  /** Names the epoch of this process. Default: the platform's. */
  readonly random?: Random;
}

/** How a server ends. */
export interface CloseOptions {
  /** Over how long sessions should leave, in ms. Default: the reconnect window of this moment. */
  readonly windowMs?: number;
  /**
   * How long after the window a session may still end its calls, in ms. Default: `policy.graceMs`,
   * 5 s.
   */
  readonly graceMs?: number;
}
