/** What a session says, synchronously and in order: facts about its life, and data. */
import type { BucketHead, BucketPosition, CloseMeaning, Subscribe } from "@holdfast/protocol";
import type { Heads, Page, TooFarBehind, Welcome } from "@holdfast/protocol";
import type { Unsubscribe, Unsubscribed, UpdateRun } from "@holdfast/protocol";

/** A fact about the session's life. The connection machine hears all of these, and only these. */
export type SessionFact =
  | { readonly type: "transportOpened" }
  | {
      readonly type: "openFailed" | "transportClosed";
      readonly meaning: CloseMeaning;
      readonly detail: string;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly type: "sendFailed"; readonly detail: string }
  /** The send buffer stays above its soft mark. */
  | { readonly type: "sendStalled" }
  | { readonly type: "protocolViolated"; readonly detail: string }
  | {
      readonly type: "welcomed";
      readonly windowMs: number;
      /** The shortest and longest ping interval the server bears. */
      readonly heartbeat: { readonly minMs: number; readonly maxMs: number };
      /** What is left of the token's life; absent: it does not end. */
      readonly tokenExpiresInMs?: number | undefined;
    }
  | { readonly type: "accountMismatched" }
  | {
      readonly type: "refused";
      readonly action: CloseMeaning;
      readonly code: string;
      readonly retryAfterMs?: number | undefined;
      readonly windowMs?: number | undefined;
    }
  | { readonly type: "goingAway"; readonly windowMs: number }
  /** No call is in flight any more, after the session was asked to take no new ones. */
  | { readonly type: "drained" }
  /** The first useful message: the answer to a call, or an update. Once per session. */
  | { readonly type: "useful" }
  /** Any inbound frame; reported only while the owner asked for it (`listenForLife`). */
  | { readonly type: "frameReceived" }
  | { readonly type: "pongReceived"; readonly nonce: number; readonly windowMs: number }
  | { readonly type: "tokenAccepted"; readonly tokenExpiresInMs?: number | undefined }
  /** There are no credentials / the provider failed for the moment. */
  | { readonly type: "tokenMissing" }
  | { readonly type: "tokenFailed"; readonly detail: string };

/** A fact with the number of the session that it is about. */
export type SessionEvent = SessionFact & { readonly sessionId: number };

/** Hears a session's data, and says which buckets it is about. */
export interface SessionData {
  /** The session says hello, asking for these buckets. From here on changes go to the link. */
  attach(link: SubscriptionLink): readonly BucketPosition[];
  /** The server has said welcome; calls may be made. */
  welcomed?(welcome: Welcome): void;
  /** That session is over. `cause`: the type of the fact that ended it, or the refusal's code. */
  detach(cause: string): void;
  subscribed(head: BucketHead): void;
  unsubscribed(answer: Unsubscribed): void;
  /** Does the run begin where the session stands? Whatever nobody waits for does. */
  follows(run: UpdateRun): boolean;
  updates(run: UpdateRun): void;
  /** What a server says of a log unasked. */
  log?(message: Page | TooFarBehind | Heads): void;
}

/** What {@link SessionData} asks of a session. */
export interface SubscriptionLink {
  /** Said as soon as the session is open. A server that knows no updates is told nothing. */
  say(message: Subscribe | Unsubscribe): void;
  /** What was read already is still handled. Where the platform cannot pause, nothing happens. */
  pauseReading(): void;
  resumeReading(): void;
}

/** What the connection machine's driver reads from the live session when an alarm fires. */
export interface SessionVitals {
  /** When the last frame came in, by `Clock.now`. */
  readonly lastInboundAt: number;
  /** Bytes that the platform has taken and not yet written. */
  readonly bufferedBytes: number;
  /** We paused reading ourselves, so silence proves nothing. */
  readonly inboundPaused: boolean;
}
