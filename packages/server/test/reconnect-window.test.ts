import { expect, test } from "vitest";

import { ReconnectWindow } from "../src/reconnect-window.ts";

const minute = 60_000;

test.each([
  [1, 100],
  [333, 100],
  [1_000, 300],
  [10_000, 3_000],
  [20_000, 5_000],
])("a server that expects %d sessions spreads them over %d ms", (expected, windowMs) => {
  expect(new ReconnectWindow(expected).windowMs(0)).toBe(windowMs);
});

test("the most sessions of the last ten minutes count, however few are left", () => {
  const window = new ReconnectWindow(1);
  window.opened(10_000, 0);
  window.opened(0, 1);
  expect(window.windowMs(9 * minute)).toBe(3_000);
  expect(window.windowMs(10 * minute)).toBe(100);
});

test("sessions that stay open count for as long as they do", () => {
  const window = new ReconnectWindow(1);
  window.opened(10_000, 0);
  expect(window.windowMs(500 * minute)).toBe(3_000);
});

test("dear handshakes widen the window; cheap ones narrow it to what an upgrade costs anyway", () => {
  const window = new ReconnectWindow(1_000);
  for (let i = 0; i < 500; i++) window.handshakeTook(1);
  expect(window.handshakeMs).toBeCloseTo(1, 2);
  expect(window.windowMs(0)).toBeGreaterThan(1_900);
  for (let i = 0; i < 500; i++) window.handshakeTook(0);
  expect(window.handshakeMs).toBeLessThan(0.01);
  expect(window.windowMs(0)).toBe(300);
});
