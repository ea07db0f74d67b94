/**
 * Everything that can happen to the connection. Facts are named as facts; only the user's will is
 * imperative.
 */
import type { DeadlineName } from "./connection-model.ts";

/** What a transport's end asks of the client (PROTOCOL.md §6). */
export type Meaning = "retry" | "reauthenticate" | "stop";

/** The path as the platform describes it. `constrained`: metered, slow or saving data. */
export type NetworkQuality = "good" | "constrained";

/** The user's will. */
export type UserEvent =
  | { readonly type: "start" }
  | { readonly type: "stop" }
  | { readonly type: "connectNow" };

/** Facts about the world, from the adapters. */
export type WorldEvent =
  /**
   * `account` is an alias: the n-th identity that this client has seen, 0 when there is none. The
   * same number again with `available` means a new token for the same account.
   */
  | { readonly type: "credentialsChanged"; readonly available: boolean; readonly account: number }
  /** The answers to `renewToken`. */
  | { readonly type: "tokenRenewed" }
  | { readonly type: "renewalFailed"; readonly detail: string }
  | {
      readonly type: "networkChanged";
      readonly available: boolean;
      readonly quality: NetworkQuality;
    }
  | { readonly type: "appForegrounded" }
  | { readonly type: "appBackgrounded" }
  | { readonly type: "appFrozen" }
  | { readonly type: "appThawed" }
  | { readonly type: "woke" };

/** Facts about one session. An event whose `sessionId` is not the live one changes nothing. */
export type SessionFact = { readonly sessionId: number } & (
  | { readonly type: "transportOpened" }
  | {
      readonly type: "openFailed" | "transportClosed";
      readonly meaning: Meaning;
      readonly detail: string;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly type: "sendFailed"; readonly detail: string }
  | { readonly type: "sendStalled" }
  | { readonly type: "protocolViolated"; readonly detail: string }
  | {
      readonly type: "welcomed";
      readonly windowMs: number;
      readonly heartbeat: { readonly minMs: number; readonly maxMs: number };
      readonly tokenExpiresInMs?: number | undefined;
    }
  | { readonly type: "accountMismatched" }
  | {
      readonly type: "refused";
      readonly action: Meaning;
      readonly code: string;
      readonly retryAfterMs?: number | undefined;
      readonly windowMs?: number | undefined;
    }
  | { readonly type: "goingAway"; readonly windowMs: number }
  | { readonly type: "drained" }
  | { readonly type: "useful" }
  | { readonly type: "frameReceived" }
  | { readonly type: "pongReceived"; readonly nonce: number; readonly windowMs: number }
  | { readonly type: "tokenAccepted"; readonly tokenExpiresInMs?: number | undefined }
  | { readonly type: "tokenMissing" }
  | { readonly type: "tokenFailed"; readonly detail: string }
);

/** Time, and our own faults. */
export type DriverEvent =
  | { readonly type: "alarm"; readonly deadline: DeadlineName }
  /** An assertion failed or an effect threw inside the driver's loop. */
  | { readonly type: "faulted"; readonly detail: string };

/** All that the machine can hear: facts, never wishes of its own. */
export type ConnectionEvent = UserEvent | WorldEvent | SessionFact | DriverEvent;

/** The name of an event. */
export type ConnectionEventType = ConnectionEvent["type"];

/** The events of one type, also where a member of the union has several. */
export type EventOf<Type extends ConnectionEventType> = ConnectionEvent extends infer Event
  ? Event extends { readonly type: infer Types }
    ? Type extends Types
      ? Event & { readonly type: Type }
      : never
    : never
  : never;

/** What each of these events does: the rows of the machine. */
export type Handlers<Type extends ConnectionEventType, Context> = {
  readonly [Row in Type]: (context: Context, event: EventOf<Row>) => void;
};
