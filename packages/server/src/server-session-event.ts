/** Everything that can happen to a session on the server, as data. */
import type {
  BucketKey,
  Call,
  Cancel,
  ClientMessage,
  Failure,
  Fetch,
  Page,
  RefusalAction,
  Result,
  TooFarBehind,
  UnsubscribedCode,
} from "@holdfast/protocol";

/** Events are facts. An event that no longer concerns the session changes nothing. */
export type ServerSessionEvent =
  /** One frame came in, with these messages. */
  | { readonly type: "received"; readonly messages: readonly ClientMessage[] }
  /** A frame came in that is none. `detail` holds no payload. */
  | { readonly type: "malformed"; readonly detail: string }
  /** The server holds as many connections as it will. */
  | { readonly type: "crowded" }
  /** The peers have no subprotocol in common. */
  | { readonly type: "unsupported" }
  /** The credential of check `checkId` is good. */
  | ({
      readonly type: "authenticated";
      readonly checkId: number;
      readonly account: string;
      /** When the credential ends, epoch ms. */
      readonly expiresAt?: number | undefined;
    } & AccountStanding)
  | {
      readonly type: "authenticationRefused";
      readonly checkId: number;
      readonly refusal: SpokenRefusal;
    }
  /** The check threw, or gave an answer that is none. */
  | { readonly type: "authenticationFailed"; readonly checkId: number }
  /** Answers the `authorize` of this number, in one event or several. */
  | {
      readonly type: "authorized";
      readonly askId: number;
      readonly verdicts: readonly BucketVerdict[];
    }
  /** The application names buckets that the account shall hear of, whatever it asks for. */
  | { readonly type: "named"; readonly buckets: readonly BucketKey[] }
  /** What `runCall`, `fetchPage` or `cancelKey` started has ended. */
  | { readonly type: "callsSettled"; readonly calls: readonly SettledCall[] }
  /** The account may no longer read this bucket. */
  | { readonly type: "revoked"; readonly bucket: BucketKey }
  /** A later session of the same instance is open. */
  | { readonly type: "superseded" }
  /** The application ends the session. */
  | { readonly type: "disconnected"; readonly refusal: SpokenRefusal }
  /** The server is closing: leave within `windowMs`, or be ended `graceMs` later. */
  | { readonly type: "draining"; readonly windowMs: number; readonly graceMs: number }
  /** The sessions of the account have said too much together. */
  | { readonly type: "flooded"; readonly retryAfterMs: number }
  /** More waits to be written than may. */
  | { readonly type: "overflowed" }
  /** The server failed while it decided or acted. */
  | { readonly type: "faulted" }
  | { readonly type: "socketClosed" }
  /** A deadline may have passed. */
  | { readonly type: "alarm" };

/** The sessions that are open already where one of an account says hello. */
export interface AccountStanding {
  /** The number of the one of the same instance, if there is one. */
  readonly rivalSession?: number | undefined;
  /** How many there are of the account. */
  readonly accountSessions: number;
}

export type ServerSessionEventType = ServerSessionEvent["type"];

/** What is asked under an id, and answered once. */
export type SessionRequest = Call | Fetch | KeyedCancel;

/** A request that has ended. */
export interface SettledCall {
  readonly id: number;
  readonly answer: Answer;
}

/** The caller asks that a keyed call shall not take effect. */
export type KeyedCancel = Cancel & { readonly key: string };

/** How a request is answered. */
export type Answer = Result | Failure | Page | TooFarBehind;

/** What a refusal says to the client. */
export interface SpokenRefusal {
  readonly action: RefusalAction;
  /** A word for programs. */
  readonly code: string;
  /** A sentence for people who debug. The client may log it. */
  readonly message?: string | undefined;
  /** Not before this many milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** Without a code it allows. */
export interface BucketVerdict {
  readonly bucket: BucketKey;
  readonly code?: UnsubscribedCode | undefined;
}
