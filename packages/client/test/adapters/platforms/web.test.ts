import { describe, expect, test } from "vitest";
import { webPlatform, type WebGlobals } from "../../../src/adapters/platforms/web.ts";

/** An event target that knows how many listeners it has. */
class FakeTarget extends EventTarget {
  readonly #signals: AbortSignal[] = [];
  get listeners(): number {
    return this.#signals.filter(({ aborted }) => !aborted).length;
  }
  override addEventListener(
    type: string,
    listener: (event: Event) => void,
    options: { readonly signal: AbortSignal },
  ): void {
    this.#signals.push(options.signal);
    super.addEventListener(type, listener, options);
  }
  fire(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

class FakePage extends FakeTarget implements WebGlobals {
  readonly document = Object.assign(new FakeTarget(), {
    hidden: false,
    prerendering: false,
  });
  readonly connection = Object.assign(new FakeTarget(), {
    type: "wifi",
    effectiveType: "4g",
    saveData: false,
  });
  readonly navigator = { onLine: true, userAgent: "", connection: this.connection };

  see(visibilityState: "visible" | "hidden"): void {
    this.document.hidden = visibilityState === "hidden";
    this.document.fire("visibilitychange");
  }
  path(fields: object): void {
    Object.assign(this.connection, fields);
    this.connection.fire("change");
  }
}

function harness() {
  const page = new FakePage();
  const { lifecycle, network } = webPlatform(page);
  const events: string[] = [];
  const cancels = [
    lifecycle.start(({ type }) => events.push(type)),
    network.start(({ available, quality }) =>
      events.push(`${available ? "online" : "offline"} ${quality}`),
    ),
  ];
  const stop = (): void => {
    for (const cancel of cancels) cancel();
  };
  return { page, lifecycle, network, events, stop };
}

describe("a page", () => {
  test("that is hidden and seen again", () => {
    const { page, lifecycle, events } = harness();
    page.see("hidden");
    expect(lifecycle.current).toEqual({ active: false, frozen: false });
    page.see("visible");
    expect(lifecycle.current).toEqual({ active: true, frozen: false });
    expect(events).toEqual(["appBackgrounded", "appForegrounded"]);
  });

  test("that is left for the page cache and restored", () => {
    const { page, events } = harness();
    page.fire("pagehide", { persisted: true });
    page.see("hidden");
    page.document.fire("freeze");
    page.document.fire("resume");
    page.see("visible");
    page.fire("pageshow", { persisted: true });
    expect(events).toEqual([
      "appFrozen",
      "appBackgrounded",
      "appFrozen",
      "appThawed",
      "appForegrounded",
      "appThawed",
    ]);
  });

  test("that dies closes properly too, and one that is merely loaded thaws nothing", () => {
    const { page, events } = harness();
    page.fire("pageshow", { persisted: false });
    page.fire("pagehide", { persisted: false });
    expect(events).toEqual(["appFrozen"]);
  });

  test("that is rendered ahead of time is frozen until it is shown", () => {
    const page = new FakePage();
    page.document.prerendering = true;
    page.document.hidden = true;
    const { lifecycle } = webPlatform(page);
    const events: string[] = [];
    lifecycle.start(({ type }) => events.push(type));
    expect(lifecycle.current).toEqual({ active: false, frozen: true });
    page.see("visible");
    page.document.prerendering = false;
    page.document.fire("prerenderingchange");
    expect(events).toEqual(["appForegrounded", "appThawed"]);
    expect(lifecycle.current).toEqual({ active: true, frozen: false });
  });
});

describe("the network", () => {
  test("is lost and comes back, in that order (L20)", () => {
    const { page, events } = harness();
    page.navigator.onLine = false;
    page.path({ effectiveType: "slow-2g" });
    page.fire("offline");
    page.navigator.onLine = true;
    page.fire("online");
    page.path({ effectiveType: "4g" });
    expect(events).toEqual(["offline constrained", "online constrained", "online good"]);
  });

  test.each([
    [{ effectiveType: "4g" }, "good"],
    [{ effectiveType: undefined }, "good"],
    [{ effectiveType: "3g" }, "constrained"],
    [{ effectiveType: "2g" }, "constrained"],
    [{ effectiveType: "slow-2g" }, "constrained"],
    [{ effectiveType: "4g", saveData: true }, "constrained"],
  ])("of %j is %s", (fields, quality) => {
    const page = new FakePage();
    Object.assign(page.connection, fields);
    expect(webPlatform(page).network.current).toEqual({ available: true, quality });
  });

  test("is reported when its class or kind changes, not when its numbers wobble", () => {
    const { page, events } = harness();
    page.path({ rtt: 50 });
    page.path({ rtt: 150 });
    page.path({ effectiveType: "3g" });
    page.path({ effectiveType: "2g" });
    page.path({ type: "cellular" });
    expect(events).toEqual(["online constrained", "online constrained"]);
  });

  test("is missing from the start only if the browser says so", () => {
    const page = new FakePage();
    page.navigator.onLine = false;
    expect(webPlatform(page).network.current.available).toBe(false);
    expect(webPlatform({}).network.current).toEqual({ available: true, quality: "good" });
    expect(webPlatform({ navigator: {} }).network.current.available).toBe(true);
  });
});

test("making a platform listens to nothing, and after the end nothing is listened to (C12)", () => {
  const page = new FakePage();
  webPlatform(page);
  expect([page.listeners, page.document.listeners, page.connection.listeners]).toEqual([0, 0, 0]);
  const { page: used, stop, events } = harness();
  expect([used.listeners, used.document.listeners, used.connection.listeners]).toEqual([4, 4, 1]);
  stop();
  expect([used.listeners, used.document.listeners, used.connection.listeners]).toEqual([0, 0, 0]);
  used.see("hidden");
  used.fire("offline");
  expect(events).toEqual([]);
});

test("a worker has the network's events and no page's", () => {
  const worker = Object.assign(new FakeTarget(), { navigator: { onLine: true } });
  const { lifecycle, network } = webPlatform(worker);
  const events: string[] = [];
  const cancel = lifecycle.start(({ type }) => events.push(type));
  network.start(({ available }) => events.push(String(available)));
  worker.navigator.onLine = false;
  worker.fire("offline");
  cancel();
  expect(lifecycle.current).toEqual({ active: true, frozen: false });
  expect(events).toEqual(["false"]);
});

test("where a server renders the page, everything is absent and nothing throws (U7)", () => {
  const { lifecycle, network } = webPlatform({});
  lifecycle.start(() => {})();
  network.start(() => {})();
});

test("a dial uses the page's WebSocket, and fails where there is none", () => {
  const made: unknown[][] = [];
  class PageSocket {
    constructor(...args: unknown[]) {
      made.push(args);
    }
  }
  const events: unknown[] = [];
  const dial = (globals: WebGlobals) =>
    webPlatform(globals).openTransport("ws://x.test", ["p"], (event) => events.push(event));
  dial({ WebSocket: PageSocket as never });
  expect([made, events]).toEqual([[["ws://x.test", ["p"]]], []]);
  dial({});
  const detail = "there is no WebSocket here: pass `platform` or `createSocket`";
  expect(events).toEqual([{ type: "openFailed", meaning: "retry", detail }]);
});

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", true],
  ["Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0", true],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0",
    false,
  ],
  ["Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/153.0 Safari/605.1", false],
  ["", false],
])("dials vary their path on Firefox's engine only: %s", (userAgent, expected) => {
  expect(webPlatform({ navigator: { userAgent } }).variesPath).toBe(expected);
});
