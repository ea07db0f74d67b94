/**
 * What the machine decides about credentials: gained, lost, rejected, renewed, of another account.
 */
import type { Millis } from "../base/clock.ts";
import type { EventOf } from "./connection-event.ts";
import { dialNow, endRenewal, fail, noteFailure, redial, settle } from "./connection-moves.ts";
import { isLive } from "./connection-state.ts";
import { act, type Turn } from "./connection-turn.ts";

/**
 * A login dials at once, a logout parks, another account gets a new session, a new token of the
 * same account travels over the open connection. Whatever changed, earlier rejections no longer
 * count.
 */
export function credentialsChanged(
  turn: Turn,
  { available, account }: EventOf<"credentialsChanged">,
): void {
  const isSwitch = turn.model.account > 0 && turn.model.account !== account;
  const isGain = !turn.model.constraints.auth;
  turn.model.authRejections = 0;
  if (!available) return loseCredential(turn, "authLost");
  endRenewal(turn, "none");
  turn.model.account = account;
  if (isSwitch) {
    turn.model.serverUntil = undefined;
    (isLive(turn.model.state) ? redial : dialNow)(turn, "accountChanged");
  } else if (isGain) dialNow(turn, "credentialsGained");
  else if (turn.model.state === "open") act(turn, "sendToken", { forced: false });
  else if (isLive(turn.model.state)) turn.model.tokenOwed = true;
  else if (turn.model.lastFailure?.reason === "tokenUnavailable")
    dialNow(turn, "credentialsGained");
}

/** There is no usable credential: wait until there is. */
export function loseCredential(turn: Turn, reason: "authLost" | "accountMismatch"): void {
  turn.model.renewal = "none";
  turn.model.constraints.auth = false;
  settle(turn, reason);
}

/**
 * The server said no to the credential. The first time a forced renewal may help; then only a new
 * credential does.
 */
export function rejectCredential(turn: Turn, detail: string): void {
  const isFirst = !turn.model.authRejections++;
  noteFailure(turn, "authRejected", detail);
  turn.model.renewal = isFirst ? "pending" : "none";
  turn.model.constraints.auth = false;
  settle(turn, "authRejected");
  turn.effects.push({ type: isFirst ? "renewToken" : "reportAuthInvalidated" });
}

/** The provider gave a new token after a rejection. Counts only while the machine waits for it. */
export function tokenRenewed(turn: Turn): void {
  if (turn.model.renewal !== "pending") return;
  endRenewal(turn, "none");
  dialNow(turn, "credentialsGained");
}

/** It could not: try later, and ask for a new token again before the next hello. */
export function renewalFailed(turn: Turn, { detail }: { readonly detail: string }): void {
  if (turn.model.renewal !== "pending") return;
  endRenewal(turn, "owed");
  fail(turn, "tokenUnavailable", detail);
}

/**
 * A token is renewed this long before its end, at least; or by this share of its life, if that is
 * more.
 */
const RENEWAL_MARGIN_MS = 30_000;
const RENEWAL_MARGIN_SHARE = 0.1;
/** Tokens so short that the margin would eat them are renewed at half their life. */
const RENEWAL_EARLIEST_SHARE = 0.5;
/** A server may take a token that is past its end, and so may a provider hand it out again. */
const RENEWAL_GAP_MS = 500;

/**
 * Plans to renew the token over the open connection, ± 5 % so that a fleet does not do it in step.
 */
export function planRenewal(turn: Turn, expiresInMs: Millis | undefined): void {
  delete turn.model.deadlines.tokenRenewal;
  if (expiresInMs === undefined) return;
  const margin = Math.max(RENEWAL_MARGIN_MS, expiresInMs * RENEWAL_MARGIN_SHARE);
  const earliest = Math.max(expiresInMs * RENEWAL_EARLIEST_SHARE, RENEWAL_GAP_MS);
  const after = Math.max(expiresInMs - margin, earliest);
  turn.model.deadlines.tokenRenewal = turn.now + after * (0.95 + 0.1 * turn.random);
}
