/**
 * Binds the ports to a web page, or to a worker, where the signals of a document are simply absent.
 * Each callback posts its event at once: `appFrozen` must close the socket before the callback
 * ends, because a frozen page keeps its socket open for the server.
 */
import type { Cancel } from "../../base/clock.ts";
import { systemClock } from "../../base/clock.ts";
import { OptionsError } from "../../base/errors.ts";
import { randomHex, systemRandom } from "../../base/random.ts";
import type { WebSocketLike } from "../../base/web-socket.ts";
import { webSocketTransport } from "../../transport/websocket-transport.ts";
import type { LifecycleAdapter } from "../lifecycle-adapter.ts";
import type { NetworkAdapter, NetworkState } from "../network-adapter.ts";
import type { Platform } from "../platform.ts";

/** Of Node before 22: `nodePlatform({ WebSocket })` with the one of `ws`. */
const NO_SOCKET = "there is no WebSocket here: pass `platform` or `createSocket`";

/** What we use of a page's or worker's global scope. All of it may be missing. */
export interface WebGlobals extends Partial<Listenable> {
  readonly document?: PageDocument | undefined;
  readonly navigator?: WebNavigator | undefined;
  readonly WebSocket?: (new (url: string, subprotocols: string[]) => WebSocketLike) | undefined;
}

/** The half of `EventTarget` that we use. */
export interface Listenable {
  addEventListener(
    type: string,
    listener: (event: Event) => void,
    options: { readonly signal: AbortSignal },
  ): void;
}

/** What we use of a document. */
export interface PageDocument extends Listenable {
  readonly hidden: boolean;
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

/**
 * The platform of browsers. Safe to make anywhere, also where a server renders the page. A client
 * needs what every page and worker has: `crypto`, `MessageChannel`, and for dials `WebSocket`.
 */
export function webPlatform(globals: WebGlobals = globalThis): Platform {
  return {
    name: "web",
    clock: systemClock,
    random: systemRandom,
    randomHex,
    lifecycle: webLifecycle(globals),
    network: webNetwork(globals),
    openTransport: webSocketTransport((url, subprotocols) => {
      const { WebSocket: Socket } = globals;
      // Not before the dial: a server that renders a page makes clients which never dial.
      if (!Socket) throw new OptionsError(NO_SOCKET);
      return new Socket(url, subprotocols);
    }),
    // Only Firefox's own engine says "Gecko/"; the others say "like Gecko".
    variesPath: / Gecko\//.test(globals.navigator?.userAgent ?? ""),
  };
}

function webLifecycle(globals: WebGlobals): LifecycleAdapter {
  const { document } = globals;
  return {
    // A page that is rendered ahead of time may make sockets, but they wait until it is shown.
    get current() {
      return { active: !document?.hidden, frozen: !!document?.prerendering };
    },
    start(post) {
      const see = (): void =>
        post({ type: document?.hidden ? "appBackgrounded" : "appForegrounded" });
      const freeze = (): void => post({ type: "appFrozen" });
      const thaw = (): void => post({ type: "appThawed" });
      return listen([
        [document, "visibilitychange", see],
        [document, "freeze", freeze],
        [document, "resume", thaw],
        [document, "prerenderingchange", thaw],
        // Whether the page is kept or dies: either way its socket should be closed properly.
        [globals, "pagehide", freeze],
        [globals, "pageshow", (event) => (event as PageTransitionEvent).persisted && thaw()],
      ]);
    },
  };
}

function webNetwork(globals: WebGlobals): NetworkAdapter {
  const { navigator } = globals;
  const connection = navigator?.connection;
  const read = (): NetworkState => ({
    // Only a false `onLine` says anything.
    available: navigator?.onLine !== false,
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
      const report = (): void => {
        lastPath = path();
        post({ type: "networkChanged", ...read() });
      };
      // Its numbers wobble, and go wild just before `offline`: only a change of class is news.
      const compare = (): void => {
        if (read().available && path() !== lastPath) report();
      };
      return listen([
        [globals, "online", report],
        [globals, "offline", report],
        [connection, "change", compare],
      ]);
    },
  };
}

type Row = readonly [
  target: Partial<Listenable> | undefined,
  type: string,
  listener: (event: Event) => void,
];

/** Listens to every target that exists; the result ends it. */
function listen(rows: readonly Row[]): Cancel {
  const controller = new AbortController();
  const { signal } = controller;
  for (const [target, type, listener] of rows)
    target?.addEventListener?.(type, listener, { signal });
  return () => controller.abort();
}
