/** One typed contract of an app: its calls and its buckets. It types client calls and server handlers alike. */
import type { BucketKey } from "./bucket.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";

/** One method. The type parameters carry the types; the validators, where given, also check at run time. */
export interface CallSpec<Input = unknown, Output = unknown> {
  /** Checked by the server before the handler runs. */
  readonly input?: StandardSchemaV1<unknown, Input>;
  /** Checked by the server after the handler ran. */
  readonly output?: StandardSchemaV1<unknown, Output>;
  /** The call may run twice without harm: after a lost connection the client sends it again. Default false. */
  readonly repeatable?: boolean;
  /** Only for the type system. */
  readonly types?: { readonly input: Input; readonly output: Output };
}

/** One kind of bucket. */
export interface BucketSpec<Data = unknown> {
  /** Checked by the server before an update is stored. */
  readonly data?: StandardSchemaV1<unknown, Data>;
  /** Only for the type system. */
  readonly types?: { readonly data: Data };
}

/** The calls and bucket kinds of an app. Make one with {@link defineContract}. */
export interface Contract {
  readonly calls: Readonly<Record<string, CallSpec<any, any>>>;
  readonly buckets: Readonly<Record<string, BucketSpec<any>>>;
}

/** Declares a method: `call<Input, Output>()`, or with validators `call({ input, output })`. */
export function call<Input = void, Output = void>(spec: CallSpec<Input, Output> = {}): CallSpec<Input, Output> {
  return spec;
}

/** Declares a bucket kind: `bucket<Data>()`, or with a validator `bucket({ data })`. */
export function bucket<Data = unknown>(spec: BucketSpec<Data> = {}): BucketSpec<Data> {
  return spec;
}

/** Gives a contract its precise type. Both parts may be left out. */
export function defineContract<
  const Calls extends Contract["calls"] = Record<never, never>,
  const Buckets extends Contract["buckets"] = Record<never, never>,
>(parts: { readonly calls?: Calls; readonly buckets?: Buckets }): { readonly calls: Calls; readonly buckets: Buckets } {
  return { calls: parts.calls ?? ({} as Calls), buckets: parts.buckets ?? ({} as Buckets) };
}

export type MethodOf<C extends Contract> = keyof C["calls"] & string;
export type InputOf<C extends Contract, M extends MethodOf<C>> = C["calls"][M] extends CallSpec<infer I, any> ? I : never;
export type OutputOf<C extends Contract, M extends MethodOf<C>> = C["calls"][M] extends CallSpec<any, infer O> ? O : never;
export type BucketKindOf<C extends Contract> = keyof C["buckets"] & string;
/** The keys that belong to a bucket kind: the kind itself, or `kind:anything`. */
export type BucketKeyOf<C extends Contract> = BucketKey & (BucketKindOf<C> | `${BucketKindOf<C>}:${string}`);
/** The update data of a bucket, by its key. */
export type DataOf<C extends Contract, K extends string> = K extends `${infer Kind}:${string}`
  ? Kind extends BucketKindOf<C> ? DataOfKind<C, Kind> : never
  : K extends BucketKindOf<C> ? DataOfKind<C, K> : never;
type DataOfKind<C extends Contract, Kind extends BucketKindOf<C>> = C["buckets"][Kind] extends BucketSpec<infer D> ? D : never;
