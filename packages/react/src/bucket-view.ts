/** What `useBucket` makes of a bucket: what to show, and one word on how current it is. Pure. */
import type {
  BucketState,
  PendingTransaction,
  StoredDocument,
  StoreError,
  SyncError,
  TransactionDefinition,
} from "@holdfast/client/durable";

import type { BucketOnPage } from "./bucket-board.ts";

/**
 * `loading`: what is stored here is being read. `waiting`: what is stored is shown; no session
 * keeps it current just now. `updating`: something is missing, and is being brought. `live`:
 * everything is here. `trouble`: see `error`; what is stored is shown.
 */
export type BucketStatus = "loading" | "waiting" | "updating" | "live" | "trouble";

/** A kind of transaction whose effect shows in a `View`. */
export type EffectOf<View, Input = never> = Pick<
  TransactionDefinition<Input, unknown, View>,
  "name" | "effect"
>;

/** How a component looks at a bucket. Make it once, by {@link defineBucketView}. */
export interface BucketOptions<View = readonly StoredDocument[], Input = unknown> {
  /** Makes what to show of the stored documents; pure. Default: the documents themselves. */
  readonly view?: (documents: readonly StoredDocument[]) => View;
  /**
   * Those whose pending effects show in the view before they are confirmed. Default: none. An
   * effect must be harmless over a view that has it already.
   */
  readonly effects?: readonly EffectOf<View, Input>[];
  /**
   * Is this pending transaction, of a kind in `effects`, about this bucket? Needed where there are
   * several buckets of a kind. Default: all are.
   */
  readonly concerns?: (transaction: PendingTransaction<Input>, bucket: string) => boolean;
  /** The highest is fetched first. Default 0. */
  readonly priority?: number;
}

/** Types the options of `useBucket`. Call it outside of components: so they stay the same. */
export function defineBucketView<View = readonly StoredDocument[], Input = unknown>(
  options: BucketOptions<View, Input>,
): BucketOptions<View, Input> {
  return options;
}

/** A bucket in a component. */
export interface BucketView<View = readonly StoredDocument[]> {
  /** Confirmed, with what is pending. The same object while it does not change. */
  readonly view: View;
  readonly status: BucketStatus;
  /** Why it is in trouble. It is tried again where that can help. */
  readonly error: SyncError | StoreError | undefined;
  /** Where it is read up to, and more. */
  readonly state: BucketState;
}

export function statusOf({ contents, state }: BucketOnPage): BucketStatus {
  if (state.error ?? contents.failure) return "trouble";
  if (contents.documents === undefined) return "loading";
  switch (state.phase) {
    case "loading":
    case "waiting":
      return state.phase;
    case "behind":
      return "updating";
    case "live":
      return "live";
    case "stopped":
      return "trouble";
  }
}
