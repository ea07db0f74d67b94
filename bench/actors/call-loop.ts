/** Calls one after the other, or many at once, for a time. */
import { TEXT } from "../peers/peer.ts";
import type { PeerClient } from "../peers/peer.ts";
import { cpuUs } from "./actor.ts";

export interface CallLoopInput {
  readonly seconds: number;
  readonly inFlight: number;
}

export interface CallLoopMeasured {
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** User and system time of this process per call. */
  readonly cpuUs: number;
}

export async function callLoop(
  client: PeerClient,
  { seconds, inFlight }: CallLoopInput,
): Promise<CallLoopMeasured> {
  const latencies: number[] = [];
  const cpuBefore = cpuUs();
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  const lane = async (): Promise<void> => {
    for (let before = performance.now(); before < end;) {
      await client.call("echo", { text: TEXT });
      const after = performance.now();
      latencies.push(after - before);
      before = after;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const elapsedMs = performance.now() - begun;
  const spentUs = cpuUs() - cpuBefore;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    (latencies[Math.floor(latencies.length * share)] ?? 0) * 1_000;
  return {
    calls: latencies.length,
    callsPerSecond: (latencies.length / elapsedMs) * 1_000,
    p50Us: at(0.5),
    p99Us: at(0.99),
    cpuUs: spentUs / latencies.length,
  };
}
