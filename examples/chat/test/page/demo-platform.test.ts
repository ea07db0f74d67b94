/** The lies that one client's platform tells. */
import type { LifecycleEvent, NetworkEvent, Platform } from "@holdfast/client";
import { webPlatform } from "@holdfast/client/web";
import { expect, test } from "vitest";

import { DemoPlatform } from "../../src/page/demo-platform.ts";

function deviceWith(facts: { readonly available?: boolean; readonly frozen?: boolean } = {}) {
  const { available = true, frozen = false } = facts;
  const events: (LifecycleEvent | NetworkEvent)[] = [];
  const real: {
    lifecycle?: (event: LifecycleEvent) => void;
    network?: (event: NetworkEvent) => void;
  } = {};
  const platform: Platform = {
    ...webPlatform({}),
    lifecycle: {
      current: { active: true, frozen },
      start(post) {
        real.lifecycle = post;
        return () => undefined;
      },
    },
    network: {
      current: { available, quality: "good" },
      start(post) {
        real.network = post;
        return () => undefined;
      },
    },
  };
  const device = new DemoPlatform(platform);
  device.platform.lifecycle.start((event) => events.push(event));
  device.platform.network.start((event) => events.push(event));
  return { device, real, events };
}

test("offline is a hint at once, and what the real network says meanwhile does not lift it", () => {
  const { device, real, events } = deviceWith();
  device.setOffline(true);
  expect(device.platform.network.current.available).toBe(false);
  real.network?.({ type: "networkChanged", available: true, quality: "constrained" });
  device.setOffline(false);
  expect(events).toEqual([
    { type: "networkChanged", available: false, quality: "good" },
    { type: "networkChanged", available: false, quality: "constrained" },
    { type: "networkChanged", available: true, quality: "good" },
  ]);
});

test("no button brings back a network that is really gone", () => {
  const { device, events } = deviceWith({ available: false });
  device.setOffline(true);
  device.setOffline(false);
  expect(events.map((event) => "available" in event && event.available)).toEqual([false, false]);
});

test("frozen it stays, until it is thawed by the button that froze it", () => {
  const { device, real, events } = deviceWith();
  device.setFrozen(true);
  expect(device.platform.lifecycle.current.frozen).toBe(true);
  real.lifecycle?.({ type: "appBackgrounded" });
  real.lifecycle?.({ type: "appForegrounded" });
  device.setFrozen(false);
  expect(events.map(({ type }) => type)).toEqual(["appFrozen", "appBackgrounded", "appThawed"]);
});

test("a page that is really frozen is not thawed by a button", () => {
  const { device, events } = deviceWith({ frozen: true });
  device.setFrozen(true);
  device.setFrozen(false);
  expect(events).toEqual([]);
});
