/**
 * The numbers that the application names, checked when the server is made: one that is no number,
 * or that `welcome` cannot carry, would show much later, as clients that never get in.
 */
import { DEFAULT_WIRE_LIMITS } from "@holdfast/protocol";
import type { WireLimits } from "@holdfast/protocol";

import { DEFAULT_RETENTION, DEFAULT_SERVER_POLICY } from "./server-policy.ts";
import type { ServerPolicy } from "./server-policy.ts";
import type { Retention } from "./server-store.ts";

/** What is wrong with a number, as the end of a sentence; undefined: nothing. */
type Fault = (value: number, name: string) => string | undefined;

/** A `welcome`, a `refuse` and a page of nothing fit, however long the names in them are. */
const FRAME_BYTES_LEAST = 4_096;

/** The limits of the wire, each a whole number. Throws `RangeError`. */
export function limitsOf(given: Partial<WireLimits> = {}): WireLimits {
  return numbersOf("limits", DEFAULT_WIRE_LIMITS, given, (value, name) => {
    const least = leastOf(name);
    return value >= least ? whole(value) : `must be ${least} or more`;
  });
}

function leastOf(limit: string): number {
  if (limit === "frameBytes") return FRAME_BYTES_LEAST;
  // A client names itself, and its buckets, before it hears of any limit.
  return limit === "nameLength" ? DEFAULT_WIRE_LIMITS.nameLength : 1;
}

/**
 * Times are whole, rates finite; a count is whole, or `Infinity`: no bound. Throws `RangeError`.
 */
export function policyOf(given: Partial<ServerPolicy> = {}): ServerPolicy {
  const { heartbeat: bears, ...numbers } = given;
  const { heartbeat: usual, ...defaults } = DEFAULT_SERVER_POLICY;
  const heartbeat = numbersOf("policy.heartbeat", usual, bears ?? {}, whole);
  if (heartbeat.minMs > heartbeat.maxMs)
    throw new RangeError("policy.heartbeat.minMs must not be above maxMs.");
  const policy = numbersOf("policy", defaults, numbers, (value, name) => {
    if (name.endsWith("PerSecond")) return rate(value);
    return name.endsWith("Ms") ? whole(value) : count(value);
  });
  return { ...policy, heartbeat };
}

/**
 * Updates may be kept for ever, and so many are a whole number; how long keys are kept, each client
 * is told. Throws `RangeError`.
 */
export function retentionOf(given: Partial<Retention> = {}): Retention {
  return numbersOf("retention", DEFAULT_RETENTION, given, (value, name) => {
    if (name === "keyMs") return whole(value);
    return name === "updatesMax" ? count(value) : positive(value);
  });
}

function whole(value: number): string | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? undefined : "must be a whole number";
}

/** A store would compare half an update with whole ones, and fail. */
function count(value: number): string | undefined {
  return value === Infinity || !whole(value) ? undefined : "must be a whole number, or Infinity";
}

export function rate(value: number): string | undefined {
  return value > 0 && Number.isFinite(value) ? undefined : "must be a finite number above 0";
}

export function positive(value: number): string | undefined {
  return value >= 0 ? undefined : "must be 0 or more";
}

/** The defaults, with what is given in their place. Throws `RangeError`. */
export function numbersOf<Numbers extends object>(
  what: string,
  defaults: Numbers,
  given: Partial<Numbers>,
  faultOf: Fault,
): Numbers {
  const numbers: Numbers = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(defaults, name)) throw new RangeError(`${what} has no ${name}.`);
    const fault = typeof value === "number" ? faultOf(value, name) : "must be a number";
    if (fault) throw new RangeError(`${what}.${name} ${fault}.`);
    Object.assign(numbers, { [name]: value });
  }
  return numbers;
}
