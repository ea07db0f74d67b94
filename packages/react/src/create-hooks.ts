/**
 * Makes the provider and the hooks of an app. What they look at lives outside of React, in sources;
 * here it is only tied to components.
 */
import {
  OptionsError,
  type ConnectionSnapshot,
  type RealtimeClient,
  type RealtimeConnectionState,
} from "@holdfast/client";
import { withPending, type DurableClient, type StoredDocument } from "@holdfast/client/durable";
import type { Contract } from "@holdfast/protocol";
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
  type Context,
} from "react";

import { NOT_ON_PAGE, type BucketBoard, type BucketOnPage } from "./bucket-board.ts";
import { statusOf, type BucketOptions, type BucketView } from "./bucket-view.ts";
import { CallRun, NO_CALL } from "./call-run.ts";
import { NO_BANNER } from "./connection-banner.ts";
import { displayPolicyOf } from "./display-options.ts";
import type { CallHook, Connection, Hooks, HooksOptions, TransactionHook } from "./hooks.ts";
import { providerOf } from "./provider.ts";
import type { Surroundings } from "./surroundings.ts";
import { NO_TRANSACTION, TransactionWatch } from "./transaction-watch.ts";
import { useEarlyEffect } from "./use-early-effect.ts";
import { useSource } from "./use-source.ts";

/**
 * The provider and the hooks of an app, typed by its contract: `createHooks<typeof contract>()`.
 * Call it once, in a module of its own. Two calls make two apps that do not see each other, for
 * pages with two clients. Throws an `OptionsError` for an option that cannot work.
 */
export function createHooks<C extends Contract>(options: HooksOptions = {}): Hooks<C> {
  const context = createContext<Surroundings | undefined>(undefined);
  const use = (): Surroundings => useSurroundings(context);
  return {
    HoldfastProvider: providerOf<C>(context, displayPolicyOf(options.display)),
    useClient: () => use().client as RealtimeClient<C>,
    useDurableClient: () => use().durable as DurableClient<C>,
    useConnection: () => useConnectionOf(use().client),
    useConnectionState: () => useSource(use().client.state, () => "idle"),
    useConnectionBanner: () => useSource(use().banner, () => NO_BANNER),
    useCall: (method) => useCallOf(use().client, method),
    useTransaction: (definition) => {
      const { durable } = use();
      const watch = useMemo(() => new TransactionWatch(durable, definition), [durable, definition]);
      return useTransactionOf(watch);
    },
    useBucket: (bucket, given) => useBucketOf(use().board, bucket, given),
  };
}

function useSurroundings(context: Context<Surroundings | undefined>): Surroundings {
  const surroundings = useContext(context);
  if (!surroundings) throw new OptionsError("This hook needs its HoldfastProvider above it.");
  return surroundings;
}

/** What a client says that was never started: a server renders it, and no other. */
const AT_SERVER: ConnectionSnapshot = {
  state: "stopped",
  reason: "userStop",
  attempt: 0,
  sessionId: 0,
  since: 0,
  retryAt: undefined,
  blockedBy: [],
  lastFailure: undefined,
  roundTripMs: undefined,
  constraints: { auth: false, network: true, appActive: true, notFrozen: true },
  isRenewingToken: false,
};

function useConnectionOf(client: RealtimeClient): Connection {
  const snapshot = useSource(client.connection, () => AT_SERVER);
  const state = useSource<RealtimeConnectionState>(client.state, () => "idle");
  return useMemo(() => ({ state, snapshot }), [state, snapshot]);
}

function useCallOf<C extends Contract, M extends string>(
  client: RealtimeClient,
  method: M,
): CallHook<C, M> {
  const call = useMemo(() => new CallRun<never>(client, method), [client, method]);
  useEarlyEffect(() => call.arrive(), [call]);
  useEffect(() => () => call.leave(), [call]);
  const state = useSource(call.state, () => NO_CALL);
  const { run, cancel } = call;
  return useMemo(() => ({ ...state, run, cancel }), [state, run, cancel]);
}

function useTransactionOf<Input, Output>(
  watch: TransactionWatch<Input, Output>,
): TransactionHook<Input, Output> {
  useEffect(() => watch.mount(), [watch]);
  const state = useSource(watch.state, () => NO_TRANSACTION);
  const pending = useSource(watch.pending, () => NONE_PENDING);
  const { transact, cancel, cancelPending } = watch;
  return useMemo(
    () => ({ ...state, pending, transact, cancel, cancelPending }),
    [state, pending, transact, cancel, cancelPending],
  );
}

const NONE_PENDING: readonly never[] = [];
const NO_DOCUMENTS: readonly StoredDocument[] = [];

function useBucketOf<View, Input>(
  board: BucketBoard,
  bucket: string,
  { view, effects, concerns, priority = 0 }: BucketOptions<View, Input> = {},
): BucketView<View> {
  const onPage = useOnPage(board, bucket, priority);
  const { contents, state } = onPage;
  const documents = contents.documents ?? NO_DOCUMENTS;
  const confirmed = useMemo(
    () => (view ? view(documents) : (documents as View)),
    [view, documents],
  );
  const shown = useMemo(() => {
    const pending = concerns
      ? contents.pending.filter((one) => isOwn(one, effects) && concerns(one as never, bucket))
      : contents.pending;
    return withPending(confirmed, pending, effects ?? []);
  }, [confirmed, contents.pending, effects, concerns, bucket]);
  const status = statusOf(onPage);
  const error = state.error ?? contents.failure;
  return useMemo(() => ({ view: shown, status, error, state }), [shown, status, error, state]);
}

function useOnPage(board: BucketBoard, bucket: string, priority: number): BucketOnPage {
  const hold = useCallback(
    (changed: () => void) => board.hold(bucket, priority, changed),
    [board, bucket, priority],
  );
  const current = (): BucketOnPage => board.current(bucket);
  const onPage = useSyncExternalStore(hold, current, () => NOT_ON_PAGE);
  if (onPage.fault) throw onPage.fault;
  return onPage;
}

/** `concerns` is asked about transactions of its own kinds alone, for it knows no other inputs. */
function isOwn(
  { name }: { readonly name: string },
  effects: readonly { readonly name: string }[] = [],
): boolean {
  return effects.some((definition) => definition.name === name);
}
