import { ManualClock } from "@holdfast/testing";
import { expect, test } from "vitest";

import { CommitGroups } from "../../src/stores/commit-groups.ts";
import { sqliteError } from "./spy-driver.ts";

interface Setup {
  readonly clock: ManualClock;
  readonly groups: CommitGroups;
  /** What happened: b(egin), c(ommit), r(ollback), t(ell), and what jobs say. */
  readonly log: string[];
  /** Thrown by the next begin, or the next commit. */
  readonly failures: { begin?: Error | undefined; commit?: Error | undefined };
  readonly add: (name: string, perform?: () => void) => void;
}

function setUp(): Setup {
  const clock = new ManualClock();
  const log: string[] = [];
  const failures: Setup["failures"] = {};
  const step = (letter: string, failure?: Error): void => {
    log.push(letter);
    if (failure) throw failure;
  };
  const groups = new CommitGroups(clock, {
    begin: () => step("b", failures.begin),
    commit: () => step("c", failures.commit),
    rollback: () => step("r"),
    tell: () => step("t"),
  });
  const add = (name: string, perform: () => void = () => undefined): void =>
    groups.add({
      perform() {
        log.push(name);
        perform();
      },
      settle: () => log.push(`${name}:ok`),
      fail: ({ code }) => log.push(`${name}:${code}`),
    });
  return { clock, groups, log, failures, add };
}

test("what is asked for in one tick is one transaction, told of before it settles", () => {
  const { clock, log, add } = setUp();
  add("1");
  add("2");
  expect(log).toEqual([]);
  clock.flush();
  expect(log).toEqual(["b", "1", "2", "c", "t", "1:ok", "2:ok"]);
  expect(clock.pending).toBe(0);
});

test("a group ends at 512 jobs, and the event loop has a turn", () => {
  const { clock, log, add } = setUp();
  for (let job = 0; job < 1_100; job++) add("j");
  const atTurn: number[] = [];
  clock.turn(() => atTurn.push(log.filter((entry) => entry === "j:ok").length));
  clock.flush();
  expect(atTurn).toEqual([512]);
  expect(log.filter((entry) => entry === "c")).toHaveLength(3);
  expect(log.filter((entry) => entry === "j:ok")).toHaveLength(1_100);
});

test("a group ends after 20 ms of work", () => {
  const { clock, log, add } = setUp();
  for (let job = 0; job < 5; job++) add("j", () => clock.sleep(8));
  clock.advance(100);
  expect(log.join(" ")).toBe("b j j j c t j:ok j:ok j:ok b j j c t j:ok j:ok");
});

test("a job that throws undoes the group, and those behind it are not touched", () => {
  const { clock, log, add } = setUp();
  add("1");
  add("2", () => {
    throw sqliteError(13);
  });
  add("3");
  clock.flush();
  expect(log.join(" ")).toBe("b 1 2 r t 1:full 2:full b 3 c t 3:ok");
});

test("a commit that fails fails all of its group", () => {
  const { clock, log, failures, add } = setUp();
  failures.commit = sqliteError(13);
  add("1");
  add("2");
  clock.flush();
  expect(log.join(" ")).toBe("b 1 2 c r t 1:full 2:full");
});

test("a job may ask for another, which is in the group or in the next", () => {
  const { clock, log, add } = setUp();
  add("1", () => add("2"));
  clock.flush();
  expect(log.join(" ")).toBe("b 1 2 c t 1:ok 2:ok");
  expect(clock.pending).toBe(0);
});

test("a busy file is tried every 10 ms, and the loop is free meanwhile", () => {
  const { clock, log, failures, add } = setUp();
  failures.begin = sqliteError(5);
  add("1");
  clock.advance(100);
  expect(log.filter((entry) => entry === "b")).toHaveLength(11);
  failures.begin = undefined;
  add("2");
  clock.advance(10);
  expect(log.slice(-6)).toEqual(["1", "2", "c", "t", "1:ok", "2:ok"]);
});

test("after 5 s of a busy file those who wait are told, and the next try begins anew", () => {
  const { clock, log, failures, add } = setUp();
  failures.begin = sqliteError(5);
  add("1");
  clock.advance(4_990);
  expect(log).not.toContain("1:busy");
  clock.advance(10);
  expect(log.at(-1)).toBe("1:busy");
  expect(clock.pending).toBe(0);
  add("2");
  clock.advance(4_990);
  expect(log).not.toContain("2:busy");
});

test("a file that was free in between has its 5 s anew", () => {
  const { clock, log, failures, add } = setUp();
  failures.begin = sqliteError(5);
  add("1");
  clock.advance(4_000);
  failures.begin = undefined;
  clock.advance(10);
  failures.begin = sqliteError(5);
  add("2");
  clock.advance(4_990);
  expect(log).not.toContain("2:busy");
  clock.advance(10);
  expect(log).toContain("2:busy");
});

test("a transaction that cannot begin for another reason fails those who wait at once", () => {
  const { clock, log, failures, add } = setUp();
  failures.begin = sqliteError(11);
  add("1");
  clock.flush();
  expect(log).toEqual(["b", "r", "1:corrupt"]);
  expect(clock.pending).toBe(0);
});

test("no more than 65,536 wait", () => {
  const { clock, log, add } = setUp();
  for (let job = 0; job < 65_537; job++) add("j");
  expect(log).toEqual(["j:overloaded"]);
  clock.flush();
  add("late");
  clock.flush();
  expect(log.at(-1)).toBe("late:ok");
});

test("closing takes no more, and calls back once all is done", () => {
  const { clock, groups, log, add } = setUp();
  for (let job = 0; job < 600; job++) add("j");
  groups.close(() => log.push("idle"));
  add("late");
  expect(log).toEqual(["late:closed"]);
  clock.flush();
  expect(log.filter((entry) => entry === "j:ok")).toHaveLength(600);
  expect(log.at(-1)).toBe("idle");
  expect(log.filter((entry) => entry === "idle")).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("closing with nothing to do calls back at once", () => {
  const { groups, log } = setUp();
  groups.close(() => log.push("idle"));
  expect(log).toEqual(["idle"]);
});

test("a job may close, and its group still settles first", () => {
  const { clock, groups, log, add } = setUp();
  add("1", () => groups.close(() => log.push("idle")));
  clock.flush();
  expect(log.join(" ")).toBe("b 1 c t 1:ok idle");
});

test("whoever asks knows whether a transaction is open", () => {
  const { clock, groups, add } = setUp();
  const seen: boolean[] = [groups.isInTransaction];
  add("1", () => seen.push(groups.isInTransaction));
  clock.flush();
  expect([...seen, groups.isInTransaction]).toEqual([false, true, false]);
});
