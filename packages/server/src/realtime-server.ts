/**
 * The server: accepts sockets, answers calls by the contract, publishes to buckets. It wires the
 * parts that all its sessions share and decides nothing itself: sessions decide in `server-
 * session.ts`, each for itself.
 */
import { jsonServerCodec } from "@holdfast/protocol";
import type { BucketKeyOf, Contract, DataOf } from "@holdfast/protocol";

import { refuse } from "./authenticate.ts";
import type { Accepted } from "./authenticate.ts";
import type { Published, PublishOptions } from "./call-context.ts";
import type { AnyUnit, CommitTransaction } from "./committer.ts";
import type { ServerCodec } from "./outbox.ts";
import { ServerParts } from "./server-parts.ts";
import type { CloseOptions, RealtimeServerOptions } from "./server-options.ts";
import type { SpokenRefusal } from "./server-session-event.ts";
import type { Readiness } from "./store-health.ts";
import type { ServerRequest, ServerSocket, SocketListener } from "./server-socket.ts";
import type { ServerStats } from "./server-stats.ts";
import { SessionDriver } from "./session-driver.ts";
import type { OpenSession, SessionHost, SessionInfo } from "./session-host.ts";
import { wholeMs } from "./wire-value.ts";

/** Ends once, in three steps: `goAway` to all, the stragglers, then everything it holds. */
interface Closing extends Required<CloseOptions> {
  readonly done: Promise<void>;
  readonly finish: () => void;
}

/**
 * A server of one contract: sessions, calls, buckets, and their limits. It listens nowhere by
 * itself; `attach` of `@holdfast/server/use/ws` feeds it. `close` it before the process ends.
 */
export class RealtimeServer<
  C extends Contract = Contract,
  A extends Accepted = Accepted,
  Db = undefined,
> {
  readonly #codecs: readonly ServerCodec[];
  readonly #parts: ServerParts<C, A, Db>;
  readonly #host: SessionHost;
  readonly #connections = new Set<OpenSession>();
  readonly #onClosed: (() => void)[] = [];
  #sessionCount = 0;
  #closing: Closing | undefined;

  /**
   * Throws when a method of the contract has no handler, and `RangeError` for a limit, a policy or
   * a retention that is no number of its kind. Nothing happens until `accept`.
   */
  constructor(options: RealtimeServerOptions<C, A, Db>) {
    const [first = jsonServerCodec, ...others] = options.codecs ?? [];
    const codecs = [first, ...others] as const;
    this.#codecs = codecs;
    this.#parts = new ServerParts(options, codecs, (session) => this.#forget(session));
    this.#host = this.#parts.host;
  }

  /** Takes over an open socket. The session says hello, or is ended after `policy.helloMs`. */
  accept(socket: ServerSocket, request: ServerRequest): SocketListener {
    this.#parts.trimmer.start();
    const codec = this.#codecs.find(({ subprotocol }) => subprotocol === request.subprotocol);
    const sessionId = `s${++this.#sessionCount}`;
    const session = new SessionDriver(
      this.#host,
      sessionId,
      socket,
      request,
      // Who speaks nothing of ours is told so in JSON (PROTOCOL.md §2.1).
      codec ?? jsonServerCodec,
    );
    const isFull = this.busyForMs > 0;
    this.#connections.add(session);
    if (!codec) session.dispatch({ type: "unsupported" });
    else if (this.#closing) session.dispatch({ type: "draining", ...this.#closing });
    else if (isFull) session.dispatch({ type: "crowded" });
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

  /** How long who dials now should stay away, in ms, because there is no room; 0: there is. */
  get busyForMs(): number {
    const { connectionsMax, busyRetryMs } = this.#host.policy;
    return this.#connections.size < connectionsMax ? 0 : busyRetryMs;
  }

  /** Over how long reconnects should be spread if all sessions drop now, in ms. */
  get windowMs(): number {
    return this.#host.window.windowMs(this.#host.clock.now());
  }

  /**
   * Appends an update to a bucket, and pushes it to everybody who subscribes once it is durable: a
   * commit of its own. Rejects with `PublishError` when it does not fit the contract or
   * `limits.updateBytes`, and with `StoreFault` when the store failed; then nothing was appended.
   */
  publish<K extends BucketKeyOf<C>>(
    bucket: K,
    data: DataOf<C, K>,
    options?: PublishOptions,
  ): Promise<Published> {
    return this.#host.calls.publish(bucket, data, options);
  }

  /**
   * Runs a unit of work outside of any call and makes it durable, all of it or nothing. The unit is
   * synchronous and does nothing but what `tx` offers, because it may be run again. Rejects as
   * `publish` does, or with what the unit threw.
   */
  async commit<Output>(unit: (tx: CommitTransaction<C, Db>) => Output): Promise<Output> {
    // What units see inside has the same shape; only the types of the contract are lost there.
    const { output } = await this.#host.calls.commit(unit as AnyUnit);
    return output as Output;
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
   * Whoever says hello at this moment hears the same, whatever `authenticate` answers: it may have
   * looked before. Later hellos are its business. Throws `TypeError` as {@link refuse} does.
   */
  disconnect(account: string, refusal: SpokenRefusal): number {
    const sessions = this.#host.registry.of(account);
    const event = { type: "disconnected", refusal: refuse(refusal) } as const;
    for (const session of sessions) session.dispatch(event);
    for (const check of this.#host.checks) check.forbid(account, event.refusal);
    return sessions.length;
  }

  /**
   * Takes from an account the right to read a bucket: its pushes end, and fetches that are under
   * way bring nothing. A later subscription or fetch asks `authorize` anew.
   */
  revoke(account: string, bucket: BucketKeyOf<C>): void {
    for (const session of this.#host.registry.of(account)) {
      session.dispatch({ type: "revoked", bucket });
    }
  }

  /** What was counted so far, and what is open now. */
  get stats(): ServerStats {
    const { counts, registry, pump, health, window, calls } = this.#host;
    let bufferedBytes = 0;
    for (const session of this.#connections) bufferedBytes += session.bufferedBytes;
    return {
      connections: this.#connections.size,
      sessions: registry.size,
      buckets: pump.buckets,
      handshakes: counts.handshakes,
      framesReceived: counts.framesReceived,
      framesSent: counts.framesSent,
      messagesReceived: counts.messagesReceived,
      callsStarted: counts.callsStarted,
      keyedReplays: counts.keyedReplays,
      keyedCallsRunning: calls.keyed.size,
      commits: counts.commits,
      storeFaults: health.faults,
      updatesPublished: counts.updatesPublished,
      updatesPushed: counts.updatesPushed,
      feedsBehind: counts.feedsBehind,
      headsSaid: counts.headsSaid,
      pagesSaid: counts.pagesSaid,
      bufferedBytes,
      handshakeMs: window.handshakeMs,
      windowMs: this.windowMs,
      refusals: Object.fromEntries(counts.refusals),
      upgradesDeclined: Object.fromEntries(counts.upgradesDeclined),
    };
  }

  /**
   * Should this process get new connections? `closing`: another one has to. `storeFailing`: it
   * could not be read within 2 s, or has failed within 10 s. Never rejects.
   */
  async readiness(): Promise<Readiness> {
    if (this.#closing) return "closing";
    return (await this.#host.health.isGood()) ? "ready" : "storeFailing";
  }

  /**
   * Ends the server. Clients hear `goAway` and leave within the window; calls go on. After the
   * window new calls are refused, and `graceMs` later the sessions that are left are ended.
   * Resolves when the last socket is gone; then no timer and no listener is left. A store that was
   * passed to the server stays open. Calling it again waits for the same end.
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

  /** An upgrade was answered with this HTTP status: for whoever feeds it sockets, to be counted. */
  declined(httpStatus: number): void {
    this.#host.counts.declined(httpStatus);
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
    for (const cleanup of this.#onClosed.splice(0)) cleanup();
    void this.#parts.close().then(this.#closing.finish);
  }
}
