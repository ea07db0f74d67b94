import type { IncomingMessage } from "node:http";

import { describe, expect, test } from "vitest";

import { isOriginAllowed } from "../../src/use/allowed-origin.ts";
import type { AllowedOrigins } from "../../src/use/allowed-origin.ts";

const allowed = (origins: AllowedOrigins, origin?: string, host = "app.example:8080"): boolean =>
  isOriginAllowed(origins, { headers: { origin, host } } as IncomingMessage);

describe("the same host", () => {
  test.each<[string | undefined, boolean]>([
    ["http://app.example:8080", true],
    ["https://app.example:8080", true],
    ["http://APP.example:8080", true],
    ["http://app.example", false],
    ["http://evil.example:8080", false],
    ["http://app.example:8080.evil.example", false],
    ["null", false],
    ["", false],
    ["file://", false],
    [undefined, true],
  ])("is asked for by %s: %s", (origin, expected) => {
    expect(allowed("sameHost", origin)).toBe(expected);
  });

  test("ignores the case and a default port of the Host header", () => {
    expect(allowed("sameHost", "https://app.example", "App.Example")).toBe(true);
  });

  test("without a Host header is nobody's", () => {
    const request = { headers: { origin: "http://a.example" } } as IncomingMessage;
    expect(isOriginAllowed("sameHost", request)).toBe(false);
  });
});

test("a list allows what it names, as it is", () => {
  const list = ["https://app.example"];
  expect(allowed(list, "https://app.example")).toBe(true);
  expect(allowed(list, "https://app.example.evil")).toBe(false);
  expect(allowed(list, "http://app.example")).toBe(false);
  expect(allowed(list, undefined)).toBe(true);
});

test("a function decides, also on requests without an origin, and only true allows", () => {
  expect(allowed((origin) => origin === "x", "x")).toBe(true);
  expect(allowed((origin) => origin === "x", "y")).toBe(false);
  expect(allowed((origin) => origin !== undefined, undefined)).toBe(false);
  expect(allowed((() => Promise.resolve(false)) as never, "x")).toBe(false);
});
