/** What a network does to a device. */
import type { Cancel } from "@holdfast/client";
import type { Frame } from "@holdfast/protocol";

import type { DialRefusal } from "../memory-connection.ts";
import type { LinkDirection } from "../memory-link.ts";
import type { Fault, FaultTable } from "./fault.ts";

const REFUSALS: readonly DialRefusal[] = [
  {},
  { httpStatus: 500 },
  { httpStatus: 503, retryAfterMs: 3_000 },
  { httpStatus: 429, retryAfterMs: 8_000 },
  { httpStatus: 401 },
];

/** What no peer would say. */
const NOISE: readonly Frame[] = [
  "",
  "{",
  "[]",
  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
  '{"type":"gift"}',
  '{"type":"updates","bucket":"list:a","epoch":"other","after":90,"upTo":91,"updates":[]}',
  '{"type":"result","id":99999999,"output":1}',
  '{"type":"pong"}',
  '{"type":"hello","token":7}',
  '{"__proto__":{"type":"ping"}}',
  '{"type":"ping","nonce":-1}',
  '{"type":"call","id":1e400,"method":"bump"}',
  '{"type":"welcome","account":7}',
  '{"type":"result"}',
  '{"type":"updates","bucket":"list:a","epoch":"e","after":9,"upTo":8,"updates":[{}]}',
  '{"type":"goingAway","windowMs":"soon"}',
  '[{"type":"pong","nonce":1},{"type":"subscribe","buckets":[null]}]',
  `[${'{"type":"ping","nonce":1},'.repeat(5_000)}{}]`,
  "GET / HTTP/1.1",
  new Uint8Array([0, 255, 1, 254]),
];

const blackHole = (direction: LinkDirection): Fault => ({
  lastsMs: [300, 60_000],
  begin({ device: { link } }) {
    link.blackHole(direction);
    return () => link.heal();
  },
});

const noise = (direction: "up" | "down"): Fault => ({
  lastsMs: [1, 20_000],
  begin({ device: { link }, dice }) {
    link.inject(direction, dice.pick(NOISE));
    return () => link.inject(direction, dice.pick(NOISE));
  },
});

export const NETWORK_FAULTS: FaultTable = {
  latency: {
    lastsMs: [1_000, 90_000],
    begin({ device, dice }) {
      const ms = dice.ms(50, 4_000);
      device.link.delayMs = () => ms * (0.2 + dice.random());
      return () => device.quiet();
    },
  },
  /** What was said on one connection arrives after what is said on the next. */
  "reordered connections": {
    lastsMs: [2_000, 30_000],
    begin({ world: { clock }, device, dice }) {
      const slowMs = dice.ms(300, 4_000);
      device.link.delayMs = (dial) => (dial % 2 === 0 ? 5 : slowMs) * (1 + dice.random());
      let cancel: Cancel;
      const dialAgain = (): void => {
        for (const { process } of device.tabs) if (process.isAwake) process.dialAgain();
        cancel = clock.at(clock.now() + dice.ms(300, 6_000), dialAgain);
      };
      dialAgain();
      return () => {
        cancel();
        device.quiet();
      };
    },
  },
  reset: {
    lastsMs: [1, 2],
    begin: ({ device: { link } }) => link.drop(),
  },
  flapping: {
    lastsMs: [2_000, 20_000],
    begin({ world: { clock }, device: { link }, dice }) {
      let cancel: Cancel;
      const flap = (): void => {
        link.drop();
        cancel = clock.at(clock.now() + dice.ms(100, 3_000), flap);
      };
      flap();
      return () => cancel();
    },
  },
  "black hole": blackHole("both"),
  "black hole up": blackHole("up"),
  "black hole down": blackHole("down"),
  "half-open": {
    lastsMs: [1, 2],
    begin: ({ device: { link } }) => link.strand(),
  },
  "slow upgrade": {
    lastsMs: [5_000, 60_000],
    begin({ device, dice }) {
      device.link.dialDelayMs = dice.ms(1_000, 15_000);
      device.link.drop();
      return () => void (device.link.dialDelayMs = 0);
    },
  },
  "refused dials": {
    lastsMs: [500, 60_000],
    begin({ world: { mood, clock }, device: { link }, dice }) {
      const refusal = dice.pick(REFUSALS);
      if (refusal.httpStatus === 401) mood.rejectedUntil = clock.now() + 240_000;
      link.refuseDials(refusal);
      link.drop();
      return () => link.acceptDials();
    },
  },
  "noise up": noise("up"),
  "noise down": noise("down"),
  "slow consumer": {
    lastsMs: [1_000, 6_000],
    begin({ world, device: { link } }) {
      link.blackHole("down");
      for (let n = 0; n < 60; n++) world.write("list:b", -1, "x".repeat(30_000));
      return () => link.heal();
    },
  },
};
