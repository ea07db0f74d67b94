/**
 * Tells who the user is, as events, and fetches the tokens. Identities become small numbers here,
 * so that no event and no trace names an account. A fetch belongs to the identity, not to the dial
 * that asked for it: whoever asks meanwhile shares it, and its answer outlives a failed dial.
 */
import type { Cancel, Clock, Millis } from "../base/clock.ts";
import { guarded, nameOf } from "../base/errors.ts";
import { Scope } from "../base/scope.ts";
import type { Credentials, TokenCredentials } from "./credentials.ts";

/** The identity changed; or, with the same account again, its token did. */
export interface AuthEvent {
  readonly type: "credentialsChanged";
  readonly available: boolean;
  /** The n-th identity seen, from 1; the same one has the same number again. 0: signed out. */
  readonly account: number;
}

/** How long a token is handed out again without asking the provider, in milliseconds. */
export const TOKEN_KEPT_MS = 60_000;
/**
 * How long the provider may take, in milliseconds. Then its signal is aborted, and it has failed.
 */
export const TOKEN_FETCH_MS_MAX = 30_000;
/** The longest token, in characters. */
const TOKEN_LENGTH_MAX = 32_768;

/** Binds an app's credentials. Making one has no effect. */
export class AuthAdapter {
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  /** Every identity seen, each at the number of its account. */
  readonly #identities: (string | null)[] = [null];
  /** The identity last posted; undefined while nobody is told. */
  #identity: string | null | undefined;
  #post: ((event: AuthEvent) => void) | undefined;
  /** The latest fetch; closed when it has ended. */
  #fetch = new Scope();
  #token: Promise<string | null> = Promise.resolve(null);
  /** Makes whoever waits for the fetch wait for another. */
  #follow: (token: Promise<string | null>) => void = () => {};
  /** The fetch is under way, and the provider was told not to answer from a cache. */
  #isForced = false;
  /** By the wall clock, which goes on in sleep. Without end while the fetch is under way. */
  #keptUntil: Millis = 0;

  constructor(credentials: Credentials, clock: Clock) {
    this.#credentials = credentials;
    this.#clock = clock;
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
      this.#change(undefined);
    };
  }

  /**
   * The token of the identity; `isForced`: one that the provider did not have before this request.
   * Null when there is none to be had without the user; empty where cookies carry it. Rejects when
   * there is none just now, with words that hold no secret. Once the identity changed it stays
   * unsettled.
   */
  token(isForced: boolean): Promise<string | null> {
    const credentials = this.#credentials;
    if (!this.#identity) return Promise.resolve(null);
    if ("ambient" in credentials) return Promise.resolve("");
    const isGood = this.#clock.wallNow() < this.#keptUntil && (this.#isForced || !isForced);
    if (!isGood) this.#ask(credentials, isForced);
    return this.#token;
  }

  /**
   * The app has a new token for the same identity: it is fetched anew, but for a forced fetch under
   * way, whose answer is new by definition. It goes out at once.
   */
  tokenChanged(): void {
    if (!this.#identity) return;
    if (!this.#isForced) this.#keptUntil = 0;
    void this.token(false);
    this.#announce();
  }

  /** The server rejected even a renewed token. */
  reportRejected(): void {
    guarded(() => this.#credentials.onRejected?.());
  }

  #ask(credentials: TokenCredentials, forced: boolean): void {
    const clock = this.#clock;
    const follow = this.#follow;
    this.#endFetch(Infinity);
    this.#isForced = forced;
    const fetch = (this.#fetch = new Scope());
    this.#token = new Promise((resolve, reject) => {
      this.#follow = resolve;
      // The first word ends the fetch; once it is closed nobody waits for one.
      const end = (keptUntil: Millis, settle: () => void): void => {
        if (fetch.isClosed) return;
        this.#endFetch(keptUntil);
        settle();
      };
      const fail = (detail: string): void => end(0, () => reject(new Error(detail)));
      fetch.defer(clock.at(clock.now() + TOKEN_FETCH_MS_MAX, () => fail("timeout")));
      const ask = async (): Promise<void> => {
        if (fetch.isClosed) return;
        const token = await credentials.token({
          forced,
          get signal() {
            return fetch.signal;
          },
        });
        if (token !== null && !isUsable(token)) fail("unusable");
        else end(token === null ? 0 : clock.wallNow() + TOKEN_KEPT_MS, () => resolve(token));
      };
      // On a stack of its own: the provider meets nobody in the middle of something. What it throws
      // may quote the token.
      Promise.resolve()
        .then(ask)
        .catch((error: unknown) => fail(nameOf(error)));
    });
    this.#token.catch(() => {}); // Whoever asks early may listen late.
    follow(this.#token);
  }

  /** Aborts the fetch if it is under way. What it says later is nobody's business. */
  #endFetch(keptUntil: Millis = 0): void {
    this.#fetch.close();
    this.#isForced = false;
    this.#keptUntil = keptUntil;
  }

  #change(identity: string | null | undefined): void {
    this.#identity = identity;
    this.#endFetch();
    this.#follow = () => {};
    this.#announce();
  }

  #announce(): void {
    const identity = this.identity || null;
    let account = this.#identities.indexOf(identity);
    if (account < 0) account = this.#identities.push(identity) - 1;
    this.#post?.({ type: "credentialsChanged", available: account > 0, account });
  }
}

/** A server would end the session for anything else, and each later one. */
function isUsable(token: unknown): boolean {
  return typeof token === "string" && token !== "" && token.length <= TOKEN_LENGTH_MAX;
}
