/**
 * One process of the restart benchmark, which its parent tells what to do: `server N EXPECTED`
 * holds N servers, listens when told where, and is then killed; `clients PER_PORT PORT…` holds
 * clients, and tells in the end when each dialled and was open.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Cell, RealtimeClient } from "@holdfast/client";
import { nodePlatform } from "@holdfast/client/node";
import { bucket, call, defineContract } from "@holdfast/protocol";
import { RealtimeServer } from "@holdfast/server";
import { attach } from "@holdfast/server/use/ws";
import { WebSocket } from "ws";

/** What the parent asks for. */
export type RestartOrder =
  | { readonly type: "listen"; readonly ports: readonly number[] }
  | { readonly type: "storm" };

/** What a peer tells; instants are epoch milliseconds. */
export type RestartNews =
  | { readonly type: "ready" }
  | { readonly type: "listening"; readonly at: number; readonly ports: readonly number[] }
  | { readonly type: "open" }
  | {
      readonly type: "back";
      readonly dials: readonly number[];
      readonly backs: readonly number[];
      readonly windowsMs: readonly number[];
      /** Processor time of the process since the storm began. */
      readonly processorMs: number;
    };

const contract = defineContract({
  calls: { echo: call<string, string>() },
  buckets: { none: bucket() },
});

const [role, count = "1", ...rest] = process.argv.slice(2);
const instant = (): number => performance.timeOrigin + performance.now();
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const tell = (news: RestartNews): void => void process.send?.(news);

if (role === "server") serve(Number(count));
else dial(Number(count), rest.map(Number));

function serve(servers: number): void {
  const orders = (order: RestartOrder): void => {
    if (order.type === "listen") void listen(order.ports);
  };
  process.on("message", orders);
  const ready = Array.from({ length: servers }, () => {
    const http = createServer();
    const server = new RealtimeServer({
      contract,
      authenticate: () => ({ account: "bench" }),
      handlers: { echo: (text) => text },
      policy: { connectionsPerAccount: 100_000 },
    });
    attach(http, server);
    return http;
  });
  const listen = async (ports: readonly number[]): Promise<void> => {
    const bound = await Promise.all(
      ready.map(
        (http, index) =>
          new Promise<number>((resolve) =>
            http.listen({ port: ports[index] ?? 0, host: "127.0.0.1", backlog: 4_096 }, () =>
              resolve((http.address() as AddressInfo).port),
            ),
          ),
      ),
    );
    tell({ type: "listening", at: instant(), ports: bound });
  };
  tell({ type: "ready" });
}

function dial(perPort: number, ports: readonly number[]): void {
  const dials: number[] = [];
  const backs: number[] = [];
  const windowsMs: number[] = [];
  let isStorm = false;
  let begunAtMs = 0;
  let opened = 0;
  const all = perPort * ports.length;
  const clients = ports.flatMap((port) =>
    Array.from({ length: perPort }, () => {
      const client = new RealtimeClient({
        url: `ws://127.0.0.1:${port}/realtime`,
        contract,
        platform: nodePlatform({ WebSocket }),
        credentials: { identity: new Cell<string | null>("bench"), token: async () => "token" },
        onHandled({ step, before }) {
          if (isStorm && step.effects.some(({ type }) => type === "openTransport"))
            dials.push(instant());
          if (before.state === "open" && step.model.state !== "open")
            windowsMs.push(before.windowMs);
          if (before.state === "open" || step.model.state !== "open") return;
          if (!isStorm && ++opened === all) tell({ type: "open" });
          if (isStorm && backs.push(instant()) === all)
            tell({ type: "back", dials, backs, windowsMs, processorMs: processorMs() - begunAtMs });
        },
      });
      return client;
    }),
  );
  process.on("message", (order: RestartOrder) => {
    if (order.type !== "storm") return;
    isStorm = true;
    begunAtMs = processorMs();
  });
  for (const client of clients) client.start();
}
