/** React hooks of Holdfast, typed by an app's contract. */
export { defineBucketView } from "./bucket-view.ts";
export type { BucketOptions, BucketStatus, BucketView, EffectOf } from "./bucket-view.ts";
export type { CallState } from "./call-run.ts";
export type { Banner, BannerKind } from "./connection-banner.ts";
export { createHooks } from "./create-hooks.ts";
export type {
  CallHook,
  Connection,
  Hooks,
  HooksOptions,
  ProviderProps,
  TransactionHook,
  UseBucket,
} from "./hooks.ts";
export type { TransactionState } from "./transaction-watch.ts";
export { useSource } from "./use-source.ts";
