/**
 * What one address may take of a server: so many connections at once, and so many dials a second.
 * Its table holds the addresses that are connected or dialled a moment ago, and forgets the rest.
 */
import type { Millis } from "../base/clock.ts";
import { numbersOf, positive, rate } from "../server-numbers.ts";

export interface AddressPolicy {
  /** How many connections one address may hold. Past it: HTTP 429. Default 1 000. */
  readonly connectionsPerAddress: number;
  /** How many times one address may dial in a second, on average. Default 100. */
  readonly upgradesPerSecond: number;
  /**
   * How many times it may dial at once: an office behind one address comes back together. Past it:
   * HTTP 429. Default 1 000.
   */
  readonly upgradesBurst: number;
}

export const DEFAULT_ADDRESS_POLICY: AddressPolicy = {
  connectionsPerAddress: 1_000,
  upgradesPerSecond: 100,
  upgradesBurst: 1_000,
};

/** The policy with these numbers in it. Throws `RangeError` for one that is none of its kind. */
export function addressPolicyOf(given: Partial<AddressPolicy>): AddressPolicy {
  const { connectionsPerAddress, upgradesPerSecond, upgradesBurst } = given;
  const numbers = { connectionsPerAddress, upgradesPerSecond, upgradesBurst };
  return numbersOf(
    "attach",
    DEFAULT_ADDRESS_POLICY,
    numbers as Partial<AddressPolicy>,
    (value, name) => (name === "upgradesPerSecond" ? rate(value) : positive(value)),
  );
}

/** How long an address that has all its connections should stay away. */
const FULL_RETRY_MS = 10_000;

interface Caller {
  connections: number;
  /** How often it may still dial at once, and when that was last reckoned. */
  allowance: number;
  allowanceAt: Millis;
}

export class AddressGate {
  readonly #policy: AddressPolicy;
  /** In the order of their last dial. */
  readonly #callers = new Map<string, Caller>();

  constructor(policy: AddressPolicy) {
    this.#policy = policy;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#callers.size;
  }

  /**
   * An address dials. Returns 0 if it may, else for how long it should not, in ms. Loopback may
   * always: it is the machine itself, or everybody behind a proxy on it.
   */
  dial(address: string, now: Millis): Millis {
    if (isLoopback(address)) return 0;
    const key = keyOf(address);
    this.#forgetTwo(now);
    const { upgradesBurst, upgradesPerSecond, connectionsPerAddress } = this.#policy;
    const caller = this.#callers.get(key) ?? {
      connections: 0,
      allowance: upgradesBurst,
      allowanceAt: now,
    };
    // To the end of the order.
    this.#callers.delete(key);
    this.#callers.set(key, caller);
    caller.allowance = this.#allowanceOf(caller, now);
    caller.allowanceAt = now;
    if (caller.allowance < 1) return ((1 - caller.allowance) * 1_000) / upgradesPerSecond;
    caller.allowance -= 1;
    return caller.connections < connectionsPerAddress ? 0 : FULL_RETRY_MS;
  }

  /** A dial became a connection. Returns what to call, once, when it is gone, if it is counted. */
  opened(address: string): (() => void) | undefined {
    const caller = this.#callers.get(keyOf(address));
    if (!caller) return undefined;
    caller.connections++;
    return () => void caller.connections--;
  }

  #allowanceOf({ allowance, allowanceAt }: Caller, now: Millis): number {
    const { upgradesBurst, upgradesPerSecond } = this.#policy;
    return Math.min(upgradesBurst, allowance + ((now - allowanceAt) * upgradesPerSecond) / 1_000);
  }

  /** The two that dialled longest ago, if they are gone: faster than new ones can come. */
  #forgetTwo(now: Millis): void {
    let looked = 0;
    for (const [key, caller] of this.#callers) {
      if (looked++ === 2) return;
      const isIdle = caller.connections === 0;
      if (isIdle && this.#allowanceOf(caller, now) >= this.#policy.upgradesBurst) {
        this.#callers.delete(key);
      } else if (!isIdle) {
        // Still there: it must not hide those behind it.
        this.#callers.delete(key);
        this.#callers.set(key, caller);
      }
    }
  }
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./i.test(address);
}

/**
 * Whoever has one IPv6 address has all of its /64; an IPv4 address that came over an IPv6 socket
 * is the same as by itself.
 */
function keyOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [before = [], after = []] = address
    .toLowerCase()
    .split("::")
    .map((half) => (half === "" ? [] : half.split(":")));
  const zeros = Array.from({ length: Math.max(8 - before.length - after.length, 0) }, () => "0");
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}
