/** Calls that must happen once, at a steady rate, whatever becomes of the connection. */
import type { PeerClient } from "../peers/peer.ts";

export interface SteadyAddsInput {
  readonly perSecond: number;
  readonly seconds: number;
  /** How long after the last one answers are still awaited. */
  readonly patienceSeconds: number;
}

export interface SteadyAddsMeasured {
  readonly asked: number;
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
  /** The longest that one took to be answered, in ms. */
  readonly behindMs: number;
}

/** How often the calls that are due are made, in ms: a timer of 5 ms would drift. */
const TICK_MS = 5;

export async function steadyAdds(
  client: PeerClient,
  { perSecond, seconds, patienceSeconds }: SteadyAddsInput,
): Promise<SteadyAddsMeasured> {
  const succeeded: number[] = [];
  const failed: number[] = [];
  const begunAt = new Map<number, number>();
  let behindMs = 0;
  const settle = (id: number, into: number[]): void => {
    into.push(id);
    behindMs = Math.max(behindMs, performance.now() - (begunAt.get(id) ?? 0));
    begunAt.delete(id);
  };
  const total = perSecond * seconds;
  const begun = performance.now();
  for (let id = 0; id < total;) {
    const due = Math.min(total, ((performance.now() - begun) / 1_000) * perSecond);
    for (; id < due; id++) {
      const own = id;
      begunAt.set(own, performance.now());
      client.call("add", { id: own }).then(
        () => settle(own, succeeded),
        () => settle(own, failed),
      );
    }
    await pause(TICK_MS);
  }
  const patientUntil = performance.now() + patienceSeconds * 1_000;
  while (begunAt.size > 0 && performance.now() < patientUntil) await pause(20);
  for (const at of begunAt.values()) behindMs = Math.max(behindMs, performance.now() - at);
  return { asked: total, succeeded, failed, behindMs };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
