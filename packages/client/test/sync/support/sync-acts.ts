/** What can happen in a {@link SyncWorld}, the likelier things more than once. */
import * as fc from "fast-check";

import { BUCKETS } from "./sync-world.ts";
import type { SyncWorld } from "./sync-world.ts";

type Act = (world: SyncWorld, bucket: string, size: number) => unknown;

const ACTS: Readonly<Record<string, readonly [weight: number, act: Act]>> = {
  append: [6, ({ rig }, bucket, size) => rig.server.append(bucket, { count: size + 1 })],
  "append what is hidden": [
    1,
    ({ rig }, bucket, size) => rig.server.append(bucket, { count: size + 1, isHidden: true }),
  ],
  flow: [6, ({ rig }) => rig.flow()],
  serve: [3, ({ rig }) => rig.session?.serve()],
  deliver: [4, ({ rig }) => rig.session?.deliver()],
  "a moment": [2, ({ rig }, _, size) => rig.run(100 + 200 * size)],
  "a while": [2, ({ rig }, _, size) => rig.run(2_000 + 9_000 * size)],
  connect: [4, ({ rig }) => rig.connect()],
  drop: [2, ({ rig }) => rig.drop()],
  open: [4, (world, bucket, size) => world.open(bucket, size)],
  close: [2, (world, bucket) => world.close(bucket)],
  prioritise: [1, (world, bucket, size) => world.setPriority(bucket, size)],
  "commits fail": [2, ({ rig }, _, size) => (rig.store.failures = size < 3 ? size : Infinity)],
  "snapshots fail": [1, ({ rig }, _, size) => (rig.store.snapshotFailures = size)],
  "commits wait": [2, ({ rig }) => (rig.store.isSlow = true)],
  "commits do not wait": [1, ({ rig }) => (rig.store.isSlow = false)],
  "let through": [4, ({ rig }) => rig.store.letThrough()],
  "another tab": [2, ({ rig }, bucket, size) => rig.store.anotherTab(rig.server, bucket, size + 1)],
  trim: [1, ({ rig }, bucket, size) => rig.server.trim(bucket, rig.server.head(bucket) - size)],
  renew: [1, (world, bucket, size) => world.renew(bucket, size)],
  crash: [1, (world) => world.crash()],
  "change account": [1, (world) => world.changeAccount()],
  wipe: [1, (world, bucket) => world.wipe(bucket)],
  "a fetch is lost": [1, ({ rig }) => rig.session?.loseFetch()],
  "pushes become hints": [1, ({ rig }) => rig.session && (rig.session.isPressed = true)],
  "pushes are pushes": [1, ({ rig }) => rig.session && (rig.session.isPressed = false)],
  "hints instead of pages": [1, ({ rig }, _, size) => (rig.server.firstPagesMax = size)],
  "the server adopts": [1, ({ rig }, bucket) => rig.session?.adopt(bucket)],
  revoke: [1, (world, bucket) => world.revoke(bucket)],
  "forge a push": [
    1,
    (world, bucket, size) => {
      const head = world.rig.server.head(bucket);
      world.forge(bucket, Math.max(head - size - 1, 0), Math.max(head - (size % 2), 0));
    },
  ],
  "pages are empty": [
    1,
    ({ rig }, _, size) => {
      rig.server.emptyPages = size < 2 ? size : Infinity;
      rig.server.isBlind = size % 2 === 0;
    },
  ],
  "debts fail": [1, ({ rig }, _, size) => (rig.debts.failures = size)],
};

const NAMES = Object.entries(ACTS).flatMap(([name, [weight]]) => Array<string>(weight).fill(name));
const SIZES = 4;

/** Acts are numbers below this. */
const ACT_MAX = NAMES.length * BUCKETS.length * SIZES;

interface Told {
  readonly name: string;
  readonly bucket: string;
  readonly size: number;
}

function told(code: number): Told {
  const size = code % SIZES;
  const bucket = BUCKETS[Math.floor(code / SIZES) % BUCKETS.length] ?? BUCKETS[0];
  const name = NAMES[Math.floor(code / SIZES / BUCKETS.length)] ?? "flow";
  return { name, bucket, size };
}

export function story(codes: readonly number[]): string {
  return codes
    .map(told)
    .map(({ name, bucket, size }) => `${name} (${bucket}, ${size})`)
    .join("; ");
}

/**
 * How a world begins: with everything open and up to date. And how it ends: with all of it open.
 */
export interface Course {
  readonly isWarm: boolean;
  readonly isReopened: boolean;
}

/** Any acts, in any course of the world. */
export const ACTS_IN_COURSE: readonly [fc.Arbitrary<number[]>, fc.Arbitrary<Course>] = [
  fc.array(fc.nat(ACT_MAX - 1), { maxLength: 40, size: "max" }),
  fc.record({ isWarm: fc.boolean(), isReopened: fc.boolean() }),
];

/** Plays the acts, then heals the world. Returns what went wrong. */
export async function play(
  world: SyncWorld,
  codes: readonly number[],
  { isWarm, isReopened }: Course,
): Promise<string | undefined> {
  if (isWarm) {
    for (const bucket of BUCKETS) {
      world.open(bucket, 0);
      world.rig.server.append(bucket, { count: 4 });
    }
    await world.rig.flow();
  }
  try {
    for (const code of codes) {
      const { name, bucket, size } = told(code);
      const { fetches } = world.rig.server;
      await ACTS[name]?.[1](world, bucket, size);
      await Promise.resolve();
      await Promise.resolve();
      const isInstant = name !== "a while" && name !== "a moment";
      const fault = world.fault(isInstant ? fetches : Infinity);
      if (fault) return `${fault}\n  after: ${name} (${bucket}, ${size})`;
    }
    return await world.heal(isReopened);
  } catch (error) {
    return String(error);
  }
}
