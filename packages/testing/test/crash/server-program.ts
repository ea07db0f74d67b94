/**
 * The server that is killed: everything it knows is in one SQLite file. Says `listening`, now and
 * then `calls`, what it survived as `fault`, and after SIGTERM `closed`.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import { RealtimeServer } from "@holdfast/server";
import type { CloseOptions } from "@holdfast/server";
import { sqliteStore } from "@holdfast/server/sqlite";
import { attach } from "@holdfast/server/use/ws";

import { accountOfToken } from "../../src/fake-adapters.ts";
import { contract } from "./counter-app.ts";
import { say } from "./said.ts";

/** What the program is started with. */
export interface ServerProgramArgument {
  readonly path: string;
  /** 0: any that is free. */
  readonly port: number;
  /** How it ends. Default: at once. */
  readonly closing?: CloseOptions;
}

const { path, port, closing } = JSON.parse(process.argv[2] ?? "") as ServerProgramArgument;

const store = sqliteStore({ path });
// The app's own table, to be changed together with the log.
await store.commit({
  run: ({ db }) =>
    db.exec("create table if not exists tally (counter text primary key, count int)"),
});

const server = new RealtimeServer({
  contract,
  store,
  authenticate: ({ token = "" }) => ({ account: accountOfToken(token) }),
  handlers: {
    increment: async (input, { commit }) => {
      // What is asked for at the same time is done in any order.
      await pause(Math.random() * 5);
      return commit((tx) => {
        tx.db
          .prepare("insert into tally values (?, 1) on conflict do update set count = count + 1")
          .run(input.counter);
        return tx.append(input.counter, input).seq;
      });
    },
  },
  buckets: { counter: { authorize: () => true } },
  onError: (error, { place }) => say("fault", place, String(error)),
});

const http = createServer();
attach(http, server);
http.listen(port, "127.0.0.1", () => say("listening", (http.address() as AddressInfo).port));

const counting = setInterval(() => say("calls", server.stats.callsStarted), 50);

process.once("SIGTERM", () => {
  clearInterval(counting);
  void (async () => {
    await server.close(closing ?? { windowMs: 0, graceMs: 0 });
    await store.close();
    http.close(() => say("closed"));
    http.closeAllConnections();
  })();
});
