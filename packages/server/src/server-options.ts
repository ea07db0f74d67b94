/** What a server is made of: every option with its default and what happens at its limit. */
import type { Contract, WireLimits } from "@holdfast/protocol";

import type { Accepted, Authenticate } from "./authenticate.ts";
import type { Clock } from "./base/clock.ts";
import type { Random } from "./base/random.ts";
import type { BucketRulesOf } from "./bucket-gate.ts";
import type { Handlers } from "./call-context.ts";
import type { ServerCodec } from "./outbox.ts";
import type { ServerPolicy } from "./server-policy.ts";
import type { ErrorContext } from "./session-host.ts";

export interface RealtimeServerOptions<C extends Contract, A extends Accepted> {
  /** The calls and buckets, shared with the clients. */
  readonly contract: C;
  /** Who is it? Asked at each hello and each renewal. See {@link Authenticate}. */
  readonly authenticate: Authenticate<A>;
  /**
   * One for each method of the contract. Named after `authenticate`, so that it knows the
   * account's data. A handler keeps its place among `limits.callsExecuting` until it settles: one
   * that may take long must heed `context.signal`, or in the end its client is not heard any more.
   */
  readonly handlers: Handlers<C, NoInfer<A>>;
  /** Who may read which bucket. Default: nobody may read any. */
  readonly buckets?: BucketRulesOf<C, NoInfer<A>>;
  /** What the wire allows; `welcome` tells the clients. Default: the protocol's. */
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
