/**
 * What a handler knows of the call it answers, and the types that bind handlers to the contract.
 */
import type {
  BucketKey,
  BucketKeyOf,
  Contract,
  DataOf,
  HandlerInputOf,
  HandlerOutputOf,
  MethodOf,
} from "@holdfast/protocol";

import type { Accepted, AccountDataOf } from "./authenticate.ts";
import { CallFailure } from "./call-failure.ts";

/** Where an update stands. */
export interface Published {
  readonly bucket: BucketKey;
  readonly epoch: string;
  readonly seq: number;
  /** Epoch ms. */
  readonly at: number;
}

export interface PublishOptions {
  /** When it happened, epoch ms. Default now. */
  readonly at?: number;
}

/**
 * Appends an update to a bucket and pushes it to everybody who subscribes. Throws `PublishError`
 * when the data does not fit the contract or the limits; then nothing was appended.
 */
export type Publish<C extends Contract> = <K extends BucketKeyOf<C>>(
  bucket: K,
  data: DataOf<C, K>,
  options?: PublishOptions,
) => Published;

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
> extends Viewer<A> {
  /** Aborted when nobody waits for the answer: cancelled, timed out, or the session has ended. */
  readonly signal: AbortSignal;
  /** As `server.publish`. What a handler publishes reaches the caller before the result does. */
  readonly publish: Publish<C>;
}

/** Answers one method. Throw a `CallFailure` to fail in your own words. */
export type Handler<C extends Contract, M extends MethodOf<C>, A extends Accepted = Accepted> = (
  input: HandlerInputOf<C, M>,
  ctx: CallContext<C, A>,
) => HandlerOutputOf<C, M> | Promise<HandlerOutputOf<C, M>>;

/** One handler for each method of the contract. */
export type Handlers<C extends Contract, A extends Accepted = Accepted> = {
  readonly [M in MethodOf<C>]: Handler<C, M, A>;
};

/** Why nobody waits any more. */
export type AbortCode = "cancelled" | "timedOut" | "closed";

/** The context of a call that runs. Its signal is made when a handler first asks for it. */
export class RunningCall implements CallContext {
  readonly account: string;
  readonly accountData: undefined;
  readonly sessionId: string;
  readonly publish: Publish<Contract>;
  #abortCode: AbortCode | undefined;
  #controller: AbortController | undefined;

  constructor(viewer: Viewer, publish: Publish<Contract>) {
    this.account = viewer.account;
    this.accountData = viewer.accountData;
    this.sessionId = viewer.sessionId;
    this.publish = publish;
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
