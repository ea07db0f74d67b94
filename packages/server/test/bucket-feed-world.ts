/**
 * A log whose answers come when the test says so, and clients that hold the server to PROTOCOL.md:
 * every number of a bucket once, pushes contiguous, keys for their author alone.
 */
import { accountsForAll, bucket, defineContract, jsonServerCodec } from "@holdfast/protocol";
import type { Page, ServerMessage, UpdateRun } from "@holdfast/protocol";
import { expect } from "vitest";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { Alarms } from "../src/base/alarms.ts";
import { BucketGate } from "../src/bucket-gate.ts";
import { BucketPump } from "../src/bucket-pump.ts";
import type { FeedCounts, FeedSession } from "../src/feed-session.ts";
import { LogReader } from "../src/log-reader.ts";
import { PreparedPushes } from "../src/prepared-pushes.ts";
import type {
  LogPage,
  LogRange,
  LogUpdate,
  ReadRequest,
  ServerStore,
  StoreNotice,
} from "../src/server-store.ts";
import { SessionBuckets } from "../src/session-buckets.ts";
import { settled } from "./serve.ts";

const contract = defineContract({ buckets: { room: bucket(), filtered: bucket() } });
const PAGE_UPDATES = 3;

/** What may be seen of a filtered bucket. */
const isSeen = (key: string, data: unknown): boolean =>
  !key.startsWith("filtered") || Number(data) % 3 !== 0;

interface Pending {
  answer(): void;
  fail(): void;
}

/** The store: a log of its own, and answers that wait. */
export class SlowLog {
  readonly pending: Pending[] = [];
  /** How often it was read. */
  reads = 0;
  epoch = "e1";
  readonly #logs = new Map<string, LogUpdate[]>();
  readonly #oldest = new Map<string, number>();
  readonly #listeners = new Set<(notice: StoreNotice) => void>();
  #count = 0;

  of(key: string): LogUpdate[] {
    let log = this.#logs.get(key);
    if (!log) this.#logs.set(key, (log = []));
    return log;
  }

  /** Appends; without `isTold` it is another process that does, and nobody hears of it. */
  append(key: string, account: string, isTold: boolean): void {
    const log = this.of(key);
    const seq = log.length + 1;
    log.push({ seq, at: 1, data: ++this.#count, account, key: `k${this.#count}` });
    if (isTold) this.tell(key, seq - 1);
  }

  /** A notice of everything after a number: a late, doubled or early one, as the test likes. */
  tell(key: string, after: number): void {
    const updates = this.of(key).slice(after);
    if (updates.length === 0) return;
    this.#say({ type: "committed", bucket: key, epoch: this.epoch, after, updates });
  }

  doubt(): void {
    this.#say({ type: "doubt" });
  }

  trim(key: string, upTo: number): void {
    const oldest = Math.min(upTo, this.of(key).length) + 1;
    this.#oldest.set(key, Math.max(oldest, this.#oldest.get(key) ?? 1));
  }

  readonly store: Pick<ServerStore, "ranges" | "read" | "watch"> = {
    ranges: async (keys) => await this.#later(() => keys.map((key): LogRange => this.#range(key))),
    read: async (requests) =>
      await this.#later(() => requests.map((request): LogPage => this.#page(request))),
    watch: (listener) => {
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    },
  };

  #say(notice: StoreNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  /** Read when asked, or when answered: a store may do either. */
  async #later<Answer>(read: () => Answer): Promise<Answer> {
    this.reads++;
    const early = this.pending.length % 2 === 0 ? { answer: read() } : undefined;
    return await new Promise((resolve, reject) => {
      this.pending.push({
        answer: () => resolve(early ? early.answer : read()),
        fail: () => reject(new Error("disk")),
      });
    });
  }

  #range(key: string): LogRange {
    const { length } = this.of(key);
    return { bucket: key, epoch: this.epoch, head: length, oldest: this.#oldest.get(key) ?? 1 };
  }

  #page({ bucket: key, after }: ReadRequest): LogPage {
    const range = this.#range(key);
    const isThere = after >= range.oldest - 1;
    const updates = isThere ? this.of(key).slice(after, after + PAGE_UPDATES) : [];
    return { ...range, after, upTo: after + updates.length, updates };
  }
}

/** The parts that all sessions share, and the sessions. */
export class FeedWorld {
  readonly clock = new ManualClock();
  readonly log = new SlowLog();
  readonly errors: unknown[] = [];
  readonly pump: BucketPump;
  readonly reader: LogReader;
  readonly gate: BucketGate;

  constructor() {
    const store = this.log.store as ServerStore;
    const report = (error: unknown): void => void this.errors.push(error);
    const limits = { updates: PAGE_UPDATES, bytes: 9_999 };
    this.reader = new LogReader(store, this.clock, limits, report);
    const alarms = new Alarms(this.clock);
    const prepared = new PreparedPushes();
    this.pump = new BucketPump(store, this.reader, prepared, this.clock, alarms, report);
    const rules = {
      room: { authorize: () => true },
      filtered: {
        authorize: () => true,
        visible: (_: unknown, { data }: { data: unknown }, key: string) => isSeen(key, data),
      },
    };
    this.gate = new BucketGate(contract, rules, report);
  }

  /** Promises settle, and what is due at this instant happens. */
  async turn(): Promise<void> {
    await settled();
    this.clock.flush();
    await settled();
  }

  /** Answers one of the reads that wait. */
  async answer(which: number, fails = false): Promise<void> {
    const { pending } = this.log;
    const [chosen] = pending.splice(which % Math.max(pending.length, 1), 1);
    if (fails) chosen?.fail();
    else chosen?.answer();
    await this.turn();
  }

  /** Answers everything, and everything that follows from it. */
  async answerAll(): Promise<void> {
    await this.turn();
    while (this.log.pending.length > 0) await this.answer(0);
  }
}

/** What a client knows of one bucket. */
interface Known {
  /** Everything up to here is here, from where the client began. */
  upTo: number;
  /** Where the next push must begin; undefined: none may come. */
  next: number | undefined;
  /** A position was named, and has no answer yet. */
  isAwaiting: boolean;
  readonly asked: number | undefined;
  isJoined: boolean;
}

/** A client that checks whatever it hears. */
export class CheckingClient {
  readonly buckets = new Map<string, Known>();
  readonly #world: FeedWorld;
  readonly #account: string;
  readonly #speaksLog: boolean;
  readonly #session: SessionBuckets;
  readonly #heard: ServerMessage[] = [];
  readonly counts: FeedCounts = { feedsBehind: 0, headsSaid: 0, pagesSaid: 0 };
  /** It takes less than it is pushed. */
  isSlow = false;
  #fetchId = 0;

  constructor(world: FeedWorld, account: string, speaksLog: boolean) {
    this.#world = world;
    this.#account = account;
    this.#speaksLog = speaksLog;
    const { pump, reader, gate } = world;
    const say = (message: ServerMessage): void => this.#hear(message);
    const session: FeedSession = {
      pump,
      reader,
      speaksLog,
      say,
      author: account,
      isSlow: () => this.isSlow,
      counts: this.counts,
      sayWithin: (message) => {
        say(message);
        return 1;
      },
      push: (message) => {
        say(JSON.parse(String(message.in(jsonServerCodec, 32).part)) as ServerMessage);
        return true;
      },
      leftOut: () => undefined,
    };
    const viewer = { account, accountData: undefined, sessionId: "s" };
    this.#session = new SessionBuckets(
      gate,
      session,
      () => viewer,
      () => undefined,
    );
  }

  /** What was heard, in short, since the last look. */
  takes(): ServerMessage[] {
    return this.#heard.splice(0);
  }

  subscribe(key: string, after?: number): void {
    if (this.buckets.has(key)) return this.#session.join(key, undefined);
    const asked = this.#speaksLog ? after : undefined;
    const known = {
      upTo: 0,
      next: undefined,
      isAwaiting: asked !== undefined,
      asked,
      isJoined: false,
    };
    this.buckets.set(key, known);
    const position = asked === undefined ? undefined : { bucket: key, epoch: "e1", after: asked };
    this.#session.join(key, position);
  }

  unsubscribe(key: string): void {
    this.#session.leave(key);
    this.buckets.delete(key);
  }

  /** Fetches on from what is known. */
  fetch(key: string, limit: number): void {
    const known = this.buckets.get(key);
    if (!known?.isJoined || known.isAwaiting || !this.#speaksLog) return;
    const id = ++this.#fetchId;
    const asked = {
      type: "fetch",
      id,
      bucket: key,
      epoch: "e1",
      after: known.upTo,
      limit,
    } as const;
    this.#session.fetch(asked, (answer) => {
      if (answer.type === "failure") return;
      this.#hear(answer, known);
      // As the driver does, once the page was said.
      if (answer.type === "page") this.#session.paged(answer);
    });
  }

  close(): void {
    this.#session.leaveAll();
  }

  #hear(message: ServerMessage, asker?: Known): void {
    this.#heard.push(message);
    if (message.type === "heads") {
      for (const { bucket: key } of message.heads) this.#heads(this.#known(key));
      return;
    }
    if (!("bucket" in message)) throw new Error(`nobody asked for ${message.type}`);
    const known = this.buckets.get(message.bucket);
    // The answer to a fetch of a subscription that is over.
    if (asker && known !== asker) return;
    if (!known) throw new Error(`${message.type} of a bucket that was left`);
    switch (message.type) {
      case "subscribed":
        return this.#subscribed(known, message.head);
      case "page":
        return this.#page(known, message);
      case "tooFarBehind":
        // As a snapshot would; unasked, it also says where the pushes begin.
        known.upTo = message.id === undefined ? message.head : Math.max(known.upTo, message.head);
        if (message.id === undefined) known.next = message.head;
        known.isAwaiting = false;
        return;
      case "updates":
        expect([known.isAwaiting, known.next]).toEqual([false, message.after]);
        known.next = message.upTo;
        return this.#take(known, message);
      default:
        throw new Error(`${message.type} was not expected`);
    }
  }

  #subscribed(known: Known, head: number): void {
    const isFirst = !known.isJoined;
    known.isJoined = true;
    if (isFirst) known.upTo = known.asked ?? head;
    if (isFirst && known.asked === undefined) known.next = head;
    // One that waits for its fetch goes on waiting.
    if (isFirst || known.next === undefined) return;
    expect(head).toBeGreaterThanOrEqual(known.next);
    known.next = head;
    // Who cannot fetch learns that it missed something.
    if (!this.#speaksLog) known.upTo = Math.max(known.upTo, head);
  }

  #page(known: Known, page: Page): void {
    expect(known.isJoined).toBe(true);
    if (page.id === undefined) expect([known.isAwaiting, page.after]).toEqual([true, known.asked]);
    known.isAwaiting = false;
    this.#take(known, page);
    // A page that reaches the head ends the silence; one that comes while pushes go on does not.
    if (page.upTo === page.head) known.next ??= page.head;
  }

  #heads(known: Known): void {
    expect(this.#speaksLog).toBe(true);
    known.isAwaiting = false;
    known.next = undefined;
  }

  /** Each number once, with the content of the log, and the key where it is the client's own. */
  #take(known: Known, run: UpdateRun): void {
    expect(accountsForAll(run)).toBe(true);
    expect(this.#speaksLog || run.skipped === undefined).toBe(true);
    const log = this.#world.log.of(run.bucket);
    const got = new Map(run.updates.map((update) => [update.seq, update]));
    for (let seq = run.after + 1; seq <= run.upTo; seq++) {
      const entry = log[seq - 1];
      if (!entry) throw new Error(`${seq} is not in the log`);
      const { account, key, ...plain } = entry;
      const mine = account === this.#account ? { ...plain, key } : plain;
      expect(got.get(seq)).toEqual(isSeen(run.bucket, entry.data) ? mine : undefined);
    }
    if (run.after <= known.upTo) known.upTo = Math.max(known.upTo, run.upTo);
  }

  #known(key: string): Known {
    const known = this.buckets.get(key);
    if (!known) throw new Error("a bucket that was left");
    return known;
  }
}
