/**
 * Binds the ports to React Native. Its modules are passed in, so nothing here imports them and any
 * of their versions fits. An app in the background has 30 s; then its connection is closed, by the
 * phone or by us.
 */
import { reactNativeClock, type Cancel } from "../../base/clock.ts";
import { OptionsError } from "../../base/errors.ts";
import { hexOf, randomHex, systemRandom } from "../../base/random.ts";
import { Scope } from "../../base/scope.ts";
import type { WebSocketLike } from "../../base/web-socket.ts";
import { webSocketTransport } from "../../transport/websocket-transport.ts";
import type { LifecycleAdapter } from "../lifecycle-adapter.ts";
import { silentNetwork, type NetworkAdapter, type NetworkState } from "../network-adapter.ts";
import type { Platform } from "../platform.ts";

/** What React Native is asked for. */
export interface ReactNativePlatformOptions {
  /** `import { AppState } from "react-native"`. */
  readonly AppState: AppStateLike;
  /**
   * `import NetInfo from "@react-native-community/netinfo"`. Without it nobody says when the
   * network is lost or another one took its place; the heartbeat finds out, up to 10 s later.
   */
  readonly NetInfo?: NetInfoLike | undefined;
  /**
   * So many random bytes: `getRandomBytes` of `expo-crypto`. By default those of the global
   * `crypto`, which React Native has once `react-native-get-random-values` is imported. The ids of
   * clients and transactions are made of it, and must differ between all phones.
   */
  readonly randomBytes?: ((count: number) => Uint8Array) | undefined;
}

/** What we use of React Native's `AppState`. */
export interface AppStateLike {
  /** `active`, `background`, `inactive`, … Null while a phone has not said yet. */
  readonly currentState?: string | null | undefined;
  addEventListener(type: "change", listener: (state: string) => void): { remove(): void };
}

/** What we use of NetInfo. */
export interface NetInfoLike {
  /** Calls `listener` with the state, soon, and at each change. The result ends it. */
  addEventListener(listener: (state: NetInfoStateLike) => void): () => void;
  /** Looks again, and tells the listeners. */
  refresh?(): Promise<unknown>;
}

/** What we use of a state of NetInfo. */
export interface NetInfoStateLike {
  /** `wifi`, `cellular`, `none`, `unknown`, … */
  readonly type: string;
  /** Null: not known, which says nothing. */
  readonly isConnected: boolean | null;
  readonly details?: NetInfoDetailsLike | null | undefined;
}

/** What we use of how the network is reached. */
export interface NetInfoDetailsLike {
  readonly isConnectionExpensive?: boolean | null | undefined;
  readonly cellularGeneration?: string | null | undefined;
  readonly ipAddress?: string | null | undefined;
}

/** What we use of React Native's global scope. */
export interface ReactNativeGlobals {
  readonly WebSocket?: (new (url: string, subprotocols: string[]) => WebSocketLike) | undefined;
  readonly crypto?: { readonly getRandomValues?: unknown } | undefined;
}

/**
 * How long the connection outlives the app's way into the background, in milliseconds. Phones
 * suspend it after seconds or minutes; a short look at another app should cost nothing.
 */
const BACKGROUND_GRACE_MS = 30_000;

/** The platform of React Native. Throws `OptionsError` when there are no random bytes to be had. */
export function reactNativePlatform(
  { AppState, NetInfo, randomBytes }: ReactNativePlatformOptions,
  globals: ReactNativeGlobals = globalThis,
): Platform {
  if (!randomBytes && !globals.crypto?.getRandomValues)
    throw new OptionsError(
      'React Native has no random bytes of its own: pass randomBytes with getRandomBytes of "expo-crypto", or load "react-native-get-random-values" first.',
    );
  return {
    name: "react-native",
    clock: reactNativeClock(),
    random: systemRandom,
    randomHex: randomBytes ? (count) => hexOf(randomBytes(count)) : randomHex,
    lifecycle: appLifecycle(AppState),
    network: NetInfo ? appNetwork(NetInfo, AppState) : silentNetwork,
    openTransport: webSocketTransport(
      // Where there is none, the dial has failed.
      (url, subprotocols) => new (globals as typeof globalThis).WebSocket(url, subprotocols),
    ),
    variesPath: false,
    policy: { background: { graceMs: BACKGROUND_GRACE_MS } },
  };
}

function appLifecycle(AppState: AppStateLike): LifecycleAdapter {
  return {
    // A phone that has not said yet is launching the app for somebody; a push launches it without.
    get current() {
      return { active: AppState.currentState !== "background", frozen: false };
    },
    start: (post) =>
      onAppState(AppState, (state) => {
        // `inactive` is a call, the app switcher, a notification: one of the two follows.
        if (state === "active") post({ type: "appForegrounded" });
        if (state === "background") post({ type: "appBackgrounded" });
      }),
  };
}

function appNetwork(NetInfo: NetInfoLike, AppState: AppStateLike): NetworkAdapter {
  const { current: assumed } = silentNetwork;
  // What was said last, as long as somebody listens: NetInfo only tells listeners, and not at once.
  let known = assumed;
  let listeners = 0;
  return {
    get current() {
      return known;
    },
    start(post) {
      const scope = new Scope();
      let before = { ...known, path: "" };
      const cancel = NetInfo.addEventListener((state) => {
        const now = { ...readNetInfo(state), path: pathOf(state) };
        // The first path is not another one; and without a network there is none.
        const isElsewhere = now.available && before.path !== "" && now.path !== before.path;
        const isNews = now.available !== before.available || now.quality !== before.quality;
        // While the network is lost, the path that was there stays the one to compare with.
        before = now.available ? now : { ...now, path: before.path };
        known = { available: now.available, quality: now.quality };
        if (isElsewhere || isNews) post({ type: "networkChanged", ...known });
      });
      scope.defer(cancel);
      // What it believed before the app slept may be hours old. Where it cannot look, it says
      // nothing.
      const look = (state: string): void => {
        if (state === "active") NetInfo.refresh?.().catch(() => {});
      };
      scope.defer(onAppState(AppState, look));
      listeners++;
      scope.defer(() => {
        if (--listeners === 0) known = assumed;
      });
      return () => scope.close();
    },
  };
}

function readNetInfo({ isConnected, details }: NetInfoStateLike): NetworkState {
  const isSlow = /^[23]g$/.test(details?.cellularGeneration ?? "");
  return {
    // Null is no loss. Nor is an internet that a third party's probe did not reach, so that is not
    // even read: after a sleep it is wrong for up to a minute.
    available: isConnected !== false,
    quality: isSlow || details?.isConnectionExpensive ? "constrained" : "good",
  };
}

function pathOf({ type, details }: NetInfoStateLike): string {
  return `${type} ${details?.ipAddress ?? ""}`;
}

function onAppState(AppState: AppStateLike, hear: (state: string) => void): Cancel {
  const subscription = AppState.addEventListener("change", hear);
  return () => subscription.remove();
}
