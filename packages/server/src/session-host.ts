/** What a session's driver needs of its server: the parts that all sessions share. */
import type { BucketKey, FrameLimits } from "@holdfast/protocol";

import type { CheckOwner, CredentialCheck } from "./credential-check.ts";
import type { Alarms } from "./base/alarms.ts";
import type { Clock } from "./base/clock.ts";
import type { BucketGate } from "./bucket-gate.ts";
import type { BucketPump } from "./bucket-pump.ts";
import type { Viewer } from "./call-context.ts";
import type { Flusher } from "./flusher.ts";
import type { LogReader } from "./log-reader.ts";
import type { ReconnectWindow } from "./reconnect-window.ts";
import type { CallParts } from "./running-calls.ts";
import type { ServerSessionEvent } from "./server-session-event.ts";
import type { ServerSessionPolicy, ServerStamp } from "./server-session-model.ts";
import type { ServerCounts } from "./server-stats.ts";
import type { StoreHealth } from "./store-health.ts";
import type { Registered, SessionRegistry } from "./session-registry.ts";
import type { ServerRequest } from "./server-socket.ts";

/** Where an error that the server survived came from. */
export type ErrorPlace = "authenticate" | "authorize" | "handler" | "store" | "encode" | "session";

/** What else is known of the error. Holds no payload and no credential. */
export interface ErrorContext {
  readonly place: ErrorPlace;
  readonly sessionId?: string;
  readonly account?: string | undefined;
  readonly method?: string;
}

/** An open session, for people who look. */
export interface SessionInfo {
  /** Names the session in this process. */
  readonly sessionId: string;
  readonly account: string;
  /** Names the client object. */
  readonly instanceId: string;
  /** The client's own number of this session: what its snapshots call `sessionId`. */
  readonly session: number;
  readonly client: { readonly name: string; readonly version: string };
  /** Epoch ms. */
  readonly openedAt: number;
  readonly remoteAddress: string | undefined;
}

/** A session on the register. */
export interface OpenSession extends Registered {
  readonly info: SessionInfo;
  /** What waits for it and the network has not taken. */
  readonly bufferedBytes: number;
  dispatch(event: ServerSessionEvent): void;
}

/** At once or later. */
type Answered<T> = T | Promise<T>;

/** The parts that all sessions of a server share. */
export interface SessionHost {
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly flusher: Flusher;
  readonly policy: ServerSessionPolicy;
  /** What a frame may be before the hello: less than later. */
  readonly helloLimits: FrameLimits;
  readonly window: ReconnectWindow;
  readonly counts: ServerCounts;
  readonly health: StoreHealth;
  readonly registry: SessionRegistry<OpenSession>;
  readonly gate: BucketGate;
  readonly reader: LogReader;
  readonly pump: BucketPump;
  readonly calls: CallParts;
  /** Credentials that the application is asked about now. */
  readonly checks: ReadonlySet<CredentialCheck>;
  checkFor(request: ServerRequest, owner: CheckOwner): CredentialCheck;
  /** The buckets that the application names for an account. */
  readonly accountBuckets: ((viewer: Viewer) => Answered<readonly BucketKey[]>) | undefined;
  /** The session has said so many messages that count; its account may have said too many. */
  charge(session: OpenSession, messages: number): void;
  /** Never throws. */
  report(error: unknown, context: ErrorContext): void;
  /** An update cannot be said to some session, and was passed over. Reported once. */
  readonly leftOut: (bucket: BucketKey, epoch: string, seq: number) => void;
  /** The session's socket is gone. */
  forget(session: OpenSession): void;
}

/** What an event is stamped with that happens now. */
export function stampOf({ clock, window }: Pick<SessionHost, "clock" | "window">): ServerStamp {
  // Whole numbers take no memory of their own, and no deadline is so exact.
  const now = Math.floor(clock.now());
  return { now, wallNow: Math.floor(clock.wallNow()), windowMs: window.windowMs(now) };
}
