/**
 * Binds the ports to a web page, or to a worker, where the signals of a document are simply absent.
 * Each callback posts its event at once: `appFrozen` must close the socket before the callback
 * ends, because a frozen page keeps its socket open for the server.
 */
import type { Cancel } from "../../base/clock.ts";
import { systemClock } from "../../base/clock.ts";
import { OptionsError } from "../../base/errors.ts";
import { randomHex, systemRandom } from "../../base/random.ts";
import type { CreateSocket, WebSocketLike } from "../../base/web-socket.ts";
import type { LifecycleAdapter } from "../lifecycle-adapter.ts";
import type { NetworkAdapter, NetworkState } from "../network-adapter.ts";
import type { Platform } from "../platform.ts";

/** What we use of a page's or worker's global scope. All of it may be missing. */
export interface WebGlobals extends Partial<Listenable> {
  readonly document?: PageDocument | undefined;
  readonly navigator?: WebNavigator | undefined;
  readonly WebSocket?: (new (url: string, subprotocols: string[]) => WebSocketLike) | undefined;
}

/** The half of `EventTarget` that we use. */
export interface Listenable {
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

/** What we use of a document. */
export interface PageDocument extends Listenable {
  readonly visibilityState: string;
  readonly prerendering?: boolean | undefined;
}

/** What we use of a navigator. */
export interface WebNavigator {
  readonly onLine?: boolean | undefined;
  readonly userAgent?: string | undefined;
  readonly connection?: NetworkInformation | undefined;
}

/** Chromium's view of the path. Its words are of no other use to us than "constrained or not". */
export interface NetworkInformation extends Listenable {
  readonly type?: string | undefined;
  readonly effectiveType?: string | undefined;
  readonly saveData?: boolean | undefined;
}

/** The platform of browsers. Safe to make anywhere, also where a server renders the page. */
export function webPlatform(globals: WebGlobals = globalThis): Platform {
  return {
    name: "web",
    clock: systemClock,
    random: systemRandom,
    randomHex,
    lifecycle: webLifecycle(globals),
    network: webNetwork(globals),
    createSocket: webSocketOf(globals),
    // Only Firefox's own engine says "Gecko/"; the others say "like Gecko".
    variesPath: / Gecko\//.test(globals.navigator?.userAgent ?? ""),
  };
}

function webSocketOf(globals: WebGlobals): CreateSocket {
  return (url, subprotocols) => {
    if (!globals.WebSocket)
      throw new OptionsError("There is no WebSocket here: pass createSocket.");
    return new globals.WebSocket(url, subprotocols);
  };
}

function webLifecycle(globals: WebGlobals): LifecycleAdapter {
  const { document } = globals;
  const isVisible = (): boolean => document?.visibilityState !== "hidden";
  return {
    // A page that is rendered ahead of time may make sockets, but they wait until it is shown.
    get current() {
      return { active: isVisible(), frozen: !!document?.prerendering };
    },
    start(post) {
      const freeze = (): void => post({ type: "appFrozen" });
      const thaw = (): void => post({ type: "appThawed" });
      return listen([
        [
          document,
          "visibilitychange",
          () => post({ type: isVisible() ? "appForegrounded" : "appBackgrounded" }),
        ],
        [document, "freeze", freeze],
        [document, "resume", thaw],
        [document, "prerenderingchange", thaw],
        // Whether the page is kept or dies: either way its socket should be closed properly.
        [document && globals, "pagehide", freeze],
        [
          document && globals,
          "pageshow",
          (event) => {
            if ((event as PageTransitionEvent).persisted) thaw();
          },
        ],
      ]);
    },
  };
}

function webNetwork(globals: WebGlobals): NetworkAdapter {
  const connection = globals.navigator?.connection;
  // Only a false `onLine` says anything.
  const read = (): NetworkState => ({
    available: globals.navigator?.onLine !== false,
    quality:
      connection?.saveData || /[23]g$/.test(connection?.effectiveType ?? "")
        ? "constrained"
        : "good",
  });
  const path = (): string => `${connection?.type} ${read().quality}`;
  return {
    get current() {
      return read();
    },
    start(post) {
      let lastPath = path();
      const report = (available: boolean): void => {
        lastPath = path();
        post({ type: "networkChanged", available, quality: read().quality });
      };
      return listen([
        [globals, "online", () => report(true)],
        [globals, "offline", () => report(false)],
        [
          connection,
          "change",
          // Its numbers wobble, and go wild just before `offline`: only a change of class is news.
          () => {
            if (read().available && path() !== lastPath) report(true);
          },
        ],
      ]);
    },
  };
}

type Subscription = readonly [
  target: Partial<Listenable> | undefined,
  type: string,
  listener: (event: Event) => void,
];

/** Adds every listener whose target exists; the result removes them. */
function listen(subscriptions: readonly Subscription[]): Cancel {
  for (const [target, type, listener] of subscriptions) target?.addEventListener?.(type, listener);
  return () => {
    for (const [target, type, listener] of subscriptions)
      target?.removeEventListener?.(type, listener);
  };
}
