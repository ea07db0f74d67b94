import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  addressPolicyOf,
  AddressGate,
  DEFAULT_ADDRESS_POLICY,
} from "../../src/use/address-gate.ts";

const policy = { connectionsPerAddress: 2, upgradesPerSecond: 10, upgradesBurst: 5 };
const HOME = "192.0.2.1";

describe("dials", () => {
  test("are free up to the burst, then come at the rate", () => {
    const gate = new AddressGate(policy);
    for (let n = 0; n < 5; n++) expect(gate.dial(HOME, 0)).toBe(0);
    expect(gate.dial(HOME, 0)).toBe(100);
    expect(gate.dial(HOME, 40)).toBe(60);
    expect(gate.dial(HOME, 100)).toBe(0);
    expect(gate.dial(HOME, 100)).toBe(100);
  });

  test("add up to the burst and no further, however long nobody dials", () => {
    const gate = new AddressGate(policy);
    gate.dial(HOME, 0);
    for (let n = 0; n < 5; n++) expect(gate.dial(HOME, 60_000)).toBe(0);
    expect(gate.dial(HOME, 60_000)).toBe(100);
  });

  test("that are turned down cost nothing: who waits as told gets in", () => {
    const gate = new AddressGate(policy);
    for (let n = 0; n < 50; n++) gate.dial(HOME, 0);
    expect(gate.dial(HOME, 100)).toBe(0);
  });

  test("of one address say nothing about another", () => {
    const gate = new AddressGate(policy);
    for (let n = 0; n < 9; n++) gate.dial(HOME, 0);
    expect(gate.dial("192.0.2.2", 0)).toBe(0);
  });
});

describe("connections", () => {
  test("are bounded, and what closes makes room", () => {
    const gate = new AddressGate(policy);
    const gone = [0, 1].map((at) => {
      expect(gate.dial(HOME, at)).toBe(0);
      return gate.opened(HOME);
    });
    expect(gate.dial(HOME, 500)).toBe(10_000);
    gone[0]?.();
    expect(gate.dial(HOME, 500)).toBe(0);
  });
});

describe("one address is", () => {
  test.each([
    ["an IPv4 address, also as an IPv6 socket tells it", "192.0.2.1", "::ffff:192.0.2.1", true],
    ["each IPv4 address by itself", "::ffff:192.0.2.1", "::ffff:192.0.2.2", false],
    ["all of an IPv6 network of 64 bits", "2001:db8:1:2::1", "2001:DB8:1:2:3:4:5:6", true],
    ["however it is abbreviated", "2001:db8::1", "2001:0db8:0000:0:9::", true],
    ["one such network and not the next", "2001:db8:1:2::1", "2001:db8:1:3::1", false],
    ["also where zeros come first", "::1:2:3:4:5", "0:0:0:1:9:9:9:9", true],
    ["or the whole of it is nothing", "::", "::2", true],
    ["whatever else a proxy says", "unix:", "unix:", true],
  ])("%s", (_, one, other, isSame) => {
    const gate = new AddressGate({ ...policy, upgradesBurst: 1 });
    gate.dial(one, 0);
    expect(gate.dial(other, 0) > 0).toBe(isSame);
  });

  test.each(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])(
    "never bounded where it is %s",
    (address) => {
      const gate = new AddressGate({ ...policy, upgradesBurst: 0, connectionsPerAddress: 0 });
      expect([gate.dial(address, 0), gate.size]).toEqual([0, 0]);
      gate.opened(address)?.();
    },
  );
});

test("addresses that are gone are forgotten, those that are connected are not", () => {
  const gate = new AddressGate(policy);
  gate.dial(HOME, 0);
  const gone = gate.opened(HOME);
  for (let n = 0; n < 1_000; n++) gate.dial(`10.0.${n >> 8}.${n & 255}`, 0);
  expect(gate.size).toBe(1_001);
  for (let n = 0; n < 600; n++) gate.dial("198.51.100.1", 10_000 + 1_000 * n);
  expect(gate.size).toBe(2);
  gone?.();
  for (let n = 0; n < 2; n++) gate.dial("198.51.100.1", 900_000);
  expect(gate.size).toBe(1);
});

test("whatever comes and goes, nobody has more than its share, and nobody is forgotten who is there", () => {
  const step = fc.tuple(fc.constantFrom("dial", "dial", "close"), fc.nat(5), fc.nat(400));
  const life = fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const gate = new AddressGate(policy);
    const open = new Map<string, (() => void)[]>();
    const dials = new Map<string, number[]>();
    let now = 0;
    for (const [what, who, ms] of steps) {
      now += ms;
      const address = `192.0.2.${who}`;
      const own = open.get(address) ?? [];
      open.set(address, own);
      if (what === "close") own.pop()?.();
      else if (gate.dial(address, now) === 0) {
        own.push(gate.opened(address) ?? (() => undefined));
        dials.set(address, [...(dials.get(address) ?? []), now]);
      }
      expect(own.length).toBeLessThanOrEqual(policy.connectionsPerAddress);
    }
    for (const times of dials.values()) {
      times.forEach((from, index) => {
        const within = times.slice(index).filter((at) => at <= from + 1_000).length;
        expect(within).toBeLessThanOrEqual(policy.upgradesBurst + policy.upgradesPerSecond);
      });
    }
  });
  fc.assert(life);
});

describe("the numbers of a gate", () => {
  test("are the usual ones where none are named, also where a setting is missing", () => {
    expect(addressPolicyOf({})).toEqual(DEFAULT_ADDRESS_POLICY);
    const missing = { connectionsPerAddress: undefined, path: "/realtime" };
    expect(addressPolicyOf(missing as never)).toEqual(DEFAULT_ADDRESS_POLICY);
    expect(addressPolicyOf({ upgradesBurst: 5 }).upgradesBurst).toBe(5);
  });

  test.each([
    ["connectionsPerAddress", NaN],
    ["connectionsPerAddress", "1000"],
    ["upgradesPerSecond", 0],
    ["upgradesPerSecond", NaN],
    ["upgradesBurst", -1],
  ])("are refused when they are none: %s %s", (name, value) => {
    expect(() => addressPolicyOf({ [name]: value })).toThrow(RangeError);
  });
});
