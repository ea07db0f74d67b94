/** The reserved codes of `refuse` (PROTOCOL.md §7): why a server ends a session. */
import { CLOSE_CODES } from "./close-code.ts";
import type { RefusalAction } from "./server-message.ts";

/** The codes that Holdfast itself uses. An application may use its own words beside them. */
export type RefusalCode =
  | "badToken"
  | "tokenExpired"
  | "accountDisabled"
  | "accountChanged"
  | "unsupportedVersion"
  | "superseded"
  | "busy"
  | "helloTimeout"
  | "helloExpected"
  | "protocolViolation"
  | "rateLimited"
  | "idle"
  | "slowConsumer"
  | "serverRestart"
  | "internal";

/** What goes with a reserved code: what the client should do, and how the socket is closed. */
export interface Refusal {
  readonly action: RefusalAction;
  readonly closeCode: number;
}

/** The action and the close code of each reserved refusal. */
export const REFUSALS: Readonly<Record<RefusalCode, Refusal>> = {
  /** The credential is missing, malformed or not ours. */
  badToken: { action: "reauthenticate", closeCode: CLOSE_CODES.badToken },
  /** The credential has ended, and no renewed one came in time. */
  tokenExpired: { action: "reauthenticate", closeCode: CLOSE_CODES.tokenExpired },
  /** The account may not connect. A new credential will not help. */
  accountDisabled: { action: "stop", closeCode: CLOSE_CODES.accountDisabled },
  /** A renewed token belongs to another account. The next hello may carry it. */
  accountChanged: { action: "retry", closeCode: CLOSE_CODES.retry },
  /** No protocol version or codec in common. Only a newer client, or server, will help. */
  unsupportedVersion: { action: "stop", closeCode: CLOSE_CODES.unsupportedVersion },
  /** Another session of the same client object is newer, or as new. */
  superseded: { action: "retry", closeCode: CLOSE_CODES.superseded },
  /** The server has no room. Comes with `retryAfterMs` or `windowMs`. */
  busy: { action: "retry", closeCode: CLOSE_CODES.busy },
  /** No hello within the deadline. */
  helloTimeout: { action: "retry", closeCode: CLOSE_CODES.helloTimeout },
  /** Something other than hello or ping came first. */
  helloExpected: { action: "retry", closeCode: CLOSE_CODES.protocolViolation },
  /** A frame was malformed, too large, or said at the wrong time. */
  protocolViolation: { action: "retry", closeCode: CLOSE_CODES.protocolViolation },
  /** Too many messages or bytes for too long. Comes with `retryAfterMs`. */
  rateLimited: { action: "retry", closeCode: CLOSE_CODES.rateLimited },
  /** No application frame for too long. */
  idle: { action: "retry", closeCode: CLOSE_CODES.idle },
  /** More waits to be sent than the server will hold. */
  slowConsumer: { action: "retry", closeCode: CLOSE_CODES.slowConsumer },
  /** The process ends now. Comes with `windowMs`. */
  serverRestart: { action: "retry", closeCode: CLOSE_CODES.serverRestart },
  /** The server failed while it decided. */
  internal: { action: "retry", closeCode: CLOSE_CODES.retry },
};

/**
 * The close code that follows a `refuse`: that of its reserved code where the action agrees with
 * it, otherwise the general code of the action. So the code's range always says what the action
 * said.
 */
export function refusalCloseCode(action: RefusalAction, code: string): number {
  const known = Object.hasOwn(REFUSALS, code) ? REFUSALS[code as RefusalCode] : undefined;
  return known?.action === action ? known.closeCode : CLOSE_CODES[action];
}
