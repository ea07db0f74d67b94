/**
 * One typed contract of an app: its calls and its buckets. It types client calls and server
 * handlers alike. What travels is JSON, so the types should be such as survive it (no Date, no
 * Map).
 */
import type { BucketKey } from "./bucket.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";

/**
 * One method. The type parameters carry the types; the validators, where given, also check at run
 * time. `Input` is what the caller passes and `Output` what it gets. The handler gets `Parsed` and
 * returns `Returned`, which differ only where a validator transforms.
 */
export interface CallSpec<Input = unknown, Output = unknown, Parsed = Input, Returned = Output> {
  /** Checked by the server before the handler runs; what does not fit fails with `badInput`. */
  readonly input?: StandardSchemaV1<Input, Parsed>;
  /** Checked by the server after the handler ran; what does not fit fails with `badOutput`. */
  readonly output?: StandardSchemaV1<Returned, Output>;
  /**
   * The call may run twice without harm: after a lost connection the client sends it again. Default
   * false: the caller hears `outcomeUnknown`.
   */
  readonly repeatable?: boolean;
  /** Only for the type system. */
  readonly types?: {
    readonly input: Input;
    readonly output: Output;
    readonly parsed: Parsed;
    readonly returned: Returned;
  };
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
  readonly calls: Readonly<Record<string, CallSpec>>;
  readonly buckets: Readonly<Record<string, BucketSpec>>;
}

/**
 * Declares a method: `call<Input, Output>()`, or with validators `call({ input, output })`. Without
 * either it takes and gives nothing.
 */
export function call<Input = void, Output = void, Parsed = Input, Returned = Output>(
  spec: CallSpec<Input, Output, Parsed, Returned> = {},
  // NoInfer: the contract around the call, which allows everything, must not decide its types.
): CallSpec<NoInfer<Input>, NoInfer<Output>, NoInfer<Parsed>, NoInfer<Returned>> {
  return spec;
}

/** Declares a bucket kind: `bucket<Data>()`, or with a validator `bucket({ data })`. */
export function bucket<Data = unknown>(spec: BucketSpec<Data> = {}): BucketSpec<Data> {
  return spec;
}

/** Gives a contract its precise type. Both parts may be left out. */
export function defineContract<
  Calls extends Contract["calls"] = Record<never, never>,
  Buckets extends Contract["buckets"] = Record<never, never>,
>(parts: {
  readonly calls?: Calls;
  readonly buckets?: Buckets;
}): { readonly calls: Calls; readonly buckets: Buckets } {
  return { calls: parts.calls ?? ({} as Calls), buckets: parts.buckets ?? ({} as Buckets) };
}

/** The names of a contract's methods. */
export type MethodOf<C extends Contract> = keyof C["calls"] & string;

type CallTypesOf<C extends Contract, M extends MethodOf<C>> = NonNullable<C["calls"][M]["types"]>;

/** What a caller passes. `void` for a call without input. */
export type InputOf<C extends Contract, M extends MethodOf<C>> = CallTypesOf<C, M>["input"];
/** What a caller gets. */
export type OutputOf<C extends Contract, M extends MethodOf<C>> = CallTypesOf<C, M>["output"];
/** What a handler gets: the input after its validator. */
export type HandlerInputOf<C extends Contract, M extends MethodOf<C>> = CallTypesOf<C, M>["parsed"];
/** What a handler returns: the output before its validator. */
export type HandlerOutputOf<C extends Contract, M extends MethodOf<C>> = CallTypesOf<
  C,
  M
>["returned"];

/**
 * The arguments of a typed call after the method: the input, which may be left out where it may be
 * undefined, and the options.
 */
export type CallArguments<C extends Contract, M extends MethodOf<C>, Options = never> =
  undefined extends InputOf<C, M>
    ? [input?: InputOf<C, M>, options?: Options]
    : [input: InputOf<C, M>, options?: Options];

/** The names of a contract's bucket kinds. */
export type BucketKindOf<C extends Contract> = keyof C["buckets"] & string;
/** The keys that belong to a bucket kind: the kind itself, or `kind:anything`. */
export type BucketKeyOf<C extends Contract> = BucketKey &
  (BucketKindOf<C> | `${BucketKindOf<C>}:${string}`);
/** The update data of a bucket, by its key. */
export type DataOf<C extends Contract, K extends string> = K extends `${infer Kind}:${string}`
  ? DataOfKind<C, Kind>
  : DataOfKind<C, K>;
type DataOfKind<C extends Contract, Kind extends string> =
  Kind extends BucketKindOf<C> ? NonNullable<C["buckets"][Kind]["types"]>["data"] : never;
