/** Calls that must happen once, over a connection that is reset again and again. */
import { FaultLink } from "@holdfast/testing/fault-link";

import type { SteadyAddsMeasured } from "../actors/steady-adds.ts";
import type { Plan } from "../plan.ts";
import type { Figure, Result } from "../result.ts";
import { together, valuesOf, withPair } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const exactlyOnce: Workload = { name: "exactly-once", run };

const PER_SECOND = 200;
const RESET_MS = [200, 500] as const;
/** Libraries that try to bring a call through; the others fail it, and say so. */
const PEERS = ["holdfast", "socket.io", "graphql-ws", "tRPC"];
/** Some servers complain of each reset. */
const QUIET = { server: { isQuiet: true } };
/** How often those that are compared run. */
const THEIR_ROUNDS = 2;

interface Fate {
  readonly lost: number;
  readonly doubled: number;
  readonly hung: number;
  readonly failed: number;
  readonly falselyFailed: number;
  readonly behindSeconds: number;
}

async function run(plan: Plan): Promise<Result> {
  const seconds = plan.pick(5, 2);
  const patienceSeconds = plan.pick(15, 4);
  const rounds = plan.rounds(10);
  const peers = plan.peers(({ name }) => PEERS.includes(name));
  const once = (peer: string, round: number): Promise<Fate> =>
    measure(peer, round, seconds, patienceSeconds);
  const measured = await together(peers, Math.min(rounds, THEIR_ROUNDS), once);
  for (let round = THEIR_ROUNDS; round < rounds; round++)
    measured["holdfast"]?.push(await once("holdfast", round));
  const figure = (name: string, of: keyof Fate, unit = ""): Figure => {
    const values = valuesOf(measured, (one) => one[of]);
    return { name, unit, isLessBetter: true, isDrawn: true, values };
  };
  const none = (name: string) => ({ figure: name, of: "worst", atMost: 0 }) as const;
  return {
    workload: exactlyOnce.name,
    title: "Once, and only once",
    about: `${PER_SECOND} calls a second for ${seconds} s, each of which counts at the server; every connection is reset after ${RESET_MS.join(" to ")} ms, until all calls are made. Then ${patienceSeconds} s to answer what is left. Holdfast with keys ran ${rounds} times, the others ${Math.min(rounds, THEIR_ROUNDS)} times with what each has for it: socket.io with retries, graphql-ws which sends again by itself, tRPC which fails what was sent.`,
    figures: [
      figure("succeeded, had no effect", "lost"),
      figure("had effect twice", "doubled"),
      figure("failed, had effect", "falselyFailed"),
      figure("failed", "failed"),
      figure("no answer", "hung"),
      { ...figure("the longest wait", "behindSeconds", "s"), hasChart: true },
    ],
    bars: [
      none("succeeded, had no effect"),
      none("had effect twice"),
      none("failed, had effect"),
      none("failed"),
      none("no answer"),
      { figure: "the longest wait", of: "worst", atMost: 1 },
    ],
  };
}

function measure(
  peer: string,
  round: number,
  seconds: number,
  patienceSeconds: number,
): Promise<Fate> {
  return withPair(peer, QUIET, async ({ server, client, url, peer: file }) => {
    const target = { port: Number(new URL(url).port) };
    const link = await FaultLink.open({ target, seed: round + 1 });
    try {
      await client.ask("connect", { peer: file, url: link.url(), count: 1, isDurable: true });
      link.resetEvery(...RESET_MS);
      const timer = setTimeout(() => link.clear(), seconds * 1_000);
      const input = { perSecond: PER_SECOND, seconds, patienceSeconds };
      const said = await client.ask<SteadyAddsMeasured>("adds", input);
      clearTimeout(timer);
      return fateOf(said, new Map(await server.ask<[number, number][]>("added")));
    } finally {
      await link.close();
    }
  });
}

function fateOf(said: SteadyAddsMeasured, added: ReadonlyMap<number, number>): Fate {
  const { asked, succeeded, failed, behindMs } = said;
  return {
    lost: succeeded.filter((id) => !added.has(id)).length,
    doubled: [...added.values()].filter((times) => times > 1).length,
    hung: asked - succeeded.length - failed.length,
    failed: failed.length,
    falselyFailed: failed.filter((id) => added.has(id)).length,
    behindSeconds: behindMs / 1_000,
  };
}
