/** What a durable client is made of beside its connection, wired. */
import type { DocumentHooks } from "../stores/document-hooks.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import type { BucketHooks } from "../sync/apply-updates.ts";
import { Sync } from "../sync/sync.ts";
import { Transactions } from "../transactions/transactions.ts";
import { AccountScope } from "./account-scope.ts";
import type { DurableOptions } from "./durable-options.ts";
import { DurableSession } from "./durable-session.ts";
import { keyedCalls } from "./keyed-calls.ts";
import type { ClientParts } from "./session-speech.ts";

/** Made while the client is. */
export class DurableParts {
  readonly parts: ClientParts;
  readonly sync: Sync;
  readonly transactions: Transactions;
  readonly session: DurableSession;
  readonly account: AccountScope;

  constructor(options: DurableOptions, parts: ClientParts) {
    const { platform, instanceId, onFault, calls } = parts;
    const { clock, random } = platform;
    const ports = { clock, random, report: onFault };
    this.parts = parts;
    this.sync = new Sync({
      clock,
      random,
      // What a hook throws is part of its bucket's state and tried again: no fault to die of.
      report: (error) => {
        if (options.onFault) onFault(error);
      },
      onFault,
      policy: options.syncPolicy ?? {},
      hooks: this.#hooks(options.buckets ?? {}),
      isHeardLive: (bucket) => parts.updates.has(bucket),
      onApplied: (bucket, cursor, keys) => this.transactions.applied(bucket, cursor.seq, keys),
    });
    this.transactions = new Transactions({
      ...ports,
      owner: instanceId,
      randomHex: (bytes) => platform.randomHex(bytes),
      definitions: options.transactions ?? [],
      policy: options.transactionPolicy,
      remote: keyedCalls(calls),
      // An open bucket that holds nothing yet is awaited too: its first update is on its way.
      reached: (bucket) =>
        this.sync.reached(bucket) ?? (this.sync.isOpen(bucket) ? { seq: 0 } : undefined),
    });
    this.session = new DurableSession(parts, this.sync, this.transactions);
    this.account = new AccountScope({
      store: options.store,
      onEnter: () =>
        this.transactions.open(async () => {
          const { transactions } = await this.account.opened();
          return transactions;
        }),
      onLeave: () => {
        this.sync.leave();
        this.transactions.closeAccount();
      },
    });
    this.account.current.subscribe((store) => {
      if (store) this.sync.account(store.sync);
      else this.sync.leave();
    });
  }

  /** What data a kind has, the contract says. */
  #hooks(buckets: Readonly<Record<string, AnyHooks | undefined>>): Record<string, BucketHooks> {
    const documents = async (): Promise<DocumentStore> => (await this.account.opened()).documents;
    const hooks = Object.entries(buckets).flatMap(([kind, given]) =>
      given ? [[kind, typeof given === "function" ? given(documents) : given] as const] : [],
    );
    return Object.fromEntries(hooks);
  }
}

type AnyHooks = BucketHooks | DocumentHooks;
