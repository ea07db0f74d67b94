/** Clients that take less than they are pushed: they fetch what they miss, and miss nothing. */
import { seededRandom } from "@holdfast/client";
import { bucket, defineContract } from "@holdfast/protocol";
import { memoryStore } from "@holdfast/server";
import { expect, test } from "vitest";

import { linkedPair } from "../../src/linked-pair.ts";
import { NotesWorld } from "./notes-world.ts";

const contract = defineContract({ buckets: { list: bucket<string>() } });
const NOTE = "x".repeat(1_000);
const lists = ["list:1", "list:2", "list:3"] as const;

/** Three lists that are open; what is in them before, their client fetches. */
async function slowWorld(notesBefore: number) {
  const pair = linkedPair({
    contract,
    handlers: {},
    buckets: { list: { authorize: () => true } },
    server: { store: memoryStore(), policy: { bufferedBytesSoft: 20_000 } },
  });
  const written = new Map<string, string[]>(lists.map((list) => [list, []]));
  const write = async (list: (typeof lists)[number], text: string): Promise<void> => {
    await pair.clock.finish(pair.server.publish(list, text));
    written.get(list)?.push(text);
  };
  for (let n = 0; n < notesBefore; n++) for (const list of lists) await write(list, `before ${n}`);
  const { client, link } = pair.addDurableClient();
  await pair.open();
  /** What the app has stored, by bucket. */
  const stored = new Map<string, string[]>(lists.map((list) => [list, []]));
  const buckets = lists.map((list) => client.bucket(list));
  for (const one of buckets) {
    one.open({
      apply: ({ bucket: key, from, to, updates }) => {
        const texts = stored.get(key);
        expect([from?.seq ?? 0, to.seq]).toEqual([texts?.length, updates.at(-1)?.seq ?? 0]);
        texts?.push(...updates.map(({ data }) => data));
      },
    });
  }
  const areEqual = (): boolean =>
    lists.every((list) => stored.get(list)?.length === written.get(list)?.length);
  const areLive = (): boolean => buckets.every(({ state }) => state.current.phase === "live");
  await pair.clock.runUntil(() => areEqual() && areLive());
  return { pair, link, stored, written, write, areEqual };
}

test.each([
  // What is kept is told of news without the data; what was never fetched, once it reads again.
  ["has fetched", 1, { feedsBehind: 3, headsSaid: 3, sessions: 2 }],
  ["has fetched nothing yet", 0, { headsSaid: 0, sessions: 2 }],
])(
  "a client that %s and whose link stands still is not pushed to, and fetches what it missed (Y1, V3)",
  async (_, before, stats) => {
    const { pair, link, stored, written, write, areEqual } = await slowWorld(before);
    link.blackHole("down");
    for (let n = 0; n < 100; n++) for (const list of lists) await write(list, `${n} ${NOTE}`);
    await pair.clock.run(3_000);
    // What waits for it is bounded, whatever was written: 300 KB.
    expect(pair.server.stats).toMatchObject(stats);
    expect(pair.server.stats.updatesPushed).toBeLessThan(25);
    link.heal();
    await pair.clock.runUntil(areEqual);
    expect(stored).toEqual(written);
    expect(pair.server.stats).toMatchObject({ feedsBehind: 0, refusals: {}, handshakes: 2 });
    const pushed = pair.server.stats.updatesPushed;
    await write("list:1", "live again");
    await pair.clock.runUntil(areEqual);
    expect(pair.server.stats.updatesPushed).toBe(pushed + 1);
    await pair.close();
  },
);

test("on a link that is slow, stands still and breaks, every bucket ends equal to the log (Y1, V3)", async () => {
  const { pair, link, stored, written, write, areEqual } = await slowWorld(1);
  const random = seededRandom(11);
  link.delayMs = () => 20 + 300 * random();
  let headsSaid = 0;
  const countHeads = (): void => {
    headsSaid += pair.server.stats.headsSaid;
  };
  for (let moment = 0; moment < 300; moment++) {
    const dice = random();
    if (dice < 0.15) link.blackHole("down");
    else if (dice < 0.4) link.heal();
    else if (dice < 0.42) link.drop();
    else if (dice < 0.43) {
      countHeads();
      pair.startServer();
    } else {
      const list = lists[Math.floor(random() * lists.length)] ?? "list:1";
      for (let n = 0; n < 60 * random(); n++) await write(list, `${moment}.${n} ${NOTE}`);
    }
    await pair.clock.run(600 * random());
  }
  countHeads();
  expect(headsSaid).toBeGreaterThan(5);
  link.heal();
  await pair.clock.runUntil(areEqual);
  expect(stored).toEqual(written);
  await pair.close();
});

test.each(["a burst", "a link that stood still"])(
  "a live subscription that lost updates to %s says so, and goes on in the same session",
  async (cause) => {
    const world = new NotesWorld();
    const { clock, server } = world.pair;
    const { client, link } = world.client("phone").linked;
    const heard: number[] = [];
    const states: unknown[] = [];
    client.subscribe(
      "list:a",
      ({ seq }) => void heard.push(seq),
      (state) => states.push(state.phase === "live" ? state.head : state.phase),
    );
    await clock.run(2_000);
    if (cause === "a link that stood still") link.blackHole("down");
    const texts = Array.from({ length: 20 }, () => "x".repeat(30_000));
    await clock.finish(Promise.all(texts.map((text) => server.publish("list:a", text))));
    link.heal();
    await clock.run(2_000);
    await clock.finish(server.publish("list:a", "later"));
    await clock.run(1_000);
    expect(states).toEqual(["waiting", 0, 20]);
    expect(heard.length).toBeLessThan(21);
    expect(heard.at(-1)).toBe(21);
    expect(server.stats).toMatchObject({ refusals: {}, handshakes: 1 });
    await world.close();
  },
);

test("a listener on a link that stood still hears where it goes on, and everything after that (Y1, V3)", async () => {
  const pair = linkedPair({
    contract,
    handlers: {},
    buckets: { list: { authorize: () => true } },
    server: { store: memoryStore(), policy: { bufferedBytesSoft: 20_000 } },
  });
  const { client, link } = pair.addDurableClient();
  await pair.open();
  const stretches: (readonly [head: number, seqs: number[]])[] = [];
  client.subscribe(
    "list:1",
    ({ seq }) => void stretches.at(-1)?.[1].push(seq),
    (state) => {
      if (state.phase === "live") stretches.push([state.head, []]);
    },
  );
  await pair.clock.run(1_000);
  link.blackHole("down");
  for (let n = 0; n < 100; n++) await pair.clock.finish(pair.server.publish("list:1", NOTE));
  await pair.clock.run(3_000);
  link.heal();
  await pair.clock.run(20_000);
  await pair.clock.finish(pair.server.publish("list:1", "live again"));
  await pair.clock.run(1_000);
  expect(pair.server.stats.handshakes).toBe(2);
  for (const [head, seqs] of stretches)
    expect(seqs).toEqual(seqs.map((_, index) => head + 1 + index));
  expect(stretches.at(-1)?.[1].at(-1)).toBe(101);
  await pair.close();
});
