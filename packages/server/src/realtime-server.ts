/**
 * The server: accepts sockets, answers calls by the contract, publishes to buckets. It wires the
 * parts that all its sessions share and decides nothing itself: sessions decide in `server-
 * session.ts`, each for itself.
 */
import {
  DEFAULT_WIRE_LIMITS,
  HELLO_BYTES_MAX,
  jsonServerCodec,
  LIVE_CAPABILITIES,
} from "@holdfast/protocol";
import type { BucketKeyOf, Contract, DataOf } from "@holdfast/protocol";

import { refuse } from "./authenticate.ts";
import type { Accepted } from "./authenticate.ts";
import { Alarms } from "./base/alarms.ts";
import { systemClock } from "./base/clock.ts";
import { randomName, systemRandom } from "./base/random.ts";
import { BucketGate } from "./bucket-gate.ts";
import type { BucketRulesOf } from "./bucket-gate.ts";
import { BucketPublisher } from "./bucket-publisher.ts";
import type { PublishAny } from "./bucket-publisher.ts";
import type { Published, PublishOptions } from "./call-context.ts";
import { CallRouter } from "./call-router.ts";
import { Flusher } from "./flusher.ts";
import type { ServerCodec } from "./outbox.ts";
import { ReconnectWindow } from "./reconnect-window.ts";
import type { CloseOptions, RealtimeServerOptions } from "./server-options.ts";
import { DEFAULT_SERVER_POLICY } from "./server-policy.ts";
import type { SpokenRefusal } from "./server-session-event.ts";
import type { ServerRequest, ServerSocket, SocketListener } from "./server-socket.ts";
import { ServerCounts } from "./server-stats.ts";
import type { ServerStats } from "./server-stats.ts";
import { SessionDriver } from "./session-driver.ts";
import type { ErrorContext, OpenSession, SessionHost, SessionInfo } from "./session-host.ts";
import { SessionRegistry } from "./session-registry.ts";
import { MemoryBucketLog } from "./stores/memory.ts";
import { Subscribers } from "./subscribers.ts";
import { wholeMs } from "./wire-value.ts";

/** Ends once, in three steps: `goAway` to all, the stragglers, then everything it holds. */
interface Closing extends Required<CloseOptions> {
  readonly done: Promise<void>;
  readonly finish: () => void;
}

export class RealtimeServer<C extends Contract = Contract, A extends Accepted = Accepted> {
  readonly #codecs: readonly [ServerCodec, ...ServerCodec[]];
  readonly #host: SessionHost;
  readonly #connections = new Set<OpenSession>();
  readonly #onClosed: (() => void)[] = [];
  #sessionCount = 0;
  #closing: Closing | undefined;

  /** Throws when a method of the contract has no handler. Nothing happens until `accept`. */
  constructor(options: RealtimeServerOptions<C, A>) {
    const [first = jsonServerCodec, ...others] = options.codecs ?? [];
    this.#codecs = [first, ...others];
    this.#host = hostOf(options, first, (session) => this.#forget(session));
  }

  /** Takes over an open socket. The session says hello, or is ended after `policy.helloMs`. */
  accept(socket: ServerSocket, request: ServerRequest): SocketListener {
    const codec = this.#codecs.find(({ subprotocol }) => subprotocol === request.subprotocol);
    const sessionId = `s${++this.#sessionCount}`;
    const session = new SessionDriver(
      this.#host,
      sessionId,
      socket,
      request,
      codec ?? this.#codecs[0],
    );
    this.#connections.add(session);
    if (!codec) session.dispatch({ type: "unsupported" });
    else if (this.#closing) session.dispatch({ type: "draining", ...this.#closing });
    return session;
  }

  /** The subprotocols that this server speaks, best first. */
  get subprotocols(): readonly string[] {
    return this.#codecs.map(({ subprotocol }) => subprotocol);
  }

  /** The largest frame that a client may send, in bytes. */
  get frameBytes(): number {
    return this.#host.policy.limits.frameBytes;
  }

  /** True from `close` on: new connections belong to another process. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** Over how long reconnects should be spread if all sessions drop now, in ms. */
  get windowMs(): number {
    return this.#host.window.windowMs(this.#host.clock.now());
  }

  /**
   * Appends an update to a bucket and pushes it to everybody who subscribes, at the end of this
   * tick. Throws `PublishError` when it does not fit the contract or `limits.updateBytes`.
   */
  publish<K extends BucketKeyOf<C>>(
    bucket: K,
    data: DataOf<C, K>,
    options?: PublishOptions,
  ): Published {
    return this.#host.publish(bucket, data, options);
  }

  /**
   * The open sessions of an account, oldest first. `instanceId` and `session` match one to its
   * client.
   */
  sessions(account: string): readonly SessionInfo[] {
    return this.#host.registry.of(account).map(({ info }) => info);
  }

  /**
   * Ends the sessions of an account; `action` is what their clients should do. Returns how many.
   */
  disconnect(account: string, refusal: SpokenRefusal): number {
    const sessions = this.#host.registry.of(account);
    const event = { type: "disconnected", refusal: refuse(refusal) } as const;
    for (const session of sessions) session.dispatch(event);
    return sessions.length;
  }

  /**
   * Takes from an account the right to read a bucket. A later subscription asks `authorize` anew.
   */
  revoke(account: string, bucket: BucketKeyOf<C>): void {
    for (const session of this.#host.registry.of(account)) {
      session.dispatch({ type: "revoked", bucket });
    }
  }

  /** What was counted so far, and what is open now. */
  get stats(): ServerStats {
    const { counts, registry, subscribers } = this.#host;
    return {
      connections: this.#connections.size,
      sessions: registry.size,
      buckets: subscribers.buckets,
      handshakes: counts.handshakes,
      framesReceived: counts.framesReceived,
      framesSent: counts.framesSent,
      messagesReceived: counts.messagesReceived,
      callsStarted: counts.callsStarted,
      updatesPublished: counts.updatesPublished,
      updatesPushed: counts.updatesPushed,
      refusals: Object.fromEntries(counts.refusals),
    };
  }

  /**
   * Ends the server. Clients hear `goAway` and leave within the window; calls go on. After the
   * window new calls are refused, and `graceMs` later the sessions that are left are ended.
   * Resolves when the last socket is gone; then no timer and no listener is left. Calling it again
   * waits for the same end.
   */
  close(options: CloseOptions = {}): Promise<void> {
    if (this.#closing) return this.#closing.done;
    const windowMs = wholeMs(options.windowMs ?? this.windowMs);
    const graceMs = wholeMs(options.graceMs ?? this.#host.policy.graceMs);
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (finish = resolve));
    this.#closing = { windowMs, graceMs, done, finish };
    const event = { type: "draining", windowMs, graceMs } as const;
    for (const session of this.#connections) session.dispatch(event);
    this.#finishClosing();
    return done;
  }

  /** Runs `cleanup` once the server has closed: for whoever feeds it sockets. */
  onClosed(cleanup: () => void): void {
    this.#onClosed.push(cleanup);
  }

  #forget(session: OpenSession): void {
    this.#connections.delete(session);
    this.#finishClosing();
  }

  #finishClosing(): void {
    if (!this.#closing || this.#connections.size > 0) return;
    this.#host.flusher.cancel();
    for (const cleanup of this.#onClosed.splice(0)) cleanup();
    this.#closing.finish();
  }
}

/** Makes the parts that all sessions share. */
function hostOf<C extends Contract, A extends Accepted>(
  options: RealtimeServerOptions<C, A>,
  codec: ServerCodec,
  forget: (session: OpenSession) => void,
): SessionHost {
  const { contract, clock = systemClock, random = systemRandom } = options;
  const report = reporter(options.onError);
  const limits = { ...DEFAULT_WIRE_LIMITS, ...options.limits };
  const numbers = { ...DEFAULT_SERVER_POLICY, ...options.policy };
  const rules = (options.buckets ?? {}) as BucketRulesOf<Contract>;
  const router = new CallRouter(contract, options.handlers, report);
  const log = new MemoryBucketLog(randomName(random, 16));
  const subscribers = new Subscribers();
  const publisher = new BucketPublisher(contract, log, subscribers, codec, limits);
  const counts = new ServerCounts();
  const publish: PublishAny = (bucket, data, { at = clock.wallNow() } = {}) => {
    const published = publisher.publish(bucket, data, { at: Math.floor(at) });
    counts.updatesPublished++;
    return published;
  };
  return {
    clock,
    alarms: new Alarms(clock),
    flusher: new Flusher(clock),
    policy: { ...numbers, limits, methods: router, capabilities: LIVE_CAPABILITIES },
    helloLimits: { ...limits, frameBytes: Math.min(limits.frameBytes, HELLO_BYTES_MAX) },
    window: new ReconnectWindow(numbers.expectedConnections),
    counts,
    registry: new SessionRegistry(),
    subscribers,
    log,
    gate: new BucketGate(contract, rules, report),
    router,
    authenticate: options.authenticate,
    publish,
    report,
    forget,
  };
}

type Report = (error: unknown, context: ErrorContext) => void;

/** What `onError` throws must not reach the session that reported. */
function reporter(onError: Report = warn): Report {
  return (error, context) => {
    try {
      onError(error, context);
    } catch {
      // There is nobody left to tell.
    }
  };
}

function warn(error: unknown, { place, method }: ErrorContext): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : "something was thrown";
  process.emitWarning(`${method ?? place}: ${text}`, "HoldfastServerWarning");
}
