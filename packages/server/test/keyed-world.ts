/** Calls with keys on a store in memory, without a session: the answers come in a list. */
import {
  bucket,
  call,
  DEFAULT_WIRE_LIMITS,
  defineContract,
  jsonServerCodec,
} from "@holdfast/protocol";
import type { Failure, Result, StandardSchemaV1, WireLimits } from "@holdfast/protocol";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { Alarms } from "../src/base/alarms.ts";
import { BucketPublisher } from "../src/bucket-publisher.ts";
import { BucketPump } from "../src/bucket-pump.ts";
import type { CallContext } from "../src/call-context.ts";
import { CallRouter } from "../src/call-router.ts";
import { Committer } from "../src/committer.ts";
import { KeyedCalls } from "../src/keyed-calls.ts";
import { LogReader } from "../src/log-reader.ts";
import { PreparedPushes } from "../src/prepared-pushes.ts";
import { ServerCounts } from "../src/server-stats.ts";
import type { ServerStore } from "../src/server-store.ts";
import { memoryStore } from "../src/stores/memory.ts";
import { settled } from "./serve.ts";

/** Numbers only, one more on the way out. */
const plusOne: StandardSchemaV1<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "number" ? { value: value + 1 } : { issues: [{ message: "no number" }] },
  },
};
const later: StandardSchemaV1 = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => await Promise.resolve({ value }),
  },
};

const contract = defineContract({
  calls: {
    run: call<unknown, unknown>(),
    other: call<unknown, unknown>(),
    checked: call<unknown, number>({ output: plusOne }),
    later: call<unknown, unknown>({ output: later }),
  },
  buckets: { room: bucket() },
});

export interface KeyedWorldOptions {
  readonly store?: ServerStore;
  readonly clock?: ManualClock;
  readonly limits?: Partial<WireLimits>;
  readonly keyedCallsMax?: number;
  readonly keyCancelsBurst?: number;
}

/** What a handler does; every method of the contract does the same. */
export type Act = (input: unknown, ctx: CallContext) => unknown;

/** One server process. */
export class KeyedWorld {
  readonly clock: ManualClock;
  readonly store: ServerStore;
  readonly keyed: KeyedCalls;
  readonly publisher: BucketPublisher;
  readonly committer: Committer;
  readonly prepared: PreparedPushes = new PreparedPushes();
  readonly pump: BucketPump;
  readonly answers: (Result | Failure)[] = [];
  readonly errors: unknown[] = [];
  readonly counts: ServerCounts = new ServerCounts();
  writes = 0;

  constructor(act: Act, options: KeyedWorldOptions = {}) {
    this.clock = options.clock ?? new ManualClock();
    this.store = options.store ?? memoryStore({ clock: this.clock });
    const { clock, store, prepared, counts } = this;
    const limits = { ...DEFAULT_WIRE_LIMITS, ...options.limits };
    const report = (error: unknown): void => void this.errors.push(error);
    const alarms = new Alarms(clock);
    const reader = new LogReader(store, clock, { updates: 9, bytes: 9_999 }, report);
    this.pump = new BucketPump(store, reader, prepared, clock, alarms, report);
    const codec = jsonServerCodec;
    this.publisher = new BucketPublisher(contract, codec, limits, clock, prepared);
    const written = (): void => void this.writes++;
    const { pump, publisher } = this;
    this.committer = new Committer({ store, publisher, prepared, pump, counts, report, written });
    const publish = this.committer.publish.bind(this.committer);
    const handlers = { run: act, other: act, checked: act, later: act };
    const router = new CallRouter(contract, handlers, report);
    const { keyedCallsMax = 10, keyCancelsBurst = 10 } = options;
    const policy = {
      callTimeoutMaxMs: 60_000,
      keyedCallsMax,
      keyCancelsPerSecond: 1,
      keyCancelsBurst,
    };
    const { committer } = this;
    const shared = { clock, alarms, codecs: [codec], limits, policy, report, counts };
    this.keyed = new KeyedCalls({ ...shared, store, router, committer, publish });
  }

  /** Asks, and lets promises settle. */
  async ask(id: number, key: string, options: AskOptions = {}): Promise<void> {
    const { account = "ada", method = "run", input, timeoutMs = 5_000 } = options;
    const viewer = { account, accountData: undefined, sessionId: `s${id}` };
    const asked = { type: "call", id, method, input, timeoutMs, key } as const;
    this.keyed.run(asked, viewer, (answer) => this.answers.push(answer));
    await settled();
  }

  async cancel(id: number, key: string, account = "ada"): Promise<void> {
    this.keyed.cancel(id, { account, key }, (answer) => this.answers.push(answer));
    await settled();
  }

  /** What the log of `room:1` holds. */
  async log(): Promise<unknown[]> {
    const [page] = await this.store.read([{ bucket: "room:1", after: 0 }], {
      updates: 99,
      bytes: 9_999,
    });
    return (page?.updates ?? []).map(({ data }) => data);
  }
}

export interface AskOptions {
  readonly account?: string;
  readonly method?: string;
  readonly input?: unknown;
  readonly timeoutMs?: number;
}
