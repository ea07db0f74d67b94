/** What the simulated servers answer: the handlers, and who may come in and read. */
import type { Millis } from "@holdfast/client";
import { CallFailure, refuse } from "@holdfast/server";
import type { Accepted, Authenticate, Handlers } from "@holdfast/server";

import { appContract, isVisible } from "./app-contract.ts";
import type { AppBucket, AppContract, Note, NoteInput } from "./app-contract.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { ServerProcess, ServerRules } from "./server-process.ts";

/** What the world lets happen to all servers. */
export interface ServerMood {
  /** How much longer every handler thinks. */
  busyMs: Millis;
  /** How long a token is good. */
  tokenLifeMs: Millis;
  /** Tokens issued before this, epoch ms, are rejected. */
  tokensGoodFrom: number;
  /** Until this instant it is no wonder that somebody's token is rejected, and rejected again. */
  rejectedUntil: Millis;
  /** `account bucket`: who may not read what. */
  readonly revoked: Set<string>;
  /** How many updates of each bucket are kept. */
  readonly updatesMax: number;
}

export interface AppServerOptions {
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly mood: ServerMood;
  /** Numbers of `bump` calls that have run. */
  readonly bumps: Set<number>;
}

/** The token that is issued now. It names its account and its time, and is believed. */
export function issueToken(account: string, wallNow: number): string {
  return `${account}.${wallNow}`;
}

export function appServer(options: AppServerOptions): ServerRules {
  const { journal, mood } = options;
  return (server) => ({
    contract: appContract,
    authenticate: authenticator(mood, server),
    handlers: handlersOf(options, server),
    buckets: {
      list: { authorize: ({ account }, bucket) => !mood.revoked.has(`${account} ${bucket}`) },
      inbox: {
        authorize: ({ account }, bucket) => bucket === `inbox:${account}`,
        visible: (_viewer, { data }, bucket) => isVisible(bucket, data as Note),
      },
    },
    accountBuckets: ({ account }) => [`inbox:${account}`],
    retention: { updatesMax: mood.updatesMax },
    policy: { bufferedBytesMax: 1_048_576 },
    onError: (error, { place }) => {
      const name = error instanceof Error ? error.name : typeof error;
      journal.note(server.name, `survives ${name} in ${place}`);
      if (place === "session" || place === "encode" || name === "TypeError")
        journal.broke("a server survives nothing of its own", `${String(error)} in ${place}`);
    },
  });
}

function authenticator(mood: ServerMood, server: ServerProcess): Authenticate<Accepted> {
  return ({ token = "" }) => {
    const [account = "", issued = ""] = token.split(".");
    const expiresAt = Number(issued) + mood.tokenLifeMs;
    const isGood = Number(issued) >= mood.tokensGoodFrom && expiresAt > server.clock.wallNow();
    if (!isGood) return refuse({ action: "reauthenticate", code: "badToken" });
    return { account, expiresAt };
  };
}

function handlersOf(options: AppServerOptions, server: ServerProcess): Handlers<AppContract> {
  const { ledger, journal, bumps, mood } = options;
  const clock = server.handlerClock;
  const think = (ms: Millis): Promise<void> =>
    new Promise((resolve) => void clock.at(clock.now() + ms, resolve));
  const heedName = (as: string | undefined, account: string): void => {
    if (as !== account) journal.broke("nothing is said in another's name", `${as} as ${account}`);
  };
  return {
    "note.add": (input, { account, commit }) =>
      server.work(async () => {
        heedName(ledger.wishes[input.wish]?.account, account);
        await think(input.beforeMs + mood.busyMs);
        heedFate(options, input);
        const place = await commit((tx) => {
          const { epoch, seq } = tx.append(input.list as AppBucket, { wish: input.wish });
          if (input.copyTo) tx.append(`inbox:${input.copyTo}`, { wish: input.wish });
          return { epoch, seq };
        });
        await think(input.afterMs);
        return place;
      }),
    async "list.snapshot"(bucket, { account, commit }) {
      if (mood.revoked.has(`${account} ${bucket}`)) throw new CallFailure("denied", "revoked");
      return commit((tx) => {
        const { epoch, head } = tx.head(bucket as AppBucket);
        return { epoch, seq: head, notes: ledger.expected(bucket, epoch, 0, head) };
      });
    },
    async echo({ n, as }, { account }) {
      heedName(as, account);
      await think(mood.busyMs);
      return n;
    },
    bump({ n, as }, { account }) {
      heedName(as, account);
      if (bumps.has(n)) journal.broke("a call that is not repeatable runs once", `bump ${n}`);
      bumps.add(n);
      return n;
    },
  };
}

function heedFate({ ledger }: AppServerOptions, { wish, fate }: NoteInput): void {
  const found = ledger.wishes[wish];
  if (!found || fate === "ok") return;
  if (fate === "denied") throw new CallFailure("denied", "never");
  found.failures++;
  if (found.failures > 1) return;
  if (fate === "busyOnce") throw new CallFailure("busy", "not now", { retryAfterMs: 1_500 });
  throw new Error("broken, this once");
}
