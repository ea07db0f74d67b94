/**
 * One listener of an emitter for all clients of a process: Node warns of the eleventh. The last
 * client to go takes it away.
 */
import type { Cancel } from "../../base/clock.ts";
import { guarded } from "../../base/errors.ts";

/** The half of Node's `EventEmitter` that we use. */
export interface EmitterLike<Name extends string> {
  on(name: Name, listener: () => void): unknown;
  off(name: Name, listener: () => void): unknown;
}

/** Whom an emitter's event is passed on to, and by what. */
interface Relay {
  readonly hearers: Set<() => void>;
  readonly tellAll: () => void;
}

const relays = new WeakMap<object, Map<string, Relay>>();

/** Calls `hear` at each event of that name, within the emitter's own call. The result ends it. */
export function onEmitted<Name extends string>(
  emitter: EmitterLike<Name>,
  name: Name,
  hear: () => void,
): Cancel {
  const { hearers, tellAll } = relayOf(emitter, name);
  // Of its own, because the same function may listen twice. What one throws keeps nothing from
  // the others, nor does it reach the emitter.
  const own = (): void => guarded(hear);
  if (hearers.size === 0) emitter.on(name, tellAll);
  hearers.add(own);
  return () => {
    if (hearers.delete(own) && hearers.size === 0) emitter.off(name, tellAll);
  };
}

function relayOf(emitter: object, name: string): Relay {
  const byName = relays.get(emitter) ?? new Map<string, Relay>();
  relays.set(emitter, byName);
  const known = byName.get(name);
  if (known) return known;
  const hearers = new Set<() => void>();
  const relay = { hearers, tellAll: () => hearers.forEach((hear) => hear()) };
  byName.set(name, relay);
  return relay;
}
