/** A path that swallows everything and says nothing: how soon a client knows. */
import { FaultLink } from "@holdfast/testing/fault-link";

import type { WatchedEvent } from "../actors/watch.ts";
import type { Plan } from "../plan.ts";
import type { Result } from "../result.ts";
import { pause, together, withPair } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const halfOpen: Workload = { name: "half-open", run };

/** Each is a round of its own: they are asleep most of the time. */
const CLIENTS = 5;

async function run(plan: Plan): Promise<Result> {
  const patienceSeconds = plan.pick(60, 12);
  const measured = await together(plan.peers(), 1, (peer) => measure(peer, patienceSeconds));
  const values = Object.fromEntries(
    Object.entries(measured).map(([peer, [seconds = []]]) => [peer, seconds]),
  );
  return {
    workload: halfOpen.name,
    title: "A path that is dead and does not say so",
    about: `Between ${CLIENTS} idle clients and their server, everything is swallowed both ways from one moment on. Until the client knows that it is not connected, with each library's defaults.`,
    figures: [
      {
        name: "noticed after",
        unit: "s",
        isLessBetter: true,
        isDrawn: true,
        values,
        patience: patienceSeconds,
        hasChart: true,
      },
    ],
    bars: [{ figure: "noticed after", of: "worst", atMost: 10 }],
  };
}

/** Of each client, in seconds. */
function measure(peer: string, patienceSeconds: number): Promise<number[]> {
  return withPair(peer, {}, async ({ client, url, peer: file }) => {
    const { port } = new URL(url);
    const link = await FaultLink.open({ target: { port: Number(port) } });
    try {
      await client.ask("connect", { peer: file, url: link.url(), count: CLIENTS });
      await pause(1_000);
      await client.ask("watch");
      const begun = performance.timeOrigin + performance.now();
      link.set({ blackHole: true });
      let lost: WatchedEvent[] = [];
      const patientUntil = performance.now() + patienceSeconds * 1_000;
      while (lost.length < CLIENTS && performance.now() < patientUntil) {
        await pause(200);
        lost = (await client.ask<WatchedEvent[]>("watched")).filter(({ type }) => type === "lost");
      }
      return Array.from({ length: CLIENTS }, (_, index) => {
        const at = lost.find((event) => event.client === index)?.at ?? Infinity;
        return (at - begun) / 1_000;
      });
    } finally {
      await link.close();
    }
  });
}
