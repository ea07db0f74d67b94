/** The hooks of an app, as `createHooks` types them by its contract. */
import type {
  CallOptions,
  ConnectionSnapshot,
  RealtimeClient,
  RealtimeConnectionState,
} from "@holdfast/client";
import type { DisplayPolicy } from "@holdfast/client/display";
import type {
  DurableClient,
  PendingTransaction,
  StoredDocument,
  TransactArguments,
  TransactionDefinition,
  TransactionHandle,
} from "@holdfast/client/durable";
import type { BucketKeyOf, CallArguments, Contract, MethodOf, OutputOf } from "@holdfast/protocol";
import type { ReactElement, ReactNode } from "react";

import type { BucketOptions, BucketView } from "./bucket-view.ts";
import type { CallState } from "./call-run.ts";
import type { Banner } from "./connection-banner.ts";
import type { TransactionState } from "./transaction-watch.ts";

/** Options of `createHooks`. */
export interface HooksOptions {
  /**
   * When the banner shows and hides, in milliseconds of 0 or more; `Infinity`: never. Default: 2 s,
   * later 4 s; hidden 1 s after recovery.
   */
  readonly display?: Partial<DisplayPolicy>;
}

/** Either the app's own client, or how to make one. */
export type ProviderProps<C extends Contract> = {
  readonly children?: ReactNode;
} & (
  | {
      /** The app starts and closes it. */
      readonly client: RealtimeClient<C>;
      readonly create?: never;
    }
  | {
      /**
       * Makes a client and does not start it: the provider starts it when it comes to the page, and
       * closes it when it has left or is given a `client` instead. Called again only after that; a
       * later function is not heeded.
       */
      readonly create: () => RealtimeClient<C>;
      readonly client?: never;
    }
);

/** The connection in a component. */
export interface Connection {
  /** One of four words. */
  readonly state: RealtimeConnectionState;
  /** Why, what blocks it, when it dials next, the round-trip time. */
  readonly snapshot: ConnectionSnapshot;
}

/** What `useCall` gives. `run` and `cancel` stay the same functions. */
export interface CallHook<C extends Contract, M extends MethodOf<C>> extends CallState<
  OutputOf<C, M>
> {
  /**
   * Makes the call, and aborts the one before. The promise is the call's own, and needs no handler:
   * `error` has its `CallError` too.
   */
  readonly run: (...args: CallArguments<C, M, CallOptions>) => Promise<OutputOf<C, M>>;
  /** Aborts the call that runs, if one does. The server may have run it. */
  readonly cancel: () => void;
}

/** What `useTransaction` gives. Its functions stay the same. */
export interface TransactionHook<Input, Output> extends TransactionState<Output> {
  /** As `DurableClient.transact`. The handle's `result` needs no handler. */
  readonly transact: (...args: TransactArguments<Input>) => TransactionHandle<Output>;
  /** Takes the last one back. True: it has no effect and never will. */
  readonly cancel: () => Promise<boolean>;
  /** Takes one of `pending` back, if that is still possible. */
  readonly cancelPending: (id: string) => void;
  /** All of this kind whose effect shows, those made before a reload included. */
  readonly pending: readonly PendingTransaction<Input>[];
}

/** Typed by the contract. Each throws an `OptionsError` outside of the provider. */
export interface Hooks<C extends Contract> {
  readonly HoldfastProvider: (props: ProviderProps<C>) => ReactElement;
  /** The client itself: for `connectNow`, `stop`, and what has no hook. */
  readonly useClient: () => RealtimeClient<C>;
  /** The same where it is a durable one; throws an `OptionsError` where it is not. */
  readonly useDurableClient: () => DurableClient<C>;
  /** Changes with every fact, pings included; for one word take `useConnectionState`. */
  readonly useConnection: () => Connection;
  readonly useConnectionState: () => RealtimeConnectionState;
  /** Whether to show a banner, in which words, and the seconds to the next try. */
  readonly useConnectionBanner: () => Banner;
  /** Calls of one method: the latest counts, and leaving the page aborts it. */
  readonly useCall: <M extends MethodOf<C>>(method: M) => CallHook<C, M>;
  /** Transactions of one kind. They go on when the component has left. */
  readonly useTransaction: <Input, Output, View>(
    definition: TransactionDefinition<Input, Output, View>,
  ) => TransactionHook<Input, Output>;
  /**
   * A bucket, open while the component is on the page. The client must have hooks for its kind,
   * made by `documentHooks`; without them it throws an `OptionsError`.
   */
  readonly useBucket: UseBucket<C>;
}

/** With a `view` it shows what that makes; without, the stored documents. */
export type UseBucket<C extends Contract> = <View = readonly StoredDocument[], Input = unknown>(
  bucket: BucketKeyOf<C>,
  options?: BucketOptions<View, Input>,
) => BucketView<View>;
