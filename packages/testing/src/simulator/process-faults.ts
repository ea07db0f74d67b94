/** What happens to a device and the processes of the app on it. */
import type { AppProcess } from "./app-process.ts";
import type { Device } from "./device.ts";
import type { Fault, FaultSite, FaultTable } from "./fault.ts";

/** Whoever it strikes: one of the tabs that run; none if none does. */
function struck({ device, dice }: FaultSite): AppProcess | undefined {
  const awake = device.tabs.filter(({ process }) => process.isAwake);
  return awake.length > 0 ? dice.pick(awake).process : undefined;
}

/** A device on which nothing runs is started again by its user. */
function comeBack(device: Device): void {
  if (device.tabs.length === 0) device.start();
}

/** A call that still waits when something else happens. The server sees in whose name it comes. */
function askWithoutAnswer({ client, credentials }: AppProcess, pad = ""): void {
  const as = credentials.identity.current;
  if (as !== null) client.call("echo", { n: 0, as, pad }, { timeoutMs: 20_000 }).catch(() => {});
}

/** A fault of one process, from which it recovers if it still lives. */
const fault = (
  lastsMs: Fault["lastsMs"],
  begin: (process: AppProcess, site: FaultSite) => ((process: AppProcess) => void) | void,
): Fault => ({
  lastsMs,
  begin(site) {
    const process = struck(site);
    const end = process && begin(process, site);
    return () => void (process?.isAlive && end?.(process));
  },
});

export const PROCESS_FAULTS: FaultTable = {
  "torn store": {
    lastsMs: [2_000, 20_000],
    begin(site) {
      const { device, dice } = site;
      const process = struck(site);
      const die = (): void => process?.kill(dice.chance(0.7));
      const death = { writes: dice.whole(1, 6), afterWrite: dice.chance(0.5), die };
      if (process) process.store.death = death;
      return () => {
        // It had nothing to write: it dies all the same.
        die();
        comeBack(device);
      };
    },
  },
  "power loss": {
    lastsMs: [500, 30_000],
    begin({ device }) {
      for (const { process } of device.tabs) process.kill(false);
      return () => comeBack(device);
    },
  },
  reload: {
    lastsMs: [50, 3_000],
    begin(site) {
      const process = struck(site);
      void process?.close();
      return () => comeBack(site.device);
    },
  },
  "second tab": {
    lastsMs: [2_000, 90_000],
    begin({ device }) {
      const { process, user } = device.start();
      return () => {
        if (!process.isAwake) return;
        user.leave();
        void process.close();
      };
    },
  },
  "disk full": {
    lastsMs: [200, 30_000],
    begin({ device: { disk } }) {
      disk.isFull = true;
      return () => void (disk.isFull = false);
    },
  },
  "slow store": {
    lastsMs: [1_000, 60_000],
    begin({ device: { disk }, dice }) {
      disk.slowMs = dice.ms(20, 3_000);
      return () => void (disk.slowMs = 0);
    },
  },
  sleep: {
    lastsMs: [1_000, 120_000],
    begin({ world: { clock }, device, dice }) {
      const asleep = device.tabs.map(({ process }) => process).filter(({ isAwake }) => isAwake);
      const since = clock.now();
      const stopsClock = dice.chance(0.5);
      // A lid that closes takes the network first.
      const isOffline = dice.chance(0.4);
      if (isOffline) {
        device.link.refuseDials();
        device.link.drop();
      }
      const cancel = clock.at(since + (isOffline ? 700 : 0), () => {
        for (const process of asleep) process.sleep();
      });
      return () => {
        cancel();
        device.link.acceptDials();
        for (const process of asleep) {
          process.wake(stopsClock ? clock.now() - since : 0);
          if (process.isAwake && dice.chance(0.5)) process.lifecycle.wake();
        }
      };
    },
  },
  "wall clock forward": fault([1_000, 60_000], (process, { dice }) => {
    process.clock.jumpWall(dice.ms(1_000, 7_200_000));
    return () => process.clock.setWall();
  }),
  "wall clock back": fault([1_000, 60_000], (process, { dice }) => {
    process.clock.jumpWall(-dice.ms(1_000, 7_200_000));
    return () => process.clock.setWall();
  }),
  background: fault([500, 90_000], (process) => {
    process.lifecycle.background();
    return () => process.lifecycle.foreground();
  }),
  frozen: fault([500, 60_000], (process, { dice }) => {
    process.lifecycle.background();
    process.lifecycle.freeze();
    if (dice.chance(0.7)) process.sleep();
    return () => {
      process.wake(0);
      process.lifecycle.thaw();
      process.lifecycle.foreground();
    };
  }),
  "hint: offline, wrongly": fault([500, 60_000], (process) => {
    process.network.goOffline();
    return () => process.network.goOnline();
  }),
  "hint: online, wrongly": fault([500, 20_000], (process, { device: { link } }) => {
    link.blackHole("both");
    process.network.goOffline();
    process.network.goOnline("constrained");
    return () => {
      link.heal();
      process.network.goOnline("good");
    };
  }),
  "no network": fault([500, 60_000], (process, { device: { link } }) => {
    link.refuseDials();
    link.drop();
    process.network.goOffline();
    return () => {
      link.acceptDials();
      process.network.goOnline();
    };
  }),
  "token provider hangs": fault([1_000, 40_000], (process, { device: { link } }) => {
    process.credentials.script = () => new Promise(() => {});
    link.drop();
    return () => process.mendProvider();
  }),
  "token provider fails": fault([1_000, 40_000], (process, { device: { link }, dice }) => {
    process.credentials.script = dice.chance(0.3) ? null : new Error("not now");
    link.drop();
    return () => {
      process.mendProvider();
      process.client.tokenChanged();
    };
  }),
  "flood up": fault([1_000, 30_000], (process, { device: { link } }) => {
    link.blackHole("up");
    for (let n = 0; n < 60; n++) askWithoutAnswer(process, "x".repeat(30_000));
    return () => link.heal();
  }),
  "another account": {
    lastsMs: [1_000, 60_000],
    begin(site) {
      const process = struck(site);
      if (!process) return () => {};
      const { device, dice, world } = site;
      const { clock } = world;
      const others = ["ada", "bob", "cleo", null].filter((who) => who !== process.account);
      const other = dice.pick(others);
      // Now and then without a network, so that what was asked still waits when the user changes.
      const isOffline = dice.chance(0.5);
      if (isOffline) {
        device.link.refuseDials();
        device.link.drop();
        askWithoutAnswer(process);
      }
      const cancel = clock.at(clock.now() + (isOffline ? 600 : 0), () => {
        process.signIn(other);
        device.link.acceptDials();
      });
      // The timer is the fault's own, and ends though the process is gone.
      return () => {
        cancel();
        if (process.isAlive) process.signIn(process.account);
      };
    },
  },
  "user stops": fault([500, 30_000], (process) => {
    process.client.stop();
    return () => process.client.start();
  }),
};
