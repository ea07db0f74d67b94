/**
 * Tells who the user is, as events, and where the tokens come from. Identities become small numbers
 * here, so that no event and no trace names an account.
 */
import type { Cancel, Clock } from "../base/clock.ts";
import { reportUncaught } from "../base/errors.ts";
import type { Credentials } from "./credentials.ts";
import { type TokenAnswer, TokenSource } from "./token-source.ts";

/** The identity changed; or, with the same account again, its token did. */
export interface AuthEvent {
  readonly type: "credentialsChanged";
  readonly available: boolean;
  /** The n-th identity seen, from 1; the same one has the same number again. 0: signed out. */
  readonly account: number;
}

/** `ambient`: there is no token to send; the platform attaches what the server believes. */
export type CredentialsAnswer = TokenAnswer | { readonly type: "ambient" };

/** Binds an app's credentials. Making one has no effect. */
export class AuthAdapter {
  readonly #credentials: Credentials;
  readonly #tokens: TokenSource | undefined;
  readonly #accounts = new Map<string, number>();
  /** Cookies carry the credential: no token is sent. */
  get isAmbient(): boolean {
    return this.#tokens === undefined;
  }

  /** The identity last posted; undefined while nobody is told. */
  #identity: string | null | undefined;
  #post: ((event: AuthEvent) => void) | undefined;

  constructor(credentials: Credentials, clock: Clock) {
    this.#credentials = credentials;
    if (!("ambient" in credentials)) {
      this.#tokens = new TokenSource((request) => credentials.token(request), clock);
    }
  }

  /** The identity that the events speak of; null before the start and when signed out. */
  get identity(): string | null {
    return this.#identity ?? null;
  }

  /** Posts the current identity within this call, then every change. The result ends it. */
  start(post: (event: AuthEvent) => void): Cancel {
    this.#post = post;
    const cancel = this.#credentials.identity.subscribe((identity) => {
      if (identity !== this.#identity) this.#change(identity);
    });
    return () => {
      cancel();
      this.#post = undefined;
      this.#identity = undefined;
      this.#tokens?.reset();
    };
  }

  /**
   * Asks for what the hello needs; see `TokenSource.request`. Signed out, the answer is `missing`.
   */
  request(forced: boolean, answer: (answer: CredentialsAnswer) => void): Cancel {
    if (this.#identity && this.#tokens) return this.#tokens.request(forced, answer);
    answer({ type: this.#identity ? "ambient" : "missing" });
    return () => {};
  }

  /** The app has a new token for the same identity: it is fetched anew, and goes out at once. */
  tokenChanged(): void {
    this.#tokens?.invalidate();
    if (this.#identity) this.#announce();
  }

  /** The server rejected even a renewed token. */
  reportRejected(): void {
    try {
      this.#credentials.onRejected?.();
    } catch (error) {
      reportUncaught(error);
    }
  }

  #change(identity: string | null): void {
    this.#identity = identity;
    this.#tokens?.reset();
    this.#announce();
  }

  #announce(): void {
    const account = this.#accountOf(this.identity);
    this.#post?.({ type: "credentialsChanged", available: account > 0, account });
  }

  #accountOf(identity: string | null): number {
    if (!identity) return 0;
    const account = this.#accounts.get(identity) ?? this.#accounts.size + 1;
    this.#accounts.set(identity, account);
    return account;
  }
}
