/** Makes the parts that all sessions of a server share, and ends them. */
import { ALL_CAPABILITIES, HELLO_BYTES_MAX } from "@holdfast/protocol";
import type { Contract, WireLimits } from "@holdfast/protocol";

import { AbandonedCalls } from "./abandoned-calls.ts";
import type { Accepted } from "./authenticate.ts";
import { AccountAllowance } from "./account-allowance.ts";
import { Alarms } from "./base/alarms.ts";
import { systemClock, type Clock } from "./base/clock.ts";
import { systemRandom } from "./base/random.ts";
import { BucketGate } from "./bucket-gate.ts";
import { BucketPublisher } from "./bucket-publisher.ts";
import { BucketPump } from "./bucket-pump.ts";
import type { CommitAny } from "./call-context.ts";
import { CallRouter } from "./call-router.ts";
import { Committer } from "./committer.ts";
import { CredentialCheck } from "./credential-check.ts";
import { Flusher } from "./flusher.ts";
import { KeyedCalls } from "./keyed-calls.ts";
import { leftOutReporter } from "./left-out.ts";
import { LogReader } from "./log-reader.ts";
import { LogTrimmer } from "./log-trimmer.ts";
import type { ServerCodec } from "./outbox.ts";
import { PreparedPushes } from "./prepared-pushes.ts";
import { ReconnectWindow } from "./reconnect-window.ts";
import type { RealtimeServerOptions } from "./server-options.ts";
import { limitsOf, policyOf, retentionOf } from "./server-numbers.ts";
import type { ServerPolicy } from "./server-policy.ts";
import { ServerCounts } from "./server-stats.ts";
import type { ServerStore } from "./server-store.ts";
import type { ErrorContext, OpenSession, SessionHost } from "./session-host.ts";
import { SessionRegistry } from "./session-registry.ts";
import { StoreHealth } from "./store-health.ts";
import { memoryStore } from "./stores/memory.ts";

export class ServerParts<C extends Contract, A extends Accepted, Db> {
  readonly host: SessionHost;
  readonly trimmer: LogTrimmer;
  /** The store that the server made itself, and therefore closes. */
  readonly #ownStore: ServerStore | undefined;

  constructor(
    options: RealtimeServerOptions<C, A, Db>,
    codecs: readonly [ServerCodec, ...ServerCodec[]],
    forget: (session: OpenSession) => void,
  ) {
    const { contract, clock = systemClock, random = systemRandom } = options;
    const reportStore = (error: unknown): void => report(error, { place: "store" });
    const reportSession = (error: unknown): void => report(error, { place: "session" });
    const limits = fitting(limitsOf(options.limits));
    const policy = policyOf(options.policy);
    const retention = retentionOf(options.retention);
    const alarms = new Alarms(clock);
    const counts = new ServerCounts();
    const checks = new Set<CredentialCheck>();
    this.#ownStore = options.store ? undefined : memoryStore({ clock, random });
    const store = (options.store ?? this.#ownStore) as ServerStore;
    const health = new StoreHealth(store, clock, alarms);
    const report = reporter(options.onError, health);
    const router = new CallRouter(contract, options.handlers, report);
    const prepared = new PreparedPushes();
    const page = { updates: limits.pageUpdates, bytes: limits.pageBytes };
    const reader = new LogReader(store, clock, page, (error, place) => report(error, { place }));
    const pump = new BucketPump(store, reader, prepared, clock, alarms, reportSession);
    const publisher = new BucketPublisher(contract, codecs[0], limits, clock, prepared);
    this.trimmer = new LogTrimmer(store, retention, clock, alarms, reportStore);
    const written = (): void => {
      health.committed();
      this.trimmer.start();
    };
    const committer = new Committer({ store, publisher, prepared, pump, counts, report, written });
    const publish = committer.publish.bind(committer);
    const commit: CommitAny = (unit) => committer.commitPlain(unit);
    const shared = { clock, alarms, codecs, limits, policy, report, counts };
    const keyed = new KeyedCalls({ ...shared, store, router, committer, publish });
    this.host = {
      clock,
      alarms,
      flusher: new Flusher(clock),
      policy: {
        ...policy,
        limits,
        methods: router,
        capabilities: ALL_CAPABILITIES,
        keyRetentionMs: retention.keyMs,
      },
      helloLimits: { ...limits, frameBytes: Math.min(limits.frameBytes, HELLO_BYTES_MAX) },
      window: new ReconnectWindow(policy.expectedConnections),
      counts,
      health,
      registry: new SessionRegistry(),
      gate: new BucketGate(contract, options.buckets ?? {}, report),
      reader,
      pump,
      calls: {
        router,
        keyed,
        abandoned: new AbandonedCalls(policy.abandonedCallsMax),
        publish,
        commit,
      },
      checks,
      checkFor: (request, owner) =>
        new CredentialCheck(options.authenticate, request, owner, checks),
      accountBuckets: options.accountBuckets,
      charge: chargeTo(policy, clock),
      report,
      leftOut: leftOutReporter((error) => report(error, { place: "encode" })),
      forget,
    };
  }

  /** Ends everything that the sessions shared, once they are gone. Never rejects. */
  async close(): Promise<void> {
    this.trimmer.close();
    this.host.calls.keyed.close();
    this.host.reader.close();
    this.host.flusher.cancel();
    try {
      await this.#ownStore?.close();
    } catch (error) {
      this.host.report(error, { place: "store" });
    }
  }
}

/** Ends a session whose account has said too much. Who has no account yet is charged to nobody. */
function chargeTo(policy: ServerPolicy, clock: Clock): SessionHost["charge"] {
  const { accountMessagesPerSecond: perSecond, accountMessagesBurst: burst } = policy;
  const messagesOf = new AccountAllowance({ perSecond, burst });
  return (session, messages) => {
    if (session.account === "") return;
    const retryAfterMs = messagesOf.take(session.account, clock.now(), messages);
    if (retryAfterMs > 0) session.dispatch({ type: "flooded", retryAfterMs });
  };
}

/** What travels must fit into a frame: half of it for the data, the rest for what stands around. */
function fitting(limits: WireLimits): WireLimits {
  const half = Math.floor(limits.frameBytes / 2);
  return {
    ...limits,
    updateBytes: Math.min(limits.updateBytes, half),
    pageBytes: Math.min(limits.pageBytes, half),
    pageUpdates: Math.max(1, Math.min(limits.pageUpdates, Math.floor(half / 1_024))),
  };
}

type Report = (error: unknown, context: ErrorContext) => void;

/** What `onError` throws must not reach the session that reported. */
function reporter(onError: Report | undefined, health: StoreHealth): Report {
  return (error, context) => {
    if (context.place === "store") health.failed();
    try {
      (onError ?? warn)(error, context);
    } catch {
      // There is nobody left to tell.
    }
  };
}

function warn(error: unknown, { place, method }: ErrorContext): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : "something was thrown";
  process.emitWarning(`${method ?? place}: ${text}`, "HoldfastServerWarning");
}
