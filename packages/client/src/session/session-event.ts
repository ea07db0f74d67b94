/** What a session says to its one owner, synchronously and in order. Each event carries the number of its session. */
import type {
  BucketHead,
  Page,
  RefusalAction,
  TooFarBehind,
  Unsubscribed,
  Updates,
  Welcome,
} from "@holdfast/protocol";
import type { CloseMeaning } from "@holdfast/protocol";

/** Facts about the session's life. The connection machine hears all of these, and only these. */
export type SessionLifecycleEvent =
  | { readonly type: "transportOpened"; readonly sessionId: number }
  | {
      readonly type: "openFailed" | "transportClosed";
      readonly sessionId: number;
      readonly meaning: CloseMeaning;
      readonly detail: string;
      readonly retryAfterMs?: number;
    }
  | { readonly type: "sendFailed"; readonly sessionId: number; readonly detail: string }
  | { readonly type: "protocolViolated"; readonly sessionId: number; readonly detail: string }
  | {
      readonly type: "welcomed";
      readonly sessionId: number;
      readonly windowMs: number;
      /** The shortest and longest ping interval the server bears. */
      readonly heartbeat: { readonly minMs: number; readonly maxMs: number };
      /** What is left of the token's life; absent: it does not end. */
      readonly tokenExpiresInMs?: number;
    }
  | { readonly type: "accountMismatched"; readonly sessionId: number }
  | {
      readonly type: "refused";
      readonly sessionId: number;
      readonly action: RefusalAction;
      readonly code: string;
      readonly retryAfterMs?: number;
      readonly windowMs?: number;
    }
  | { readonly type: "goingAway"; readonly sessionId: number; readonly windowMs: number }
  /** No call is in flight any more, after the session was asked to take no new ones. */
  | { readonly type: "drained"; readonly sessionId: number }
  /** The first useful message: the result or failure of a call, or an update that was applied. Once per session. */
  | { readonly type: "useful"; readonly sessionId: number }
  /** Any inbound frame; reported only while the owner asked for it (`listenForLife`). */
  | { readonly type: "frameReceived"; readonly sessionId: number }
  | {
      readonly type: "pongReceived";
      readonly sessionId: number;
      readonly nonce: number;
      readonly windowMs: number;
    }
  | {
      readonly type: "tokenAccepted";
      readonly sessionId: number;
      readonly tokenExpiresInMs?: number;
    }
  /** There are no credentials / the provider failed for the moment. */
  | { readonly type: "tokenMissing"; readonly sessionId: number }
  | { readonly type: "tokenFailed"; readonly sessionId: number; readonly detail: string }
  /** The send buffer stays above its soft mark. */
  | { readonly type: "sendStalled"; readonly sessionId: number };

/** Data, for sync and for update subscriptions. */
export type SessionDataEvent =
  | { readonly type: "opened"; readonly sessionId: number; readonly welcome: Welcome }
  | { readonly type: "updates"; readonly sessionId: number; readonly updates: Updates }
  | { readonly type: "page"; readonly sessionId: number; readonly page: Page }
  | { readonly type: "tooFarBehind"; readonly sessionId: number; readonly answer: TooFarBehind }
  | { readonly type: "subscribed"; readonly sessionId: number; readonly head: BucketHead }
  | { readonly type: "unsubscribed"; readonly sessionId: number; readonly answer: Unsubscribed }
  | { readonly type: "heads"; readonly sessionId: number; readonly heads: readonly BucketHead[] };

export type SessionEvent = SessionLifecycleEvent | SessionDataEvent;

/** What the connection machine's driver reads from the live session when an alarm fires. */
export interface SessionVitals {
  /** When the last frame came in, by `Clock.now`. */
  readonly lastInboundAt: number;
  /** Bytes that the platform has taken and not yet written. */
  readonly bufferedBytes: number;
  /** We paused reading ourselves, so silence proves nothing. */
  readonly inboundPaused: boolean;
}
