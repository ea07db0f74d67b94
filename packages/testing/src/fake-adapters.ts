/** Fakes of the ports that tell a client about its world. A test says what happens. */
import { Cell } from "@holdfast/client";
import type {
  Cancel,
  LifecycleAdapter,
  LifecycleEvent,
  LifecycleState,
  NetworkAdapter,
  NetworkEvent,
  NetworkState,
  TokenCredentials,
  TokenRequest,
} from "@holdfast/client";

/** An app that a test sends to the background and back, freezes, thaws and wakes. */
export class FakeLifecycleAdapter implements LifecycleAdapter {
  #current: LifecycleState = { active: true, frozen: false };
  readonly #posts = new Set<(event: LifecycleEvent) => void>();

  get current(): LifecycleState {
    return this.#current;
  }

  /** How many listen. Zero after everything is closed. */
  get listenerCount(): number {
    return this.#posts.size;
  }

  start(post: (event: LifecycleEvent) => void): Cancel {
    this.#posts.add(post);
    return () => void this.#posts.delete(post);
  }

  /** The app leaves the screen. Phones have their grace from now on. */
  background(): void {
    this.#become("appBackgrounded", { active: false });
  }

  /** The app is on the screen again. */
  foreground(): void {
    this.#become("appForegrounded", { active: true, frozen: false });
  }

  /** The platform is about to stop the app's code, or puts the page into its cache. */
  freeze(): void {
    this.#become("appFrozen", { frozen: true });
  }

  /** The app's code runs again. */
  thaw(): void {
    this.#become("appThawed", { frozen: false });
  }

  /** The machine, or the process, slept and is back. */
  wake(): void {
    this.#become("woke", {});
  }

  #become(type: LifecycleEvent["type"], change: Partial<LifecycleState>): void {
    this.#current = { ...this.#current, ...change };
    for (const post of this.#posts) post({ type });
  }
}

/**
 * What the platform believes about the network. It may be wrong: see `MemoryLink` for the truth.
 */
export class FakeNetworkAdapter implements NetworkAdapter {
  #current: NetworkState = { available: true, quality: "good" };
  readonly #posts = new Set<(event: NetworkEvent) => void>();

  get current(): NetworkState {
    return this.#current;
  }

  /** How many listen. Zero after everything is closed. */
  get listenerCount(): number {
    return this.#posts.size;
  }

  start(post: (event: NetworkEvent) => void): Cancel {
    this.#posts.add(post);
    return () => void this.#posts.delete(post);
  }

  /** The platform believes that there is no network. What the link does is another matter. */
  goOffline(): void {
    this.#report({ ...this.#current, available: false });
  }

  /** The network is back, or another one took its place: the event is the same. */
  goOnline(quality: NetworkState["quality"] = this.#current.quality): void {
    this.#report({ available: true, quality });
  }

  #report(state: NetworkState): void {
    this.#current = state;
    for (const post of this.#posts) post({ type: "networkChanged", ...state });
  }
}

/**
 * What a token provider does when asked: gives a token, gives null (there is none without the
 * user), throws, or takes its time. A promise that never settles is a provider that hangs.
 */
export type TokenReply = string | null | Error | Promise<string | null>;

/** How a provider behaves: always the same, or by the request. */
export type TokenScript = TokenReply | ((request: TokenRequest) => TokenReply);

/**
 * Credentials that a test signs in and out, with a token provider that it scripts. Unless told
 * otherwise the provider gives `ada.1`, then `ada.2`, and so on: {@link accountOfToken} reads the
 * account back.
 */
export class FakeCredentials implements TokenCredentials {
  /** Who is signed in; null: nobody. */
  readonly identity: Cell<string | null>;
  /** How the provider was asked, in order. */
  readonly requests: TokenRequest[] = [];
  /** How often the client reported that even a renewed token was rejected. */
  rejections = 0;
  /** What the provider does from now on; undefined: it gives the next token. */
  script: TokenScript | undefined;
  readonly #replies: TokenReply[] = [];
  #issued = 0;

  constructor(identity: string | null = "ada", script?: TokenScript) {
    this.identity = new Cell(identity);
    this.script = script;
  }

  /** Somebody signs in, perhaps somebody else than before. */
  signIn(identity = "ada"): void {
    this.identity.set(identity);
  }

  /** Nobody is signed in any more. */
  signOut(): void {
    this.identity.set(null);
  }

  /** What the provider does the next times it is asked, before it goes on by its script. */
  reply(...replies: readonly TokenReply[]): void {
    this.#replies.push(...replies);
  }

  /** The provider does not answer, this once. */
  hang(): void {
    this.reply(new Promise(() => {}));
  }

  async token(request: TokenRequest): Promise<string | null> {
    this.requests.push(request);
    const reply = this.#replies.length > 0 ? this.#replies.shift() : this.#scripted(request);
    if (reply instanceof Error) throw reply;
    return reply === undefined ? `${this.identity.current ?? ""}.${++this.#issued}` : reply;
  }

  onRejected(): void {
    this.rejections++;
  }

  #scripted(request: TokenRequest): TokenReply | undefined {
    return typeof this.script === "function" ? this.script(request) : this.script;
  }
}

/** The account that a token of {@link FakeCredentials} belongs to: what stands before the dot. */
export function accountOfToken(token: string): string {
  return token.replace(/\.\d+$/, "");
}
