/**
 * What a handler knows of the call it answers, and the types that bind handlers to the contract.
 */
import type {
  BucketKey,
  BucketKeyOf,
  Call,
  Contract,
  DataOf,
  HandlerInputOf,
  HandlerOutputOf,
  MethodOf,
} from "@holdfast/protocol";

import type { Accepted, AccountDataOf } from "./authenticate.ts";
import { CallFailure } from "./call-failure.ts";
import type { AnyUnit, CommitTransaction } from "./committer.ts";

/** Where an update stands. */
export interface Published {
  readonly bucket: BucketKey;
  readonly epoch: string;
  readonly seq: number;
  /** Epoch ms. */
  readonly at: number;
}

/** What may be said of an update besides its data. */
export interface PublishOptions {
  /** When it happened, epoch ms. Default now. */
  readonly at?: number;
}

/**
 * Appends an update to a bucket, and pushes it to everybody who subscribes once it is durable: a
 * commit of its own. Rejects with `PublishError` when the data does not fit the contract or the
 * limits, and with `StoreFault` when the store failed; then nothing was appended.
 */
export type Publish<C extends Contract> = <K extends BucketKeyOf<C>>(
  bucket: K,
  data: DataOf<C, K>,
  options?: PublishOptions,
) => Promise<Published>;

/**
 * Runs a unit of work and makes it durable, all of it or nothing. The unit is synchronous and does
 * nothing but what `tx` offers, because it may be run again. Once a call, and before its handler
 * has returned or thrown: a second commit and a late one reject with `CommitError`.
 *
 * In a call with a key the unit and the call's answer are stored together, exactly once: what the
 * unit returns is the answer, whatever the handler returns afterwards, and it is checked against
 * the contract within the unit. A handler that commits nothing has its answer stored after it
 * returned, which makes the answer repeatable, but not what the handler did meanwhile.
 *
 * Rejects with what the unit threw, with `CallFailure` `cancelled` when the key was cancelled,
 * with a `StoreError` `badValue`, `asyncUnit` or `misuse` for what no store does, or with
 * `StoreFault` when the store failed; then nothing of it stands.
 */
export type Commit<C extends Contract, Db, Returned> = (
  unit: (tx: CommitTransaction<C, Db>) => Returned,
) => Promise<Returned>;

/** Whoever is asked about: the account of a session, as `authenticate` named it. */
export interface Viewer<A extends Accepted = Accepted> {
  readonly account: string;
  /** What `authenticate` gave with the account. */
  readonly accountData: AccountDataOf<A>;
  /** Names the session in this process. */
  readonly sessionId: string;
}

export interface CallContext<
  C extends Contract = Contract,
  A extends Accepted = Accepted,
  Db = unknown,
  Returned = unknown,
> extends Viewer<A> {
  /**
   * Aborted when nobody waits for the answer: cancelled, timed out, or the session has ended. The
   * end of a session does not abort a call with a key: the next session may ask for it again.
   */
  readonly signal: AbortSignal;
  /** The key, where the caller gave one. */
  readonly key: string | undefined;
  /**
   * As `server.publish`. What a handler has published when its promise resolves reaches the caller
   * before the result does. It is a commit of its own: where a call with a key must not publish
   * twice, append within `commit`. What is not waited for may fail unseen; `onError` hears of it
   * if the handler has ended by then.
   */
  readonly publish: Publish<C>;
  /** See {@link Commit}. */
  readonly commit: Commit<C, Db, Returned>;
}

/** Answers one method. Throw a `CallFailure` to fail in your own words. */
export type Handler<
  C extends Contract,
  M extends MethodOf<C>,
  A extends Accepted = Accepted,
  Db = unknown,
> = (
  input: HandlerInputOf<C, M>,
  ctx: CallContext<C, A, Db, HandlerOutputOf<C, M>>,
) => HandlerOutputOf<C, M> | Promise<HandlerOutputOf<C, M>>;

/** One handler for each method of the contract. */
export type Handlers<C extends Contract, A extends Accepted = Accepted, Db = unknown> = {
  readonly [M in MethodOf<C>]: Handler<C, M, A, Db>;
};

/** Why nobody waits any more. */
export type AbortCode = "cancelled" | "timedOut" | "closed";

/** A call may commit once, and not after its handler has ended. */
export class CommitError extends Error {
  override readonly name = "CommitError";

  constructor() {
    super("This call has committed already, or its handler has ended.");
  }
}

/** `Publish` and `Commit` without their types, as the inside has them. */
export type PublishAny = (
  bucket: BucketKey,
  data: unknown,
  options?: PublishOptions,
) => Promise<Published>;
export type CommitAny = (unit: AnyUnit) => Promise<Committed>;

/** Hears of what failed when the call had its answer. */
export interface LateFaults {
  failure(call: Call, ctx: CallContext, error: unknown): unknown;
}

/** What stands after a commit. */
export interface Committed {
  readonly output: unknown;
  readonly at: Readonly<Record<BucketKey, number>>;
}

/** The context of a call that runs. Its signal is made when a handler first asks for it. */
export class RunningCall implements CallContext {
  readonly account: string;
  readonly accountData: undefined;
  readonly sessionId: string;
  readonly key: string | undefined;
  /** What the call committed, or is about to. */
  committed: Promise<Committed> | undefined;
  readonly #call: Call;
  readonly #faults: LateFaults;
  readonly #publishAny: PublishAny;
  readonly #commitAny: CommitAny;
  #isOver = false;
  #abortCode: AbortCode | undefined;
  #controller: AbortController | undefined;

  constructor(
    viewer: Viewer,
    call: Call,
    faults: LateFaults,
    publish: PublishAny,
    commit: CommitAny,
  ) {
    this.account = viewer.account;
    this.accountData = viewer.accountData;
    this.sessionId = viewer.sessionId;
    this.key = call.key;
    this.#call = call;
    this.#faults = faults;
    this.#publishAny = publish;
    this.#commitAny = commit;
  }

  /**
   * Its answer is decided by what has happened so far: what was not committed by now never is, or
   * a call that was told that it failed could take effect.
   */
  end(): void {
    this.#isOver = true;
  }

  /** Made as `commit` is. */
  get publish(): PublishAny {
    return (bucket, data, options) => {
      const published = this.#publishAny(bucket, data, options);
      published.catch((error: unknown) => this.#late(error));
      return published;
    };
  }

  /** Made when a handler asks for it, for it may be taken apart from the context. */
  get commit(): (unit: (tx: never) => unknown) => Promise<unknown> {
    return (unit) => {
      const output = this.#commit(unit as AnyUnit);
      // Who runs the call looks at `committed`: a handler that does not wait is no crash.
      output.catch((error: unknown) => {
        if (error instanceof CommitError) this.#late(error);
      });
      return output;
    };
  }

  async #commit(unit: AnyUnit): Promise<unknown> {
    if (this.committed || this.#isOver) throw new CommitError();
    this.committed = this.#commitAny(unit);
    return (await this.committed).output;
  }

  /** While the handler runs it may wait for this, and have its own mind about it. */
  #late(error: unknown): void {
    if (this.#isOver) this.#faults.failure(this.#call, this, error);
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abortCode) this.#controller.abort(reasonOf(this.#abortCode));
    }
    return this.#controller.signal;
  }

  abort(code: AbortCode): void {
    this.#abortCode ??= code;
    this.#controller?.abort(reasonOf(code));
  }
}

/** A failure, so that a handler that rethrows the signal's reason does not look broken. */
function reasonOf(code: AbortCode): CallFailure {
  return new CallFailure(code, `nobody waits for this call: ${code}`);
}
