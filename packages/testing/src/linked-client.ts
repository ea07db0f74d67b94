/** What the clients of a linked pair are made of, and what a test holds of them. */
import type { Credentials, RealtimeClient, RealtimeOptions } from "@holdfast/client";
import type { DurableClient, DurableOptions } from "@holdfast/client/durable";
import type { Contract } from "@holdfast/protocol";
import type {
  Accepted,
  Authenticate,
  BucketRulesOf,
  Handlers,
  RealtimeServerOptions,
} from "@holdfast/server";

import type { FakeCredentials, FakeLifecycleAdapter, FakeNetworkAdapter } from "./fake-adapters.ts";
import type { ManualClock } from "./manual-clock.ts";
import type { MemoryLink } from "./memory-link.ts";

/**
 * Options of one client of the pair. What is left out is faked, or has the client's own default.
 */
export interface LinkedClientOptions<C extends Contract> extends Partial<
  Omit<RealtimeOptions<C>, "contract" | "platform" | "credentials" | "createSocket">
> {
  /** Who is signed in from the start; null: nobody. Default `"ada"`. */
  readonly identity?: string | null;
  /** Instead of {@link FakeCredentials}, which are then not asked. */
  readonly ownCredentials?: Credentials;
}

/** Options of a linked pair. */
export interface LinkedPairOptions<C extends Contract, A extends Accepted = Accepted> {
  readonly contract: C;
  /** Default: believes the tokens of {@link FakeCredentials}. */
  readonly authenticate?: Authenticate<A>;
  readonly handlers: Handlers<C, NoInfer<A>>;
  /** Who may read which bucket. Default: nobody may read any. */
  readonly buckets?: BucketRulesOf<C, NoInfer<A>>;
  /** Of the first client. */
  readonly client?: LinkedClientOptions<C>;
  /** Further options of the server. */
  readonly server?: Partial<
    Pick<
      RealtimeServerOptions<C, A>,
      "limits" | "policy" | "codecs" | "onError" | "store" | "retention" | "accountBuckets"
    >
  >;
  /** Default: a clock of its own. Pass one to share it with `authenticate` or the handlers. */
  readonly clock?: ManualClock;
  /** Of all dice. The same seed gives the same run. Default 1. */
  readonly seed?: number;
}

/** Options of one more client with transactions and sync. */
export type LinkedDurableOptions<C extends Contract> = LinkedClientOptions<C> &
  Partial<
    Pick<
      DurableOptions<C>,
      "store" | "transactions" | "buckets" | "transactionPolicy" | "syncPolicy"
    >
  >;

/** A real client with transactions and sync, and the world around it. */
export interface LinkedDurableClient<C extends Contract> extends LinkedClient<C> {
  readonly client: DurableClient<C>;
}

/** A real client, and the world around it in the test's hands. */
export interface LinkedClient<C extends Contract> {
  readonly client: RealtimeClient<C>;
  /** Signs in and out, and scripts the token provider. */
  readonly credentials: FakeCredentials;
  /** To the background and back, frozen, asleep. */
  readonly lifecycle: FakeLifecycleAdapter;
  /** What the platform says about the network. */
  readonly network: FakeNetworkAdapter;
  /** What the network really does. */
  readonly link: MemoryLink;
}
