/** The command line of the fault link: what it asks for, and how it is told. */
import { describe, expect, test } from "vitest";

import {
  describeFaultLink,
  describeFaultLinkStats,
  FAULT_LINK_USAGE,
  parseFaultLinkCommand,
} from "../src/fault-link-command.ts";

const parse = (line: string) => parseFaultLinkCommand(line.split(" "));

describe("a command line", () => {
  test("asks for a link without faults, at any port", () => {
    const command = parse("--target 8080");
    expect(command).toEqual({
      port: 0,
      target: { port: 8080 },
      seed: 1,
      faults: {},
      direction: "both",
    });
    expect(describeFaultLink(command)).toEqual(["Carries TCP to 127.0.0.1:8080; seed 1."]);
  });

  test("asks for every fault there is, and each is told in words", () => {
    const command = parse(
      "--listen 9000 --target example.test:80 --seed 7 --latency 200 --jitter 50 --bandwidth 1000" +
        " --split 3 --coalesce 20 --drop-after 0 --stall --black-hole --direction toServer" +
        " --accept-delay 500 --refuse --reset-every 200-500",
    );
    expect(command).toEqual({
      port: 9000,
      target: { host: "example.test", port: 80 },
      seed: 7,
      faults: {
        latencyMs: 200,
        jitterMs: 50,
        bytesPerSecond: 1000,
        splitBytes: 3,
        coalesceMs: 20,
        dropAfterBytes: 0,
        stall: true,
        blackHole: true,
        acceptDelayMs: 500,
        refuse: true,
      },
      direction: "toServer",
      resetEveryMs: [200, 500],
    });
    expect(describeFaultLink(command)).toEqual([
      "Carries TCP to example.test:80; seed 7.",
      "To the server: 200 ms later, up to 50 ms later by chance, 1000 bytes a second at most, in pieces of 1 to 3 bytes, joined within 20 ms, a connection ends after 0 bytes, nothing moves, everything is swallowed.",
      "A dial reaches the target 500 ms late.",
      "Dials are reset.",
      "All connections are reset every 200 to 500 ms.",
    ]);
  });

  test.each([
    ["--listen 9000", "--target [HOST:]PORT is needed"],
    ["--target here", "--target [HOST:]PORT is needed"],
    ["--target 80 --latency soon", "--latency takes a whole number"],
    ["--target 80 --seed -1", "--seed"],
    ["--target 80 --direction up", "--direction is toServer, toClient or both"],
    ["--target 80 --reset-every 500", "--reset-every is MIN-MAX"],
    ["--target 80 --reset-every 500-200", "--reset-every is MIN-MAX"],
    ["--target 80 --reset-every 0-0", "--reset-every is MIN-MAX"],
    ["--target 80 --latecny 5", "--latecny"],
    ["--target 80 stray", "stray"],
  ])("that is wrong says why: %s", (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });

  test("has a usage that names each option it takes", () => {
    const named = [...FAULT_LINK_USAGE.matchAll(/--([a-z-]+)/g)].map(([, name]) => name);
    for (const name of new Set(named)) {
      const error = (() => {
        try {
          parse(`--target 80 --${name} 5`);
          return "";
        } catch (thrown) {
          return String(thrown);
        }
      })();
      expect(error).not.toContain("Unknown option");
    }
  });
});

test("what was done is told in a line", () => {
  const faults = { reset: 3, drop: 0, refuse: 0, halfOpen: 0, blackHole: 1, targetLost: 0 };
  const stats = { accepted: 5, bytes: { toServer: 10, toClient: 20 }, faults };
  expect(describeFaultLinkStats(stats)).toBe(
    "5 connections, 10 bytes to the server, 20 to the client; reset 3, blackHole 1.",
  );
  expect(describeFaultLinkStats({ ...stats, faults: { ...faults, reset: 0, blackHole: 0 } })).toBe(
    "5 connections, 10 bytes to the server, 20 to the client; no faults.",
  );
});
