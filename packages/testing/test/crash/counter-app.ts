/**
 * The app of the crash tests: increments of counters. Each increment is an update in its counter's
 * bucket, so that the log tells what was applied, how often and in which order.
 */
import { DEFAULT_CONNECTION_POLICY } from "@holdfast/client";
import type { ConnectionPolicy } from "@holdfast/client";
import { defineTransaction } from "@holdfast/client/durable";
import { bucket, call, defineContract } from "@holdfast/protocol";
import type { ServerStore } from "@holdfast/server";

/** A bucket of the app. */
export type Counter = `counter:${string}`;

export interface Increment {
  /** All of a lane are in the same. */
  readonly counter: Counter;
  /** Who asked. */
  readonly maker: string;
  /** Absent: no order. */
  readonly lane?: string;
  /** Rises from each of a maker's increments to the next. */
  readonly n: number;
}

export const contract = defineContract({
  calls: { increment: call<Increment, number>() },
  buckets: { counter: bucket<Increment>() },
});

/** Its result is where the update stands. */
export const increment = defineTransaction(contract, "increment", {
  lane: ({ lane }) => lane,
});

/** As the defaults, but waits are short: crashes come every second. */
export const policy: Partial<ConnectionPolicy> = {
  backoff: { ...DEFAULT_CONNECTION_POLICY.backoff, floorMs: 20, spanMs: 80, capMs: 250 },
  connectMs: 2_000,
  handshakeMs: 2_000,
  dialFloorMs: 20,
};

export const nameOf = ({ maker, lane = "", n }: Increment): string => `${maker}/${lane}/${n}`;

export const counterOf = (lane: string): Counter => `counter:${lane || "free"}`;

/** What was applied to a counter, and where it stands. */
export interface Applied {
  readonly seq: number;
  readonly data: Increment;
}

/** A bucket's log, whole. Throws where it has a hole. */
export async function logOf(store: ServerStore, bucket: Counter): Promise<readonly Applied[]> {
  const log: Applied[] = [];
  for (;;) {
    const [page] = await store.read([{ bucket, after: log.length }], {
      updates: 1_000,
      bytes: 1_048_576,
    });
    if (!page || page.upTo === log.length) return log;
    for (const { seq, data } of page.updates) {
      if (seq !== log.length + 1) throw new Error(`${bucket}: ${seq} after ${log.length}`);
      log.push({ seq, data: data as Increment });
    }
  }
}

/** Where a number of a lane comes after a larger one. */
export function laneFaults(logs: readonly (readonly Applied[])[]): readonly string[] {
  const newest = new Map<string, number>();
  const faults: string[] = [];
  for (const { data } of logs.flat()) {
    if (data.lane === undefined) continue;
    const lane = `${data.maker}/${data.lane}`;
    const before = newest.get(lane) ?? 0;
    if (data.n <= before) faults.push(`${nameOf(data)} after ${before}`);
    newest.set(lane, data.n);
  }
  return faults;
}
