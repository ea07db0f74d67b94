/**
 * Fetches tokens for one identity at a time. The fetch belongs to the identity, not to the dial
 * that asked for it: whoever asks meanwhile shares it, and its answer outlives a failed dial.
 */
import type { Cancel, Clock, Millis } from "../base/clock.ts";
import type { TokenCredentials } from "./credentials.ts";

/** A token whose text shows only where it is revealed: not in logs, JSON, errors or traces. */
export class SecretToken {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text, for the wire and nothing else. */
  reveal(): string {
    return this.#text;
  }
}

/** `missing`: no credentials without the user. `failed`: not just now; `detail` holds no secret. */
export type TokenAnswer =
  | { readonly type: "token"; readonly token: SecretToken }
  | { readonly type: "missing" }
  | { readonly type: "failed"; readonly detail: string };

/** How long a token is handed out again without asking the provider, in milliseconds. */
export const TOKEN_KEPT_MS = 60_000;
/**
 * How long the provider may take, in milliseconds. Then its signal is aborted, and it has failed.
 */
export const TOKEN_FETCH_MS_MAX = 30_000;
/** The longest token, in characters. */
export const TOKEN_LENGTH_MAX = 32_768;

interface Fetch {
  readonly forced: boolean;
  readonly controller: AbortController;
  readonly cancelDeadline: Cancel;
}

interface Kept {
  readonly answer: TokenAnswer;
  readonly until: Millis;
  readonly wallUntil: Millis;
}

/** One provider's tokens, one fetch at a time. */
export class TokenSource {
  readonly #provide: TokenCredentials["token"];
  readonly #clock: Clock;
  readonly #waiters = new Set<(answer: TokenAnswer) => void>();
  #fetch: Fetch | undefined;
  #kept: Kept | undefined;

  constructor(provide: TokenCredentials["token"], clock: Clock) {
    this.#provide = provide;
    this.#clock = clock;
  }

  /**
   * Asks for a token; `forced`: for one that the provider did not have before this request.
   * `answer` is called once, perhaps within this call, unless cancelled or overtaken by `reset`.
   * Cancelling ends the waiting, not the fetch.
   */
  request(forced: boolean, answer: (answer: TokenAnswer) => void): Cancel {
    const kept = this.#kept;
    // By both clocks: in sleep one of them may stand still.
    const isFresh =
      kept && this.#clock.now() < kept.until && this.#clock.wallNow() < kept.wallUntil;
    if (isFresh && !forced) {
      answer(kept.answer);
      return () => {};
    }
    const waiter = (result: TokenAnswer): void => answer(result);
    this.#waiters.add(waiter);
    if (!this.#fetch || (forced && !this.#fetch.forced)) this.#start(forced);
    return () => void this.#waiters.delete(waiter);
  }

  /**
   * The token is known to be old: it is not handed out again, and a fetch under way starts anew,
   * but for a forced one, whose answer is new by definition.
   */
  invalidate(): void {
    this.#kept = undefined;
    if (this.#fetch && !this.#fetch.forced) this.#start(false);
  }

  /** The identity changed or everything ends: nobody who waits is answered any more. */
  reset(): void {
    this.#waiters.clear();
    this.#kept = undefined;
    this.#end();
  }

  #start(forced: boolean): void {
    this.#kept = undefined;
    this.#end();
    const controller = new AbortController();
    const settle = (answer: TokenAnswer): void => {
      // 1. An unforced fetch is under way. 2. A forced one takes its place. 3. The first answers:
      // what it says is from before the server's rejection, and nobody's business.
      if (this.#fetch === fetch) this.#settle(answer);
    };
    const fetch: Fetch = {
      forced,
      controller,
      cancelDeadline: this.#clock.at(this.#clock.now() + TOKEN_FETCH_MS_MAX, () => {
        controller.abort();
        settle(failed("did not answer within 30 s"));
      }),
    };
    this.#fetch = fetch;
    const ask = async (): Promise<unknown> => this.#provide({ forced, signal: controller.signal });
    // What the provider throws may quote the token, so only the error's class is told.
    ask().then(
      (value) => settle(answerOf(value)),
      (error: unknown) =>
        settle(failed(`threw ${error instanceof Error ? error.name : typeof error}`)),
    );
  }

  #settle(answer: TokenAnswer): void {
    this.#fetch?.cancelDeadline();
    this.#fetch = undefined;
    if (answer.type === "token") {
      this.#kept = {
        answer,
        until: this.#clock.now() + TOKEN_KEPT_MS,
        wallUntil: this.#clock.wallNow() + TOKEN_KEPT_MS,
      };
    }
    // Whoever cancels meanwhile hears nothing; whoever asks anew is not answered by this.
    const asked = [...this.#waiters];
    for (const waiter of asked) if (this.#waiters.delete(waiter)) waiter(answer);
  }

  #end(): void {
    const fetch = this.#fetch;
    this.#fetch = undefined;
    fetch?.cancelDeadline();
    fetch?.controller.abort();
  }
}

function answerOf(value: unknown): TokenAnswer {
  if (value === null) return { type: "missing" };
  if (typeof value !== "string") return failed(`returned ${typeof value}, not a string or null`);
  if (!value) return failed("returned an empty string");
  if (value.length > TOKEN_LENGTH_MAX) return failed("returned more than 32 KiB");
  return { type: "token", token: new SecretToken(value) };
}

function failed(what: string): TokenAnswer {
  return { type: "failed", detail: `token provider ${what}` };
}
