import type { Subscribe, Unsubscribe, UpdateRun } from "@holdfast/protocol";
import { beforeEach, describe, expect, test } from "vitest";

import { OptionsError } from "../../src/base/errors.ts";
import {
  UPDATES_UNREAD_MAX,
  UpdateSubscriptions,
  type SubscriptionState,
} from "../../src/realtime/update-subscriptions.ts";
import type { SubscriptionLink } from "../../src/session/session-event.ts";

class FakeLink implements SubscriptionLink {
  readonly log: string[] = [];

  say({ type, buckets }: Subscribe | Unsubscribe): void {
    const names = buckets.map((one) => (typeof one === "string" ? one : one.bucket));
    this.log.push(`${type} ${names.join()}`);
  }
  pauseReading(): void {
    this.log.push("pause");
  }
  resumeReading(): void {
    this.log.push("resume");
  }
}

const run = (bucket: string, ...data: readonly unknown[]): UpdateRun => ({
  bucket,
  epoch: "e",
  after: 0,
  upTo: data.length,
  updates: data.map((one, index) => ({ seq: index + 1, at: 0, data: one })),
});
const settled = async (): Promise<void> => {
  for (let hops = 0; hops < 10; hops++) await Promise.resolve();
};

/** The server has confirmed `bucket`: from here on what it pushes is heard. */
const confirm = (bucket = "room"): void => updates.subscribed({ bucket, epoch: "e", head: 0 });

let updates: UpdateSubscriptions;
let link: FakeLink;
let heard: string[];
const hear =
  (who: string) =>
  ({ data }: { readonly data: unknown }): void =>
    void heard.push(`${who} ${String(data)}`);
beforeEach(() => {
  updates = new UpdateSubscriptions();
  link = new FakeLink();
  heard = [];
});

describe("subscribing", () => {
  test("before a session, the next hello asks for it", () => {
    updates.add("room", hear("a"));
    expect(updates.attach(link)).toEqual([{ bucket: "room" }]);
    expect(link.log).toEqual([]);
  });

  test("in a session, it is asked for at once, and in each hello to come", () => {
    updates.attach(link);
    updates.add("room", hear("a"));
    expect(link.log).toEqual(["subscribe room"]);
    expect(updates.attach(link)).toEqual([{ bucket: "room" }]);
  });

  test("several listeners of a bucket ask once, and the last one to go ends it", () => {
    updates.attach(link);
    const first = updates.add("room", hear("a"));
    const second = updates.add("room", hear("b"));
    first();
    first();
    expect(link.log).toEqual(["subscribe room"]);
    second();
    expect(link.log).toEqual(["subscribe room", "unsubscribe room"]);
    expect(updates.attach(link)).toEqual([]);
  });

  test("a cancel of an older subscription does not end a newer one of the same bucket (B05)", () => {
    updates.attach(link);
    const first = updates.add("room", hear("a"));
    first();
    updates.add("room", hear("b"));
    first();
    updates.unsubscribed({ type: "unsubscribed", bucket: "room" });
    confirm();
    updates.updates(run("room", 1));
    expect(heard).toEqual(["b 1"]);
    expect(link.log).toEqual(["subscribe room", "unsubscribe room", "subscribe room"]);
  });

  test.each(["", "r".repeat(129), "a\0b", "a\ud800"])(
    "the bucket %j can be no server's",
    (bucket) => {
      updates.attach(link);
      expect(() => updates.add(bucket, hear("a"))).toThrow(OptionsError);
      expect(link.log).toEqual([]);
      expect(updates.attach(link)).toEqual([]);
    },
  );
});

test("a thousand buckets are heard, one more is refused where it is asked for", () => {
  const cancels = Array.from({ length: 1_000 }, (_, n) => updates.add(`room:${n}`, hear("a")));
  expect(() => updates.add("room:1000", hear("a"))).toThrow(OptionsError);
  expect(() => updates.add("room:7", hear("b"))).not.toThrow();
  cancels[0]?.();
  expect(() => updates.add("room:1000", hear("a"))).not.toThrow();
});

describe("hearing", () => {
  test("each listener hears each update, in order", () => {
    updates.add("room", hear("a"));
    updates.add("room", hear("b"));
    confirm();
    updates.updates(run("room", 1, 2));
    expect(heard).toEqual(["a 1", "b 1", "a 2", "b 2"]);
  });

  test("what comes for a bucket that nobody listens to is nobody's", () => {
    updates.add("room", hear("a"));
    updates.updates(run("hall", 1));
    expect(heard).toEqual([]);
  });

  test("what was under way when a bucket was left is not heard by who listens to it anew", () => {
    updates.attach(link);
    const cancel = updates.add("room", hear("a"));
    confirm();
    cancel();
    updates.add("room", hear("b"));
    updates.updates(run("room", "old"));
    updates.unsubscribed({ type: "unsubscribed", bucket: "room" });
    confirm();
    updates.updates(run("room", "new"));
    expect(heard).toEqual(["b new"]);
  });

  test("a listener that was cancelled by another, within the same update, hears nothing more", () => {
    let cancel = (): void => {};
    updates.add("room", () => cancel());
    cancel = updates.add("room", hear("b"));
    confirm();
    updates.updates(run("room", 1));
    expect(heard).toEqual([]);
  });

  test("a listener that ends the session hears nothing more of it, not even of the same run (B05)", () => {
    updates.attach(link);
    updates.add("room", ({ data }) => {
      heard.push(String(data));
      updates.detach();
    });
    confirm();
    updates.updates(run("room", 1, 2));
    expect(heard).toEqual(["1"]);
  });

  test("a run that does not follow the one before is told apart", () => {
    const runOf = (epoch: string, after: number): UpdateRun => ({
      bucket: "room",
      epoch,
      after,
      upTo: after + 1,
      updates: [{ seq: after + 1, at: 0, data: after + 1 }],
    });
    const takes = (epoch: string, ...afters: readonly number[]): boolean[] =>
      afters.map((after) => updates.follows(runOf(epoch, after)));
    updates.attach(link);
    updates.add("room", hear("a"));
    expect(takes("e", 3, 4)).toEqual([true, true]);
    updates.subscribed({ bucket: "room", epoch: "e", head: 4 });
    expect(takes("e", 3, 4, 5)).toEqual([false, true, false]);
    expect(takes("f", 4)).toEqual([false]);
    updates.updates(runOf("e", 4));
    expect(takes("e", 4, 5, 6)).toEqual([false, true, false]);
    // Another stretch of the same bucket begins where the server says.
    updates.subscribed({ bucket: "room", epoch: "f", head: 1 });
    expect(takes("f", 1, 5)).toEqual([true, false]);
    expect(heard).toEqual(["a 5"]);
  });
});

describe("how a subscription stands", () => {
  const follow = (bucket = "room"): SubscriptionState[] => {
    const states: SubscriptionState[] = [];
    updates.add(bucket, hear("a"), (state) => states.push(state));
    return states;
  };

  test("it waits, lives with its head, and waits again after the session", () => {
    const states = follow();
    updates.attach(link);
    updates.subscribed({ bucket: "room", epoch: "e1", head: 7 });
    updates.detach();
    updates.attach(link);
    updates.subscribed({ bucket: "room", epoch: "e2", head: 0 });
    expect(states).toEqual([
      { phase: "waiting" },
      { phase: "live", epoch: "e1", head: 7 },
      { phase: "waiting" },
      { phase: "live", epoch: "e2", head: 0 },
    ]);
  });

  test("a listener that comes late is told how it stands", () => {
    follow();
    updates.subscribed({ bucket: "room", epoch: "e1", head: 7 });
    expect(follow()).toEqual([{ phase: "live", epoch: "e1", head: 7 }]);
  });

  test("a listener that comes late is told where its own stretch begins", () => {
    const states = follow();
    confirm();
    updates.updates(run("room", 1, 2, 3));
    expect(follow()).toEqual([{ phase: "live", epoch: "e", head: 3 }]);
    expect(states.at(-1)).toEqual({ phase: "live", epoch: "e", head: 0 });
  });

  test("a listener that comes while an update is told hears that one, and begins before it", () => {
    let states: SubscriptionState[] = [];
    updates.add("room", ({ seq }) => {
      if (seq === 2) states = follow();
    });
    confirm();
    updates.updates(run("room", 1, 2, 3));
    expect(states).toEqual([{ phase: "live", epoch: "e", head: 1 }]);
    expect(heard).toEqual(["a 2", "a 3"]);
  });

  test("it ended, by the server's word, until the next session asks again", () => {
    const states = follow();
    updates.attach(link);
    updates.unsubscribed({ type: "unsubscribed", bucket: "room", code: "denied" });
    updates.detach();
    expect(states.map(({ phase }) => phase)).toEqual(["waiting", "ended", "waiting"]);
    expect(states[1]).toEqual({ phase: "ended", code: "denied" });
    expect(updates.attach(link)).toEqual([{ bucket: "room" }]);
  });

  test("what was under way when its bucket was left says nothing of who asks anew", () => {
    updates.attach(link);
    updates.add("room", hear("a"))();
    const states = follow();
    updates.subscribed({ bucket: "room", epoch: "e", head: 3 });
    updates.unsubscribed({ type: "unsubscribed", bucket: "room", code: "revoked" });
    expect(states).toEqual([{ phase: "waiting" }]);
    updates.unsubscribed({ type: "unsubscribed", bucket: "room" });
    updates.subscribed({ bucket: "room", epoch: "e", head: 5 });
    expect(states).toEqual([{ phase: "waiting" }, { phase: "live", epoch: "e", head: 5 }]);
  });

  test("a bucket that was left in a session that is over is awaited in the next", () => {
    updates.attach(link);
    const states = follow();
    updates.add("hall", hear("a"))();
    updates.detach();
    updates.add("lobby", hear("a"))();
    updates.attach(link);
    for (const bucket of ["room", "hall", "lobby"]) expect(updates.hasLeft(bucket)).toBe(false);
    confirm();
    expect(states.at(-1)?.phase).toBe("live");
  });

  test("a bucket that is left while there is no session is not remembered as left", () => {
    updates.attach(link);
    updates.detach();
    updates.add("lobby", hear("a"))();
    expect(updates.hasLeft("lobby")).toBe(false);
  });

  test("the confirmation of an own unsubscribe ends nobody's newer subscription", () => {
    const states = follow();
    updates.unsubscribed({ type: "unsubscribed", bucket: "room" });
    expect(states).toEqual([{ phase: "waiting" }]);
  });
});

describe("listeners that work slowly", () => {
  /** Listens to `room` with promises that the test ends, in order. */
  const slow = (): (() => void)[] => {
    const ends: (() => void)[] = [];
    updates.add("room", () => new Promise<void>((resolve) => void ends.push(resolve)));
    confirm();
    return ends;
  };
  const many = (count: number): UpdateRun => run("room", ...Array.from({ length: count }, () => 0));

  test("pause the socket above the limit, and let it read on below half of it", async () => {
    updates.attach(link);
    const ends = slow();
    updates.updates(many(UPDATES_UNREAD_MAX));
    expect(link.log).toEqual(["subscribe room"]);
    updates.updates(many(1));
    expect(link.log.at(-1)).toBe("pause");
    for (const end of ends.splice(0, UPDATES_UNREAD_MAX / 2)) end();
    await settled();
    expect(link.log.at(-1)).toBe("pause");
    ends.pop()?.();
    await settled();
    expect(link.log).toEqual(["subscribe room", "pause", "resume"]);
  });

  test("keep the next session's socket paused too, until they have caught up", async () => {
    updates.attach(link);
    const ends = slow();
    updates.updates(many(UPDATES_UNREAD_MAX + 1));
    updates.detach();
    const next = new FakeLink();
    updates.attach(next);
    expect(next.log).toEqual([]);
    updates.welcomed();
    expect(next.log).toEqual(["pause"]);
    for (const end of ends) end();
    await settled();
    expect(next.log).toEqual(["pause", "resume"]);
  });

  test("that answer at once cost nothing", () => {
    updates.attach(link);
    updates.add("room", () => {});
    confirm();
    updates.updates(many(10 * UPDATES_UNREAD_MAX));
    expect(link.log).toEqual(["subscribe room"]);
  });
});

test("closed, it asks for nothing and tells nobody", () => {
  updates.attach(link);
  const cancel = updates.add("room", hear("a"));
  confirm();
  updates.detach();
  updates.close();
  updates.updates(run("room", 1));
  cancel();
  expect(heard).toEqual([]);
  expect(link.log).toEqual(["subscribe room"]);
  expect(updates.attach(link)).toEqual([]);
});
