/** Puts the inspector into a page: docked to one that runs a client, or as a page of its own. */
import { systemClock, type Cancel, type Clock } from "@holdfast/client";

import type { InspectorError } from "./inspector-error.ts";
import { CARD_STYLE } from "./panel/card-style.ts";
import { element } from "./panel/element.ts";
import { InspectorPanel } from "./panel/inspector-panel.ts";
import { PANEL_STYLE } from "./panel/panel-style.ts";
import { ChannelFeed } from "./report/channel-feed.ts";
import type { ChannelLike } from "./report/channel-words.ts";
import { ClientFeed, type ClientFeedOptions } from "./report/client-feed.ts";
import type { Inspected } from "./report/client-report.ts";
import type { Report } from "./report/report.ts";

/** An inspector that is shown. */
export interface Inspection {
  /** The element that holds it, with everything inside in a shadow root. */
  readonly host: HTMLElement;
  /**
   * Shows one more client beside those that are shown; one of the same name takes the place of the
   * one before it. The result takes it away. Once closed, it shows nothing.
   */
  add(client: Inspected, options?: ClientFeedOptions): Cancel;
  /** Shows the text of an exported trace; what is none is told in the panel. */
  openTrace(text: string, name?: string): void;
  /** Takes it out of the page: no timer, listener or channel stays. Idempotent. */
  close(): void;
}

/** How a client is shown in its own page. */
export interface InspectOptions extends ClientFeedOptions {
  /** Light or dark whatever the system says. Default: as the system says. */
  readonly theme?: "light" | "dark";
  /** Called once when the panel is closed, by its own button or by `close`. */
  readonly onClose?: () => void;
}

/** How a page becomes an inspector. */
export interface MountOptions {
  /** As in `InspectOptions`. */
  readonly theme?: "light" | "dark";
  /** The channel on which apps share their clients, as in `ShareOptions`. */
  readonly channel?: string | ChannelLike;
  /** Default: the platform's own. */
  readonly clock?: Clock;
}

/** How often countdowns move, in milliseconds. */
const TICK_MS = 100;
/** How much of the window the dock takes. */
const DOCK_HEIGHT = "min(56vh, 560px)";

/**
 * Shows a client in a panel at the bottom of this page. What is below it in the page can still be
 * scrolled to. Call it after the client was made, as often as there are clients, or `add` them.
 */
export function inspect(client: Inspected, options: InspectOptions = {}): Inspection {
  const host = element("holdfast-inspector" as "div");
  host.style.setProperty("--dock-height", DOCK_HEIGHT);
  // As high as the dock that stands over it.
  host.style.height = DOCK_HEIGHT;
  let onClose = options.onClose;
  const mounted = new Mounted(host, "dock", options, "Waiting for the client.", () => {
    host.remove();
    onClose?.();
    onClose = undefined;
  });
  document.body.append(host);
  mounted.add(client, options);
  return mounted;
}

/**
 * Makes `target` an inspector of clients in other tabs, which call `shareClient`, and of traces
 * that are dropped onto it.
 */
export function mountInspector(target: HTMLElement, options: MountOptions = {}): Inspection {
  const waitingFor = "No client yet. Share one from another tab, or drop a trace's file here.";
  const host = element("holdfast-inspector" as "div");
  host.style.height = "100%";
  target.append(host);
  let shown: ReadonlyMap<string, Report> = new Map();
  const mounted = new Mounted(host, "frame-of-page", options, waitingFor, () => {
    feed.close();
    host.remove();
  });
  const feed = new ChannelFeed((fault) => mounted.complain(fault), options.channel, options.clock);
  feed.reports.subscribe((reports) => {
    for (const id of shown.keys()) if (!reports.has(id)) mounted.panel.forget(id);
    for (const [id, report] of reports)
      if (shown.get(id) !== report) mounted.panel.show(id, report);
    shown = reports;
  });
  return mounted;
}

class Mounted implements Inspection {
  readonly host: HTMLElement;
  readonly panel: InspectorPanel;
  readonly #clock: Clock;
  readonly #ended: () => void;
  /** By the names of the clients. */
  readonly #feeds = new Map<string, ClientFeed>();
  #cancel: Cancel = () => {};
  #isClosed = false;

  constructor(
    host: HTMLElement,
    frame: "dock" | "frame-of-page",
    options: InspectOptions | MountOptions,
    waitingFor: string,
    ended: () => void,
  ) {
    this.host = host;
    this.#clock = options.clock ?? systemClock;
    this.#ended = ended;
    if (options.theme) host.dataset["theme"] = options.theme;
    const close = (): void => this.close();
    this.panel = new InspectorPanel({ waitingFor, ...(frame === "dock" && { close }) });
    const root = host.attachShadow({ mode: "open" });
    // A sheet and no style element: a page's security policy may forbid those.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(PANEL_STYLE + CARD_STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(element("div", { class: frame }, this.panel.root));
    this.#tick();
  }

  add(client: Inspected, options: ClientFeedOptions = {}): Cancel {
    if (this.#isClosed) return () => {};
    const { name = "client" } = options;
    const feed = new ClientFeed(client, options);
    this.#feeds.get(name)?.close();
    this.#feeds.set(name, feed);
    const id = `client ${name}`;
    feed.reports.subscribe((report) => this.panel.show(id, report));
    return () => {
      feed.close();
      if (this.#feeds.get(name) !== feed) return;
      this.#feeds.delete(name);
      this.panel.forget(id);
    };
  }

  openTrace(text: string, name = "trace"): void {
    this.panel.openText(text, name);
  }

  complain(fault: InspectorError): void {
    this.panel.complain(fault);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancel();
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
    this.#ended();
  }

  #tick(): void {
    this.panel.tick(this.#clock.wallNow());
    this.#cancel = this.#clock.at(this.#clock.now() + TICK_MS, () => this.#tick());
  }
}
