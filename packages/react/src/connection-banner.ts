/**
 * The banner's content: whether to show one (the client's display policy decides), in which words,
 * and how many seconds are left to the next try. It counts while somebody looks.
 */
import {
  Cell,
  type Cancel,
  type Clock,
  type ConnectionSnapshot,
  type RealtimeClient,
  type Source,
} from "@holdfast/client";
import {
  connectionDisplay,
  type ConnectionDisplay,
  type DisplayedState,
  type DisplayPolicy,
} from "@holdfast/client/display";

import { isSignInNeeded } from "./sign-in-needed.ts";

/**
 * What a banner is about. `none`: show no banner. `connecting`: it takes a while, and never was
 * connected. `lost`: it was. `offline`: the device says that it has no network. `updating`:
 * connected, and bringing what is missing. `connected`: it is; goes away by itself. `signIn`: the
 * server does not take the user's credentials, or there is no token to be had for them, so somebody
 * must sign in again.
 */
export type BannerKind =
  | "none"
  | "connecting"
  | "lost"
  | "offline"
  | "updating"
  | "connected"
  | "signIn";

/** What a banner says just now, as `useConnectionBanner` gives it. */
export interface Banner {
  readonly kind: BannerKind;
  readonly isShown: boolean;
  /** One plain English sentence; empty while nothing is shown. Say it your own way by `kind`. */
  readonly text: string;
  /**
   * Whole seconds to the next try, counted down to 0. Undefined: no try is planned, because one
   * runs, or it waits for something else.
   */
  readonly secondsToRetry: number | undefined;
}

const WORDS: Readonly<Record<BannerKind, string>> = {
  none: "",
  connecting: "Connecting takes a while…",
  lost: "Connection lost. Trying to get it back…",
  offline: "You are offline. What you do is sent when you are back.",
  // Not "again": a large bucket that is opened is brought over a connection that never was lost.
  updating: "Connected. Catching up…",
  connected: "Connected.",
  signIn: "Please sign in again.",
};

/** Nothing to show: also what a server renders. */
export const NO_BANNER: Banner = {
  kind: "none",
  isShown: false,
  text: WORDS.none,
  secondsToRetry: undefined,
};

const SECOND_MS = 1_000;

/** The banner of one client. It is `NO_BANNER` outside of `follow`. */
export class ConnectionBanner implements Source<Banner> {
  readonly #client: RealtimeClient;
  readonly #clock: Clock;
  readonly #policy: Partial<DisplayPolicy>;
  readonly #shown = new Cell<Banner>(NO_BANNER);
  #display: ConnectionDisplay | undefined;
  #hasConnected = false;
  #cancelTick: Cancel | undefined;

  constructor(client: RealtimeClient, policy: Partial<DisplayPolicy> = {}) {
    this.#client = client;
    this.#clock = client.clock;
    this.#policy = policy;
  }

  get current(): Banner {
    return this.#shown.current;
  }

  subscribe(listener: (banner: Banner) => void): Cancel {
    const cancel = this.#shown.subscribe(listener);
    this.#update();
    return () => {
      cancel();
      this.#update();
    };
  }

  /**
   * Follows the connection until the result is called. Apart from `subscribe`: a banner that comes
   * to the page late must show at once what is wrong since earlier.
   */
  follow(): Cancel {
    const { state, connection, recentEvents } = this.#client;
    // Before anybody followed it; a client without a trace does not tell.
    this.#hasConnected ||= recentEvents.some(({ before }) => before.state === "open");
    const display = connectionDisplay(state, { policy: this.#policy, clock: this.#clock });
    this.#display = display;
    const cancels = [
      display.subscribe(() => this.#update()),
      connection.subscribe(() => this.#update()),
      () => display.close(),
    ];
    return () => {
      for (const cancel of cancels) cancel();
      this.#display = undefined;
      this.#update();
    };
  }

  #update(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    const before = this.#shown.current;
    const next = this.#present();
    const isSame = next.kind === before.kind && next.secondsToRetry === before.secondsToRetry;
    if (!isSame) this.#shown.set(next);
  }

  #present(): Banner {
    if (!this.#display) return NO_BANNER;
    const snapshot = this.#client.connection.current;
    this.#hasConnected ||= snapshot.state === "open";
    const kind = bannerKind(this.#display.current, this.#client, this.#hasConnected);
    const isShown = kind !== "none";
    const secondsToRetry = isShown ? this.#countDown(snapshot) : undefined;
    return { kind, isShown, text: WORDS[kind], secondsToRetry };
  }

  /** The seconds now, and an alarm for the next change where somebody looks. */
  #countDown({ retryAt }: ConnectionSnapshot): number | undefined {
    if (retryAt === undefined) return undefined;
    const leftMs = Math.max(0, retryAt - this.#clock.wallNow());
    const seconds = Math.ceil(leftMs / SECOND_MS);
    if (seconds > 0 && this.#shown.subscriberCount > 0) {
      const toChangeMs = leftMs - (seconds - 1) * SECOND_MS;
      this.#cancelTick = this.#clock.at(this.#clock.now() + toChangeMs, () => this.#update());
    }
    return seconds;
  }
}

function bannerKind(
  { isShown, state }: DisplayedState,
  client: RealtimeClient,
  hasConnected: boolean,
): BannerKind {
  // Nobody tries, so the display policy sees no trouble; but without a word it would stay so.
  if (state === "idle") return isSignInNeeded(client) ? "signIn" : "none";
  if (!isShown) return "none";
  if (state !== "connecting") return state;
  if (client.connection.current.blockedBy.includes("network")) return "offline";
  return hasConnected ? "lost" : "connecting";
}
