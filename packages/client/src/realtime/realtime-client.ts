/**
 * The front door: wires the floors, starts and stops them, and shows sources. It decides nothing
 * about connecting.
 */
import type {
  BucketKeyOf,
  CallArguments,
  Contract,
  DataOf,
  MethodOf,
  OutputOf,
} from "@holdfast/protocol";
import { AuthAdapter } from "../adapters/auth-adapter.ts";
import type { Platform } from "../adapters/platform.ts";
import { webPlatform } from "../adapters/platforms/web.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { guarded, OptionsError, reportUncaught } from "../base/errors.ts";
import { Scope } from "../base/scope.ts";
import type { Source } from "../base/source.ts";
import type { ConnectionEvent } from "../connection/connection-event.ts";
import { ConnectionManager, type HandledEvent } from "../connection/connection-manager.ts";
import type { InitialFacts } from "../connection/connection-model.ts";
import type { ConnectionPolicy } from "../connection/connection-policy.ts";
import type { ConnectionSnapshot } from "../connection/connection-snapshot.ts";
import { CALL_TIMEOUT_MAX_MS, type CallOptions } from "../session/call-options.ts";
import { Calls } from "../session/calls.ts";
import { webSocketTransport } from "../transport/websocket-transport.ts";
import { derived } from "./derived-source.ts";
import { connectionStateOf, type RealtimeConnectionState } from "./realtime-connection-state.ts";
import {
  checkNumber,
  checkUrl,
  connectionPolicy,
  type RealtimeOptions,
} from "./realtime-options.ts";
import { SessionHost } from "./session-host.ts";
import { speakLive, type Speak } from "./session-speech.ts";
import {
  UpdateSubscriptions,
  type SubscriptionState,
  type UpdateListener,
} from "./update-subscriptions.ts";

/** Of this package; travels in the hello and in traces. */
export const CLIENT_VERSION = "0.1.0";

/** Before the adapters have spoken: nobody is signed in, and nothing else is known to block. */
const NOTHING_KNOWN: InitialFacts = {
  account: 0,
  quality: "good",
  constraints: { auth: false, network: true, appActive: true, notFrozen: true },
};

/**
 * A client of one server for one user at a time. Making it has no effect: no socket, timer or
 * listener before `start`. Several may live side by side. `close` it when it is no longer needed.
 */
export class RealtimeClient<C extends Contract = Contract> {
  readonly #options: RealtimeOptions<C>;
  readonly #platform: Platform;
  readonly #auth: AuthAdapter;
  readonly #calls: Calls;
  readonly #updates = new UpdateSubscriptions();
  readonly #manager: ConnectionManager;
  readonly #state: Source<RealtimeConnectionState>;
  readonly #scope = new Scope();
  /** Where all events of the connection go; the manager is not yet there when it is handed out. */
  readonly #post = (event: ConnectionEvent): void => this.#manager.dispatch(event);
  #areAdaptersOn = false;

  /**
   * Throws `OptionsError` when an option cannot work. `speak` is for clients that say more than
   * this one; what they make of its parts is handed to each session.
   */
  constructor(options: RealtimeOptions<C>, speak: Speak = speakLive) {
    const { url, credentials, platform = webPlatform(), traceEntriesMax = 500 } = options;
    checkUrl(url);
    checkNumber("callTimeoutMs", options.callTimeoutMs ?? 0, CALL_TIMEOUT_MAX_MS);
    checkNumber("traceEntriesMax", traceEntriesMax);
    const { clock, random } = platform;
    const onFault = (error: unknown): void =>
      guarded(() => (options.onFault ?? reportUncaught)(error));
    this.#options = options;
    this.#platform = platform;
    this.policy = connectionPolicy({ ...platform.policy, ...options.policy });
    this.platformName = platform.name;
    this.clock = clock;
    this.#auth = new AuthAdapter(credentials, clock);
    this.#calls = new Calls(clock);
    const instanceId = platform.randomHex(16);
    const { capabilities, codec, data } = speak({
      platform,
      calls: this.#calls,
      updates: this.#updates,
      instanceId,
      onFault,
    });
    const control = new SessionHost({
      clock,
      codec: options.codec ?? codec,
      openTransport: options.createSocket
        ? webSocketTransport(options.createSocket)
        : platform.openTransport,
      facts: {
        client: { name: "holdfast-js", version: CLIENT_VERSION },
        capabilities,
        instanceId,
      },
      url,
      variesPath: platform.variesPath,
      auth: this.#auth,
      calls: this.#calls,
      data,
      onEvent: this.#post,
    });
    this.#manager = new ConnectionManager({
      clock,
      random,
      policy: this.policy,
      control,
      facts: NOTHING_KNOWN,
      onHandled: (handled) => {
        if (this.recentEvents.push(handled) > traceEntriesMax) this.recentEvents.shift();
        guarded(() => options.onHandled?.(handled), onFault);
      },
      onFault,
      check: options.check,
    });
    this.connection = this.#manager.snapshots;
    this.#state = derived(this.connection, (snapshot) => connectionStateOf(snapshot));
  }

  /** Where the connection is, why, what blocks it, and when it dials next. */
  readonly connection: Source<ConnectionSnapshot>;

  /** The same in one of four words. */
  get state(): Source<RealtimeConnectionState> {
    return this.#state;
  }

  /** For traces: `exportTrace(client)` of `@holdfast/client/trace` makes a bug report of these. */
  readonly version: string = CLIENT_VERSION;
  readonly platformName: string;
  /** The platform's: for what shows its times, as countdowns to `retryAt`. */
  readonly clock: Clock;
  readonly policy: ConnectionPolicy;
  readonly recentEvents: HandledEvent[] = [];

  /**
   * Connects, and stays connected until `stop`. Dials at once when there are credentials.
   * Idempotent. Throws `OptionsError` after `close`.
   */
  start(): void {
    if (this.#scope.isClosed) throw new OptionsError("This client is closed; make a new one.");
    this.#turnAdaptersOn();
    this.#post({ type: "start" });
  }

  /**
   * Disconnects, and stays so until `start`. Calls that wait go on waiting within their deadlines.
   * Idempotent.
   */
  stop(): void {
    this.#post({ type: "stop" });
  }

  /**
   * Ends everything: no timer, listener or socket stays. What was asked and is not answered fails
   * with `closed`. Final.
   */
  close(): void {
    this.#manager.close();
    this.#calls.close();
    this.#updates.close();
    this.#scope.close();
  }

  /**
   * The user asks: dials now, though never faster than the floor; asks an open connection whether
   * it lives.
   */
  connectNow(): void {
    this.#post({ type: "connectNow" });
  }

  /**
   * The app has a new token for the same account: an open connection takes it over without a break.
   */
  tokenChanged(): void {
    this.#auth.tokenChanged();
  }

  /**
   * Asks the server. Waits for a connection within its deadline, unless `whenOffline` is `"fail"`.
   * Resolves with the handler's output; rejects with a `CallError` whose `kind`, `retryable` and
   * `mayHaveRun` tell the call's fate, or with an `OptionsError` when the method's name or the
   * deadline cannot be.
   */
  call<M extends MethodOf<C>>(
    method: M,
    ...[input, options]: CallArguments<C, M, CallOptions>
  ): Promise<OutputOf<C, M>> {
    const { contract, callTimeoutMs } = this.#options;
    const { repeatable = contract?.calls[method]?.repeatable, timeoutMs = callTimeoutMs } =
      options ?? {};
    return this.#calls.call(method, input, { ...options, repeatable, timeoutMs });
  }

  /** Resolves when no call waits to be written: await it between many calls. */
  room(): Promise<void> {
    return this.#calls.room();
  }

  /**
   * Hears the live updates of a bucket, in order, in every session from now on; not what happened
   * between sessions: `onState` tells where each stretch begins. The result ends it. Throws
   * `OptionsError` for a key that is not 1 to 128 characters without NUL, and for more than 1 000
   * buckets at once.
   */
  subscribe<K extends BucketKeyOf<C>>(
    bucket: K,
    listener: UpdateListener<DataOf<C, K>>,
    onState?: (state: SubscriptionState) => void,
  ): Cancel {
    return this.#updates.add(bucket, listener, onState);
  }

  /**
   * The facts come before the will, so that the first dial knows them all and no early event is
   * lost.
   */
  #turnAdaptersOn(): void {
    if (this.#areAdaptersOn) return;
    this.#areAdaptersOn = true;
    const { lifecycle, network } = this.#platform;
    this.#scope.defer(lifecycle.start(this.#post));
    this.#scope.defer(network.start(this.#post));
    if (!lifecycle.current.active) this.#post({ type: "appBackgrounded" });
    if (lifecycle.current.frozen) this.#post({ type: "appFrozen" });
    this.#post({ type: "networkChanged", ...network.current });
    let account = 0;
    const cancel = this.#auth.start((event) => {
      // What one user asked must never be said in the name of the next (L41).
      if (account && event.account !== account) this.#calls.abandon("accountChanged");
      account = event.account;
      this.#post(event);
    });
    this.#scope.defer(cancel);
  }
}
