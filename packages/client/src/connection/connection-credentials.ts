/** What the machine decides about credentials: gained, lost, renewed, of another account. */
import type { Millis } from "../base/clock.ts";
import type { ConnectionModel } from "./connection-model.ts";
import type { WorldEvent } from "./connection-event.ts";
import * as moves from "./connection-moves.ts";
import { isLive } from "./connection-state.ts";
import { stay, type Moment, type Stamp, type Step } from "./connection-moves.ts";

type CredentialsChanged = Extract<WorldEvent, { readonly type: "credentialsChanged" }>;

/**
 * A login dials at once, a logout parks, another account gets a new session, a new token of the same account travels over
 * the open connection. Whatever changed, earlier rejections no longer count.
 */
export function credentialsChanged(model: ConnectionModel, event: CredentialsChanged, moment: Moment): Step {
  const { available, account } = event;
  if (!available) return moves.withoutCredential({ ...model, authRejections: 0 }, "authLost", moment);
  const gained = !model.constraints.auth;
  const switched = model.account !== 0 && model.account !== account;
  const told: ConnectionModel = {
    ...model,
    account,
    authRejections: 0,
    renewal: "none",
    constraints: { ...model.constraints, auth: true },
    serverUntil: switched ? undefined : model.serverUntil,
  };
  if (!model.wanted) return stay(told);
  if (switched && isLive(model.state)) return moves.redial(told, "accountChanged", moment);
  if (switched) return moves.dialNow(told, "accountChanged", moment);
  return gained ? moves.dialNow(told, "credentialsGained", moment) : newToken(told, moment);
}

function newToken(model: ConnectionModel, moment: Moment): Step {
  switch (model.state) {
    case "open":
      return stay(model, [{ type: "sendToken", sessionId: model.sessionId, forced: false }]);
    case "connectingTransport":
    case "authenticating":
      return stay({ ...model, tokenOwed: true });
    case "backoff":
      return model.lastFailure?.reason === "tokenUnavailable" ? moves.dialNow(model, "credentialsGained", moment) : stay(model);
    default:
      return stay(model);
  }
}

/** The provider gave a new token after a rejection. Counts only while the machine waits for it. */
export function tokenRenewed(model: ConnectionModel, moment: Moment): Step {
  if (model.renewal !== "pending") return stay(model);
  const constraints = { ...model.constraints, auth: true };
  return moves.dialNow({ ...model, renewal: "none", constraints }, "credentialsGained", moment);
}

/** It could not: try later, and ask for a new token again before the next hello. */
export function renewalFailed(model: ConnectionModel, detail: string, moment: Moment): Step {
  if (model.renewal !== "pending") return stay(model);
  const constraints = { ...model.constraints, auth: true };
  return moves.fail({ ...model, renewal: "owed", constraints }, "tokenUnavailable", detail, moment);
}

/** A token is renewed this long before its end, at least; or by this share of its life, if that is more. */
const RENEWAL_MARGIN_MS = 30_000;
const RENEWAL_MARGIN_SHARE = 0.1;
/** Tokens so short that the margin would eat them are renewed at half their life. */
const RENEWAL_EARLIEST_SHARE = 0.5;

/** When to renew the token over the open connection, ± 5 % so that a fleet does not do it in step. */
export function renewalAt(expiresInMs: Millis | undefined, { now, random }: Stamp): { readonly tokenRenewal?: Millis } {
  if (expiresInMs === undefined) return {};
  const margin = Math.max(RENEWAL_MARGIN_MS, expiresInMs * RENEWAL_MARGIN_SHARE);
  const after = Math.max(expiresInMs - margin, expiresInMs * RENEWAL_EARLIEST_SHARE);
  return { tokenRenewal: now + after * (0.95 + 0.1 * random) };
}
