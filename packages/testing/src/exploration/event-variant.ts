/**
 * The variants of each event that the machine treats differently, or might. An event that is new
 * does not compile before its variants are thought of.
 */
import type { ConnectionEvent, ConnectionModel, SessionFact } from "@holdfast/client/machine";

/** A fact of a session, without the session's number. */
export type FactTold = SessionFact extends infer Any
  ? Any extends SessionFact
    ? Omit<Any, "sessionId">
    : never
  : never;

export interface Variant<Event> {
  /** In a few words; empty where there is but one. */
  readonly variant: string;
  readonly event: Event;
  /** What follows depends on the dice. */
  readonly dice?: true;
}

/** In the order of the table; `dice` for all variants of an event. */
function variantsOf<Event extends { readonly type: string }>(
  table: Readonly<Record<Event["type"], readonly Variant<Event>[]>>,
): readonly Variant<Event>[] {
  return Object.values<readonly Variant<Event>[]>(table).flat();
}

function only<Event>(event: Event): readonly Variant<Event>[] {
  return [{ variant: "", event }];
}

function rolled<Event>(event: Event): readonly Variant<Event>[] {
  return [{ variant: "", event, dice: true }];
}

const MEANINGS = ["retry", "reauthenticate", "stop"] as const;
const HEARTBEAT = { minMs: 1_000, maxMs: 60_000 };
const WINDOW_MS = 1_000;
const RETRY_AFTER_MS = 90_000;
const TOKEN_LIFE_MS = 300_000;

/** Every fact that a session can report, but its pongs: see {@link pongVariants}. */
export const FACT_VARIANTS: readonly Variant<FactTold>[] = variantsOf<
  Exclude<FactTold, { readonly type: "pongReceived" }>
>({
  transportOpened: only({ type: "transportOpened" }),
  openFailed: endings("openFailed"),
  transportClosed: endings("transportClosed"),
  refused: MEANINGS.flatMap((action) => {
    const event = { type: "refused", action, code: "code" } as const;
    const later = { ...event, retryAfterMs: RETRY_AFTER_MS, windowMs: WINDOW_MS };
    return [
      { variant: action, event, dice: true },
      { variant: `${action}, later`, event: later, dice: true },
    ];
  }),
  sendFailed: rolled({ type: "sendFailed", detail: "detail" }),
  sendStalled: only({ type: "sendStalled" }),
  protocolViolated: rolled({ type: "protocolViolated", detail: "detail" }),
  welcomed: expiring({ type: "welcomed", windowMs: WINDOW_MS, heartbeat: HEARTBEAT }),
  accountMismatched: only({ type: "accountMismatched" }),
  goingAway: rolled({ type: "goingAway", windowMs: WINDOW_MS }),
  drained: only({ type: "drained" }),
  useful: only({ type: "useful" }),
  frameReceived: only({ type: "frameReceived" }),
  tokenAccepted: expiring({ type: "tokenAccepted" }),
  tokenMissing: only({ type: "tokenMissing" }),
  tokenFailed: rolled({ type: "tokenFailed", detail: "detail" }),
});

function endings<Type extends "openFailed" | "transportClosed">(
  type: Type,
): readonly Variant<FactTold & { readonly type: Type }>[] {
  return MEANINGS.flatMap((meaning) => {
    const event = { type, meaning, detail: "detail" };
    const later = { ...event, retryAfterMs: RETRY_AFTER_MS };
    return [
      { variant: meaning, event, dice: true },
      { variant: `${meaning}, later`, event: later, dice: true },
    ] as unknown as Variant<FactTold & { readonly type: Type }>[];
  });
}

function expiring<Event>(event: Event): readonly Variant<Event>[] {
  return [
    { variant: "no expiry", event },
    { variant: "token expires", event: { ...event, tokenExpiresInMs: TOKEN_LIFE_MS }, dice: true },
  ];
}

/** Pongs answer what was asked, so they depend on the number of the last ping. */
export function pongVariants(lastNonce: number): readonly Variant<FactTold>[] {
  const pong = (variant: string, nonce: number): Variant<FactTold> => ({
    variant,
    event: { type: "pongReceived", nonce, windowMs: WINDOW_MS },
  });
  return [
    pong("to the last ping", lastNonce),
    pong("to an earlier ping", lastNonce - 1),
    pong("to no ping", lastNonce + 1),
  ];
}

type Doubt = Extract<
  ConnectionEvent,
  { readonly type: "connectNow" | "appForegrounded" | "appThawed" | "woke" | "networkChanged" }
>;

/** What comes from outside and may ask an open socket whether it lives. */
export const DOUBT_VARIANTS: readonly Variant<ConnectionEvent>[] = variantsOf<Doubt>({
  connectNow: only({ type: "connectNow" }),
  appForegrounded: only({ type: "appForegrounded" }),
  appThawed: only({ type: "appThawed" }),
  woke: only({ type: "woke" }),
  networkChanged: [true, false].flatMap((available) =>
    (["good", "constrained"] as const).map((quality) => ({
      variant: `${available ? "available" : "lost"}, ${quality}`,
      event: { type: "networkChanged", available, quality } as const,
    })),
  ),
});

type Told = Exclude<
  ConnectionEvent,
  Doubt | SessionFact | { readonly type: "alarm" | "credentialsChanged" }
>;

/** What else comes from outside, but credentials: see {@link credentialVariants}. */
export const WORLD_VARIANTS: readonly Variant<ConnectionEvent>[] = variantsOf<Told>({
  start: only({ type: "start" }),
  stop: only({ type: "stop" }),
  tokenRenewed: only({ type: "tokenRenewed" }),
  renewalFailed: rolled({ type: "renewalFailed", detail: "detail" }),
  appBackgrounded: only({ type: "appBackgrounded" }),
  appFrozen: only({ type: "appFrozen" }),
  faulted: rolled({ type: "faulted", detail: "detail" }),
});

/** Credentials are compared with the account that the model knows. */
export function credentialVariants({ account }: ConnectionModel): Variant<ConnectionEvent>[] {
  const told = (variant: string, available: boolean, alias: number): Variant<ConnectionEvent> => ({
    variant,
    event: { type: "credentialsChanged", available, account: alias },
  });
  const lost = told("lost", false, 0);
  if (account === 0) return [lost, told("first account", true, 1)];
  const other = account === 1 ? 2 : 1;
  return [lost, told("same account", true, account), told("other account", true, other)];
}
