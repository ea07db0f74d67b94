/**
 * How other clients wait between dials when nothing is configured: their formulas, read from the
 * sources of the named versions. `retry` counts from 0, the wait after the drop itself.
 */

export interface PeerSchedule {
  readonly name: string;
  readonly version: string;
  /** For people; `waitMs` is the same in code. */
  readonly formula: string;
  /** Undefined: it gives up. */
  readonly waitMs: (retry: number, random: () => number) => number | undefined;
}

export const PEER_SCHEDULES: readonly PeerSchedule[] = [
  {
    name: "socket.io-client",
    version: "4.8.4",
    formula: "min(5 s, 1 s · 2ⁿ · (1 ± U(0, 0.5)))",
    // The jitter comes before the cap, so that from the fourth retry on most wait 5 s to the ms.
    waitMs(retry, random) {
      const ladder = 1_000 * 2 ** retry;
      const dice = random();
      const deviation = Math.floor(dice * 0.5 * ladder);
      const isLonger = (Math.floor(dice * 10) & 1) === 1;
      return Math.min(5_000, ladder + (isLonger ? deviation : -deviation));
    },
  },
  {
    name: "graphql-ws",
    version: "6.4.2",
    formula: "1 s · 2ⁿ + U(0.3 s, 3 s), five times",
    waitMs: (retry, random) =>
      retry < 5 ? 1_000 * 2 ** retry + 300 + random() * 2_700 : undefined,
  },
  {
    name: "@trpc/client wsLink",
    version: "11.25.2",
    formula: "0, then min(30 s, 1 s · 2ⁿ)",
    waitMs: (retry) => (retry === 0 ? 0 : Math.min(30_000, 1_000 * 2 ** retry)),
  },
];
