/**
 * A model of a server that keeps logs, by PROTOCOL.md alone: what it is told waits in `inbox` until
 * it is served, what it says waits in `outbox` until it is delivered, both in order.
 */
import { CallError, type Cancel, type Clock } from "@holdfast/client";
import type {
  BucketPosition,
  Page,
  TooFarBehind,
  Unsubscribed,
  Update,
  UpdateRun,
} from "@holdfast/protocol";

import type { FetchRequest, SyncListener, SyncRemote } from "../../../src/sync/sync-remote.ts";

/** One number of a log: an update, or one that the viewer may not see. */
export interface Entry {
  readonly seq: number;
  readonly value: string;
  readonly isHidden: boolean;
  readonly key?: string;
}

interface Log {
  epoch: string;
  oldest: number;
  entries: Entry[];
}

/** So many words at one instant are a loop. */
const STEPS_MAX = 2_000;

/** How many updates a page of this server has at most. */
export const PAGE_MAX = 3;

export class LogServer {
  readonly logs = new Map<string, Log>();
  /** All logs that ever were, by epoch. */
  readonly epochs = new Map<string, Log>();
  session: LogSession | undefined;
  /** Pages and hints, as counted by the server: what a client costs it. */
  fetches = 0;
  /** So many first pages come unasked in a session; the rest are hints. */
  firstPagesMax = Infinity;
  pageMax = PAGE_MAX;
  /** So many of the next pages are empty: they come from a replica that lags. */
  emptyPages = 0;
  /** An empty page takes its own end for the head. */
  isBlind = false;

  log(bucket: string): Log {
    return this.logs.get(bucket) ?? this.#newLog(bucket);
  }

  head(bucket: string): number {
    return this.log(bucket).entries.length;
  }

  append(bucket: string, options: { count?: number; isHidden?: boolean; key?: string } = {}): void {
    const { count = 1, isHidden = false, key } = options;
    const { entries, epoch } = this.log(bucket);
    for (let added = 0; added < count; added++) {
      const seq = entries.length + 1;
      const value = `${bucket} ${epoch} ${seq}`;
      entries.push({ seq, value, isHidden, ...(key && { key }) });
    }
    this.session?.pump(bucket);
  }

  /** The oldest updates go, so that `oldest` is the first that is left. */
  trim(bucket: string, oldest: number): void {
    const log = this.log(bucket);
    log.oldest = Math.max(log.oldest, Math.min(oldest, log.entries.length + 1));
  }

  /** Everything that was is gone. A server that does that ends its sessions first. */
  renew(bucket: string, count: number): void {
    this.#newLog(bucket);
    this.append(bucket, { count });
  }

  /** What a viewer may see of the log up to `seq`, trimmed or not. */
  visible(bucket: string, seq: number = this.head(bucket)): readonly string[] {
    return this.visibleIn(this.log(bucket).epoch, seq);
  }

  visibleIn(epoch: string, seq: number): readonly string[] {
    const entries = this.epochs.get(epoch)?.entries.slice(0, seq) ?? [];
    return entries.filter(({ isHidden }) => !isHidden).map(({ value }) => value);
  }

  run(bucket: string, after: number, upTo: number): UpdateRun {
    const { epoch, entries } = this.log(bucket);
    const updates: Update[] = [];
    const skipped: [number, number][] = [];
    for (const { seq, value, isHidden, key } of entries.slice(after, upTo)) {
      const last = skipped.at(-1);
      if (!isHidden) updates.push({ seq, at: seq, data: value, ...(key && { key }) });
      else if (last?.[1] === seq - 1) last[1] = seq;
      else skipped.push([seq, seq]);
    }
    return { bucket, epoch, after, upTo, updates, ...(skipped.length > 0 && { skipped }) };
  }

  #newLog(bucket: string): Log {
    const log = { epoch: `e${this.epochs.size + 1}`, oldest: 1, entries: [] };
    this.logs.set(bucket, log);
    this.epochs.set(log.epoch, log);
    return log;
  }
}

/**
 * `reading`: its first page is being read. `behind`: pushes wait until a fetch reached the head.
 */
interface Subscription {
  state: "reading" | "behind" | "live";
  sentTo: number;
}

type Said =
  | { readonly type: "subscribe"; readonly positions: readonly BucketPosition[] }
  | { readonly type: "unsubscribe"; readonly buckets: readonly string[] }
  | {
      readonly type: "read";
      readonly bucket: string;
      readonly epoch: string;
      readonly after: number;
    }
  | { readonly type: "fetch"; readonly request: FetchRequest; readonly waiter: Waiter };

interface Waiter {
  readonly resolve: (answer: Page | TooFarBehind) => void;
  readonly reject: (error: unknown) => void;
}

export class LogSession implements SyncRemote {
  readonly inbox: Said[] = [];
  readonly outbox: (() => void)[] = [];
  /** Everything that the client asked for, for stories. */
  readonly asked: string[] = [];
  /** Runs that did not follow: a client would end the session for it. */
  readonly violations: string[] = [];
  /** Pushes become hints. */
  isPressed = false;
  isOver = false;
  /** The most fetches that ever waited for their answers at once. */
  inFlightMost = 0;
  readonly #server: LogServer;
  readonly #listener: SyncListener;
  readonly #clock: Clock;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #waiters = new Map<Waiter, Cancel>();
  #firstPages = 0;
  #ids = 0;

  constructor(server: LogServer, listener: SyncListener, clock: Clock) {
    this.#server = server;
    this.#listener = listener;
    this.#clock = clock;
    server.session = this;
    this.subscribe(listener.attach(this));
  }

  subscribe(positions: readonly BucketPosition[]): void {
    if (positions.length === 0 || this.isOver) return;
    for (const { bucket, after } of positions)
      this.asked.push(`subscribe ${bucket} ${after ?? "-"}`);
    this.inbox.push({ type: "subscribe", positions });
  }

  unsubscribe(buckets: readonly string[]): void {
    if (this.isOver) return;
    for (const bucket of buckets) this.asked.push(`unsubscribe ${bucket}`);
    this.inbox.push({ type: "unsubscribe", buckets });
  }

  fetch(
    request: FetchRequest,
    timeoutMs: number,
    signal: AbortSignal,
    resolve: Waiter["resolve"],
    reject: Waiter["reject"],
  ): void {
    this.asked.push(`fetch ${request.bucket} ${request.after}`);
    this.#server.fetches++;
    const waiter: Waiter = { resolve, reject };
    if (this.isOver) return reject(new CallError("outcomeUnknown", "over"));
    const cancel = this.#clock.at(this.#clock.now() + timeoutMs, () =>
      this.#settle(waiter, () => reject(new CallError("timedOut", "no answer"))),
    );
    this.#waiters.set(waiter, cancel);
    this.inFlightMost = Math.max(this.inFlightMost, this.#waiters.size);
    signal.addEventListener("abort", () =>
      this.#settle(waiter, () => reject(new CallError("aborted", "aborted"))),
    );
    this.inbox.push({ type: "fetch", request, waiter });
  }

  /** The server handles the next thing that it was told. */
  serve(): boolean {
    const said = this.inbox.shift();
    if (!said) return false;
    switch (said.type) {
      case "subscribe":
        for (const position of said.positions) this.#subscribed(position);
        break;
      case "unsubscribe":
        for (const bucket of said.buckets) this.end(bucket);
        break;
      case "read":
        this.#firstPage(said.bucket, said.epoch, said.after);
        break;
      case "fetch":
        this.#fetched(said.request, said.waiter);
        break;
    }
    return true;
  }

  /** The client hears the next thing that was said. */
  deliver(): boolean {
    const say = this.outbox.shift();
    say?.();
    return say !== undefined;
  }

  /** Everything is served and delivered. */
  flow(): boolean {
    let steps = 0;
    while (this.serve() || this.deliver()) {
      if (++steps > STEPS_MAX) throw new Error("it goes round in circles");
    }
    return steps > 0;
  }

  /** A push, by the server's pump. */
  pump(bucket: string): void {
    const subscription = this.#subscriptions.get(bucket);
    const head = this.#server.head(bucket);
    if (subscription?.state !== "live" || subscription.sentTo >= head) return;
    if (this.isPressed) {
      subscription.state = "behind";
      const { epoch } = this.#server.log(bucket);
      this.outbox.push(() => this.#listener.heads([{ bucket, epoch, head }]));
      return;
    }
    const run = this.#server.run(bucket, subscription.sentTo, head);
    subscription.sentTo = head;
    this.outbox.push(() => this.push(run));
  }

  /** Says it, as a push. */
  push(run: UpdateRun): void {
    if (this.#listener.follows(run)) this.#listener.updates(run);
    else this.violations.push(`${run.bucket} ${run.after}-${run.upTo}`);
  }

  /** Ends a subscription, with a code by the server's will. */
  end(bucket: string, code?: string): void {
    this.#subscriptions.delete(bucket);
    const answer: Unsubscribed = { type: "unsubscribed", bucket, ...(code && { code }) };
    this.outbox.push(() => this.#listener.unsubscribed(answer));
  }

  /** By the server's will, without a position. */
  adopt(bucket: string): void {
    this.#subscribed({ bucket });
  }

  /** The next fetch that waits to be served is lost, and never answered. */
  loseFetch(): void {
    const index = this.inbox.findIndex(({ type }) => type === "fetch");
    if (index >= 0) this.inbox.splice(index, 1);
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.inbox.length = this.outbox.length = 0;
    this.#server.session = undefined;
    this.#listener.detach();
    for (const waiter of this.#waiters.keys()) {
      this.#settle(waiter, () => waiter.reject(new CallError("outcomeUnknown", "over")));
    }
  }

  /** The client's process is gone: nobody hears of the end. */
  abandon(): void {
    this.isOver = true;
    this.inbox.length = this.outbox.length = 0;
    this.#server.session = undefined;
    for (const cancel of this.#waiters.values()) cancel();
    this.#waiters.clear();
  }

  #subscribed({ bucket, epoch, after }: BucketPosition): void {
    const log = this.#server.log(bucket);
    const head = log.entries.length;
    const { epoch: present } = log;
    this.outbox.push(() => this.#listener.subscribed({ bucket, epoch: present, head }));
    if (this.#subscriptions.has(bucket)) return;
    const isReading = epoch !== undefined && after !== undefined;
    this.#subscriptions.set(bucket, { state: isReading ? "reading" : "live", sentTo: head });
    if (isReading) this.inbox.unshift({ type: "read", bucket, epoch, after });
  }

  #firstPage(bucket: string, epoch: string, after: number): void {
    const subscription = this.#subscriptions.get(bucket);
    if (subscription?.state !== "reading") return;
    const page = this.#read(bucket, epoch, after, Infinity);
    const listener = this.#listener;
    if (page.type === "tooFarBehind") {
      subscription.state = "live";
      this.outbox.push(() => listener.tooFarBehind(page));
      this.pump(bucket);
    } else if (this.#firstPages++ >= this.#server.firstPagesMax) {
      subscription.state = "behind";
      const { head } = page;
      this.outbox.push(() => listener.heads([{ bucket, epoch, head }]));
    } else {
      this.#sent(subscription, page);
      this.outbox.push(() => listener.page(page));
    }
  }

  #fetched({ bucket, epoch, after, limit }: FetchRequest, waiter: Waiter): void {
    const answer = this.#read(bucket, epoch, after, limit);
    const subscription = this.#subscriptions.get(bucket);
    if (answer.type === "page" && subscription?.state === "behind")
      this.#sent(subscription, answer);
    const id = ++this.#ids;
    this.outbox.push(() => this.#settle(waiter, () => waiter.resolve({ ...answer, id })));
  }

  #sent(subscription: Subscription, { upTo, head }: Page): void {
    subscription.state = upTo === head ? "live" : "behind";
    subscription.sentTo = upTo;
  }

  #read(bucket: string, epoch: string, after: number, limit: number): Page | TooFarBehind {
    const log = this.#server.log(bucket);
    const head = log.entries.length;
    if (log.epoch !== epoch || after > head || after + 1 < log.oldest) {
      return { type: "tooFarBehind", bucket, epoch: log.epoch, oldest: log.oldest, head };
    }
    if (this.#server.emptyPages > 0) {
      this.#server.emptyPages--;
      const run = this.#server.run(bucket, after, after);
      return { type: "page", ...run, head: this.#server.isBlind ? after : head };
    }
    const upTo = Math.min(head, after + Math.min(limit, this.#server.pageMax));
    return { type: "page", ...this.#server.run(bucket, after, upTo), head };
  }

  #settle(waiter: Waiter, act: () => void): void {
    this.#waiters.get(waiter)?.();
    if (this.#waiters.delete(waiter)) act();
  }
}
