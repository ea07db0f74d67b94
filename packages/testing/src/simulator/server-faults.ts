/** What servers do, and what is done to them. */
import type { FaultTable } from "./fault.ts";

/** How long a rejection of tokens may be remembered by clients. */
const GRUDGE_MS = 120_000;

export const SERVER_FAULTS: FaultTable = {
  "server crash": {
    lastsMs: [100, 40_000],
    begin({ world }) {
      world.killServer();
      return () => world.startServer(true);
    },
  },
  "server loses its store": {
    lastsMs: [100, 10_000],
    begin({ world }) {
      world.killServer();
      return () => world.startServer(false);
    },
  },
  "rolling hand-over": {
    lastsMs: [1, 2],
    begin: ({ world }) => world.handOver(),
  },
  "slow server store": {
    lastsMs: [1_000, 40_000],
    begin({ world: { serverDisk }, dice }) {
      serverDisk.slowMs = dice.ms(5, 2_000);
      return () => void (serverDisk.slowMs = 0);
    },
  },
  "failing server store": {
    lastsMs: [200, 8_000],
    begin({ world: { serverDisk }, dice }) {
      serverDisk.failing = dice.pick([0.1, 0.5, 1]);
      return () => void (serverDisk.failing = 0);
    },
  },
  "busy server": {
    lastsMs: [1_000, 30_000],
    begin({ world: { mood }, dice }) {
      mood.busyMs = dice.ms(200, 40_000);
      return () => void (mood.busyMs = 0);
    },
  },
  "expired tokens": {
    lastsMs: [1, 2],
    begin({ world, device: { account } }) {
      const { mood, clock } = world;
      // Once is what a renewal is for; after a second time in a row the user is asked.
      if (clock.wallNow() - mood.tokensGoodFrom < GRUDGE_MS)
        mood.rejectedUntil = clock.now() + GRUDGE_MS;
      mood.tokensGoodFrom = clock.wallNow();
      const server = world.server?.server;
      server?.disconnect(account, { action: "reauthenticate", code: "tokenExpired" });
    },
  },
  "rejected tokens": {
    lastsMs: [500, 20_000],
    begin({ world, device: { account } }) {
      world.mood.tokensGoodFrom = Infinity;
      world.mood.rejectedUntil = Infinity;
      world.server?.server.disconnect(account, { action: "reauthenticate", code: "badToken" });
      return () => {
        world.mood.tokensGoodFrom = 0;
        world.mood.rejectedUntil = world.clock.now() + GRUDGE_MS;
      };
    },
  },
  "revoked bucket": {
    lastsMs: [1_000, 60_000],
    begin({ world, device: { account } }) {
      const bucket = "list:a";
      world.mood.revoked.add(`${account} ${bucket}`);
      world.server?.server.revoke(account, bucket);
      return () => {
        world.mood.revoked.delete(`${account} ${bucket}`);
        // What was refused is asked for again with the next session.
        world.server?.server.disconnect(account, { action: "retry", code: "retry" });
      };
    },
  },
  "sent away": {
    lastsMs: [1_000, 20_000],
    begin({ world, device }) {
      world.server?.server.disconnect(device.account, { action: "stop", code: "maintenance" });
      return () => {
        for (const { process } of world.tabs) if (process.isAwake) process.client.start();
      };
    },
  },
};
