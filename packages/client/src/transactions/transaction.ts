/** What an app says of its transactions: their kinds, and each one that it makes. */
import type { Contract, InputOf, MethodOf, OutputOf } from "@holdfast/protocol";
import type { Source } from "../base/source.ts";
import type { TransactionError } from "./transaction-error.ts";
import type { TransactionPhase } from "./transaction-event.ts";

/** A transaction whose effect shows. */
export interface PendingTransaction<Input = unknown> {
  /** 128 random bits in hexadecimal; a good id for what it makes. */
  readonly id: string;
  /** Its definition's. */
  readonly name: string;
  readonly input: Input;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly phase: TransactionPhase;
}

/** How a kind of transaction behaves, beyond the call that it makes. */
export interface TransactionOptions<Input = unknown, Output = unknown, View = unknown> {
  /** Under which records are stored: never change it. Default: the method. */
  readonly name?: string;
  /** The version of the input's shape. Default 1. Raise it with `migrate`. */
  readonly version?: number;
  /**
   * Makes today's input of one that was stored in another version. Without it, or if it throws or
   * makes what cannot be stored, such records stay as they are until their deadline, are reported
   * as unknown, and hold their lanes.
   */
  migrate?(input: unknown, fromVersion: number): Input;
  /**
   * Transactions of one lane go one after the other, in each client: what another tab made, or has
   * taken over, does not wait for these, and nothing waits for one that is `poisoned`, which the
   * server may still run. Default: no order, up to 64 side by side.
   */
  lane?(input: Input): string | undefined;
  /** How long it may take, in ms, from the making. Default 24 h, at most 47 h. */
  readonly deadlineMs?: number;
  /** It may run twice without harm. Asked for where a server keeps no keys. Default false. */
  readonly repeatable?: boolean;
  /**
   * The view as it will be: pure, and harmless over a view that has it already. For `withPending`.
   */
  effect?(view: View, transaction: PendingTransaction<Input>): View;
  /** Where there is no view to compute: shows the effect in place. */
  apply?(transaction: PendingTransaction<Input>): void;
  /**
   * Takes back what `apply` did; also at sign-out and close, for it is applied anew at the next
   * start. Not called after success: what is confirmed overwrites it.
   */
  undo?(transaction: PendingTransaction<Input>): void;
  /**
   * Effects of one scope are undone in reverse, down to the one that failed, and then applied
   * again. Default: one scope for all.
   */
  scope?(input: Input): string;
  /** Hears of success, also after a reload; after a crash perhaps twice. */
  onResult?(output: Output, transaction: PendingTransaction<Input>): void;
  /**
   * Hears of failure and of cancellation, also after a reload, when no handle is left to tell;
   * after a crash perhaps not.
   */
  onFailure?(error: TransactionError, transaction: PendingTransaction<Input>): void;
  /**
   * Is a failure with this code worth another try, up to 8 in all? Undefined: as by default, which
   * is yes for `internal`, `timedOut`, `busy` and `cancelled`.
   */
  isTransient?(code: string): boolean | undefined;
}

/** A kind of transaction. */
export interface TransactionDefinition<
  Input = unknown,
  Output = unknown,
  View = unknown,
> extends TransactionOptions<Input, Output, View> {
  readonly name: string;
  readonly version: number;
  readonly method: string;
}

/** Defines a kind of transaction: a call of the contract that is never lost and never doubled. */
export function defineTransaction<C extends Contract, M extends MethodOf<C>, View = unknown>(
  contract: C,
  method: M,
  options: TransactionOptions<InputOf<C, M>, OutputOf<C, M>, View> = {},
): TransactionDefinition<InputOf<C, M>, OutputOf<C, M>, View> {
  const { repeatable = false } = contract.calls[method] ?? {};
  return { name: method, version: 1, repeatable, ...options, method };
}

/** About one transaction. */
export interface TransactOptions {
  /** As in the definition, for this one. */
  readonly lane?: string;
  /**
   * What must be done first: handles, or ids of this account's. If one of them fails, so does this
   * (`blockerFailed`). An id that is not in the queue of this client counts as done, also where
   * another tab has taken its record over.
   */
  readonly blockers?: readonly (string | TransactionHandle)[];
  /** As in the definition, for this one. */
  readonly deadlineMs?: number;
  /** Cancels it when aborted. */
  readonly signal?: AbortSignal;
}

/** One transaction, in the hands of who made it. */
export interface TransactionHandle<Output = unknown> {
  readonly id: string;
  readonly phase: Source<TransactionPhase>;
  /**
   * Resolves with the server's result; rejects with a `TransactionError`. Needs no handler: a
   * rejection that nobody hears is no uncaught error.
   */
  readonly result: Promise<Output>;
  /**
   * Takes it back, if that is still possible. Resolves when this is known for certain: true, it has
   * no effect and never will; false, it ended otherwise, as `result` tells.
   */
  cancel(): Promise<boolean>;
}

/** The arguments of `transact` after the definition. */
export type TransactArguments<Input> = undefined extends Input
  ? [input?: Input, options?: TransactOptions]
  : [input: Input, options?: TransactOptions];
