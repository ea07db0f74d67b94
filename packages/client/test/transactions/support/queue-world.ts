/**
 * Everything around the queue, as it might really be, without a promise or a clock: tabs that crash
 * and freeze, a disk that fails at every write, sessions that break, and a server that executes
 * each key once. What happens next is always the test's choice, so that a run can be shrunk.
 */
import type { RemoteAnswer, RemoteCall } from "../../../src/transactions/call-remote.ts";
import type {
  TransactionEffect,
  TransactionEnd,
  TransactionEvent,
} from "../../../src/transactions/transaction-event.ts";
import { emptyQueue, type TransactionQueue } from "../../../src/transactions/transaction-model.ts";
import {
  DEFAULT_TRANSACTION_POLICY,
  type TransactionPolicy,
} from "../../../src/transactions/transaction-policy.ts";
import { step as realStep } from "../../../src/transactions/transaction-queue.ts";
import type { TransactionRecord } from "../../../src/transactions/transaction-record.ts";
import type {
  TransactionChange,
  TransactionOutcome,
} from "../../../src/transactions/transaction-store.ts";

export const WORLD_POLICY: TransactionPolicy = {
  ...DEFAULT_TRANSACTION_POLICY,
  inFlightMax: 3,
  attemptsMax: 3,
};
/** Keys live for two hours, so that forgetting them can be met. */
const KEPT_MS = 7_200_000;
const LANES = ["a", "b", undefined];

export interface WorldOptions {
  readonly keepsKeys: boolean;
  readonly repeatable: boolean;
  readonly step?: typeof realStep;
}

/** What became of a transaction at the server, and what was said of it. */
interface Story {
  readonly id: string;
  readonly maker: Tab;
  /** The client object that made it: a tab has another after a crash. */
  readonly owner: string;
  readonly number: number;
  readonly lane: string | undefined;
  readonly blockers: readonly string[];
  /** A user was told that it is stored. */
  wasQueued: boolean;
  /** Its record was on the disk at some time. */
  wasStored: boolean;
  /** Stored after its owner had lost the lock, or taken from one: others may go another way. */
  wasLate: boolean;
  /** Another adopted it while its owner slept. */
  wasTaken: boolean;
  applied: number;
  /** What was decided when the store forgot it, or what the user was told. */
  end: TransactionEnd | undefined;
  wasTold: boolean;
}

interface PendingCall {
  readonly tab: Tab;
  readonly id: string;
  readonly sending: number;
  readonly since: number;
  readonly call: RemoteCall | undefined;
  answer: RemoteAnswer | undefined;
  /** It has arrived, and runs. */
  isRunning: boolean;
  /** The session is over: nobody hears the answer. */
  isOrphan: boolean;
}

class Tab {
  readonly name: string;
  owner: string;
  queue: TransactionQueue;
  /** The operation on the store that runs. */
  operation: Extract<TransactionEffect, { type: "claim" | "write" | "readOutcomes" }> | undefined;
  isOnline = false;
  /** Its session is over, and its queue is being told. */
  isClosing = false;
  isFrozen = false;
  holdsLock = false;
  /** It lost its lock once and did not know: it may go on with what others have adopted. */
  hasStalled = false;
  readonly shown = new Set<string>();

  constructor(name: string, owner: string, now: number) {
    this.name = name;
    this.owner = owner;
    this.queue = emptyQueue(now);
  }
}

export class QueueWorld {
  readonly #options: WorldOptions;
  readonly #step: typeof realStep;
  now = 1_000_000;
  wallOffset = 1_800_000_000_000;
  readonly disk = new Map<string, TransactionRecord>();
  readonly outcomes = new Map<string, TransactionOutcome>();
  readonly stories = new Map<string, Story>();
  readonly tabs: readonly Tab[];
  calls: PendingCall[] = [];
  /** Answers that were given before, to be given again. */
  readonly oldAnswers: (readonly [Tab, TransactionEvent])[] = [];
  /** The server's keys. */
  readonly keys = new Map<string, { readonly at: number; readonly isCancelled: boolean }>();
  readonly applied: Story[] = [];
  seq = 0;
  #made = 0;
  #owners = 0;
  #random = 1;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#step = options.step ?? realStep;
    this.tabs = ["left", "right"].map((name) => new Tab(name, `owner${this.#owners++}`, this.now));
    for (const tab of this.tabs) this.tell(tab, { type: "alarm" });
  }

  tab(choice: number): Tab {
    return this.tabs[choice % this.tabs.length] ?? fault("no tab");
  }

  /** Feeds a tab's queue an event, checks it, and performs what it asks for. */
  tell(tab: Tab, event: TransactionEvent): void {
    this.#random = (this.#random * 16_807) % 2_147_483_647;
    const { now, wallOffset } = this;
    const stamp = { now, wallNow: now + wallOffset, random: this.#random / 2_147_483_647 };
    const { queue } = tab;
    const effects = this.#step(queue, event, stamp, WORLD_POLICY);
    for (const effect of effects) this.#perform(tab, effect);
    this.#check(tab);
  }

  make(choice: number, lane: number, blocker: number, deadlineMs: number): void {
    const tab = this.tab(choice);
    if (tab.isFrozen) return;
    const number = ++this.#made;
    const id = `id${String(number).padStart(4, "0")}`;
    // What another tab has adopted is not in the queue, and counts as done.
    const earlier = [...this.stories.values()].filter(
      (story) => tab.queue.entries.has(story.id) || (story.maker === tab && story.wasTold),
    );
    const waitsFor = blocker % 3 ? undefined : earlier[blocker % Math.max(1, earlier.length)];
    const blockers = waitsFor ? [waitsFor.id] : [];
    const createdAt = this.now + this.wallOffset;
    const laneName = LANES[lane % LANES.length];
    const record: TransactionRecord = {
      recordVersion: 1,
      id,
      owner: tab.owner,
      order: 0,
      name: "add",
      inputVersion: 1,
      method: "add",
      input: { number },
      lane: laneName,
      blockers,
      phase: "queued",
      createdAt,
      deadlineAt: createdAt + deadlineMs,
      attempts: 0,
      violations: 0,
    };
    this.stories.set(id, {
      id,
      maker: tab,
      owner: tab.owner,
      number,
      lane: laneName,
      blockers,
      wasQueued: false,
      wasStored: false,
      wasLate: false,
      wasTaken: false,
      applied: 0,
      end: undefined,
      wasTold: false,
    });
    const hasFailedBlocker = !!waitsFor?.end?.error && waitsFor.wasTold;
    const rules = { repeatable: this.#options.repeatable };
    this.tell(tab, { type: "made", record, rules, hasFailedBlocker });
  }

  cancel(choice: number, nth: number): void {
    const tab = this.tab(choice);
    const ids = [...tab.queue.entries.keys()];
    const id = ids[nth % Math.max(1, ids.length)];
    if (id) this.tell(tab, { type: "cancelRequested", id });
  }

  /** Ends the running operation of a tab's store: well, or with nothing changed. */
  finishOperation(choice: number, isFailure: boolean): void {
    const tab = this.tab(choice);
    const { operation } = tab;
    if (!operation) return;
    const event = isFailure ? failureOf(operation.type) : this.#commit(tab, operation);
    tab.operation = undefined;
    this.tell(tab, event);
  }

  openSession(choice: number): void {
    const tab = this.tab(choice);
    if (tab.isOnline || tab.isFrozen) return;
    tab.isOnline = true;
    const keyRetentionMs = this.#options.keepsKeys ? KEPT_MS : undefined;
    this.tell(tab, { type: "sessionOpened", keyRetentionMs });
  }

  /** What has not arrived is lost, or was never written; what has goes on running. */
  closeSession(choice: number, isViolation: boolean, isClosedFirst: boolean): void {
    const tab = this.tab(choice);
    if (!tab.isOnline) return;
    tab.isOnline = false;
    tab.isClosing = true;
    const mine = (): PendingCall[] =>
      this.calls.filter((call) => call.tab === tab && !call.isOrphan);
    const closed = (): void => this.tell(tab, { type: "sessionClosed", isViolation });
    if (isClosedFirst) closed();
    for (const [index, call] of mine().entries()) {
      call.isOrphan = true;
      const wasWritten = call.isRunning || call.answer !== undefined || index % 2 === 0;
      this.#answer(call, { type: wasWritten ? "lost" : "unsent" });
    }
    if (!isClosedFirst) closed();
    tab.isClosing = false;
    for (const call of mine()) {
      call.isOrphan = true;
      this.#answer(call, { type: "unsent" });
    }
    this.calls = this.calls.filter((call) => !call.isOrphan || call.isRunning);
  }

  /** A call that takes too long, in a session that stays. */
  timeOut(nth: number): void {
    const call = this.#nthCall(nth);
    if (!call || call.isOrphan) return;
    call.isOrphan = true;
    this.#answer(call, { type: "lost" });
    if (!call.isRunning) this.calls = this.calls.filter((other) => other !== call);
  }

  /** Lets a call arrive, then run to its end. */
  serve(nth: number, outcome: number): void {
    const call = this.#nthCall(nth);
    if (!call || call.answer) return;
    if (!call.isRunning) {
      call.isRunning = true;
      if (outcome % 5 === 0) return;
    }
    call.isRunning = false;
    const answer = this.#execute(call, outcome);
    call.answer = answer;
    // One that is sent again while it runs joins the execution: they end as one.
    const hasRun = answer.type === "result" || (answer.type === "failure" && !answer.refused);
    for (const other of this.calls) {
      if (!call.call?.key || !hasRun || other.call?.key !== call.id || !other.isRunning) continue;
      other.isRunning = false;
      other.answer = answer;
    }
    this.calls = this.calls.filter((other) => !other.isOrphan || !other.answer);
  }

  deliver(nth: number): void {
    const answered = this.calls.filter(({ answer }) => answer);
    const call = answered[nth % Math.max(1, answered.length)];
    if (!call?.answer) return;
    this.calls = this.calls.filter((other) => other !== call);
    if (!call.isOrphan) this.#answer(call, call.answer);
  }

  /** An answer that was given before is given again. */
  repeatAnswer(nth: number): void {
    const old = this.oldAnswers[nth % Math.max(1, this.oldAnswers.length)];
    if (!old) return;
    const [tab, event] = old;
    // What time alone has changed comes first.
    this.tell(tab, { type: "alarm" });
    const entry = tab.queue.entries.get("id" in event ? event.id : "");
    const before = [entry?.call, entry?.cancel, entry?.end, entry?.notBefore];
    this.tell(tab, event);
    const after = [entry?.call, entry?.cancel, entry?.end, entry?.notBefore];
    if (before.some((value, index) => value !== after[index])) fault("an old answer counted");
  }

  ack(nth: number): void {
    const call = this.#nthCall(nth);
    if (call && !call.isOrphan)
      this.tell(call.tab, { type: "acked", id: call.id, sending: call.sending });
  }

  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = Math.min(...this.tabs.map(({ queue }) => queue.alarmAt));
      if (!(next <= until)) break;
      this.now = Math.max(this.now, next);
      for (const tab of this.tabs)
        if (tab.queue.alarmAt <= this.now) {
          this.tell(tab, { type: "alarm" });
          if (tab.queue.alarmAt <= this.now) fault("an alarm that is set for now, again and again");
        }
    }
    this.now = until;
    this.#giveUpCalls();
  }

  /** Who asked waits for half a minute; a handler runs for five at most. */
  #giveUpCalls(): void {
    for (const call of this.calls) {
      const ageMs = this.now - call.since;
      if (ageMs <= 30_000) continue;
      if (!call.isRunning || ageMs > 300_000)
        this.calls = this.calls.filter((other) => other !== call);
      if (call.isOrphan) continue;
      call.isOrphan = true;
      this.#answer(call, { type: "lost" });
    }
  }

  /** The process ends at once. `wasCommitted`: after its last write, before it heard so. */
  crash(choice: number, wasCommitted: boolean): void {
    const tab = this.tab(choice);
    const { operation } = tab;
    if (operation && wasCommitted) this.#commit(tab, operation);
    this.calls = this.calls.filter((call) => call.tab !== tab || call.isRunning);
    for (const call of this.calls) if (call.tab === tab) call.isOrphan = true;
    tab.owner = `owner${this.#owners++}`;
    tab.queue = emptyQueue(this.now);
    tab.operation = undefined;
    tab.isOnline = tab.isFrozen = tab.holdsLock = tab.hasStalled = false;
    tab.shown.clear();
    for (let i = this.oldAnswers.length; i--;)
      if (this.oldAnswers[i]?.[0] === tab) this.oldAnswers.splice(i, 1);
    this.tell(tab, { type: "alarm" });
  }

  freeze(choice: number): void {
    const tab = this.tab(choice);
    if (tab.isFrozen) return;
    tab.isFrozen = true;
    this.tell(tab, { type: "frozen" });
    this.closeSession(choice, false, true);
  }

  thaw(choice: number): void {
    const tab = this.tab(choice);
    if (!tab.isFrozen) return;
    tab.isFrozen = false;
    this.tell(tab, { type: "thawed" });
  }

  /** It stands still so long that its lock is given to others, and does not know. */
  stall(choice: number): void {
    const tab = this.tab(choice);
    tab.holdsLock = false;
    tab.hasStalled = true;
  }

  reach(choice: number): void {
    const keys = this.applied.slice(-3).map(({ id }) => id);
    this.tell(this.tab(choice), { type: "bucketReached", bucket: "log", seq: this.seq, keys });
  }

  storeChanged(choice: number): void {
    this.tell(this.tab(choice), { type: "storeChanged" });
  }

  /** Everything works again, for long enough. */
  heal(): void {
    for (let round = 0; round < 400; round++) {
      for (const index of this.tabs.keys()) {
        this.thaw(index);
        this.openSession(index);
        this.finishOperation(index, false);
        this.finishOperation(index, false);
      }
      // Now and then a handler fails, and whoever asks again has lost the right to.
      for (let nth = this.calls.length; nth--;) this.serve(nth, round % 3 ? 1 : 51);
      while (this.calls.some(({ answer }) => answer)) this.deliver(0);
      this.pass(round < 300 ? 1_100 : 40_000);
      if (round > 60 && this.isIdle) return;
    }
  }

  get isIdle(): boolean {
    return (
      !this.disk.size && !this.calls.length && this.tabs.every((tab) => !tab.queue.entries.size)
    );
  }

  #nthCall(nth: number): PendingCall | undefined {
    return this.calls[nth % Math.max(1, this.calls.length)];
  }

  #answer({ tab, id, sending }: PendingCall, answer: RemoteAnswer): void {
    const at = answer.type === "result" ? Object.entries(answer.at ?? {}) : [];
    const isTransient =
      answer.type === "failure" && ["internal", "timedOut", "cancelled"].includes(answer.code);
    const event = { type: "answered", id, sending, answer, isTransient, awaits: at } as const;
    this.oldAnswers.push([tab, event]);
    this.tell(tab, event);
  }

  #execute({ id, call }: PendingCall, outcome: number): RemoteAnswer {
    const story = this.stories.get(id) ?? fault("a call of nothing");
    const wallNow = this.now + this.wallOffset;
    const known = this.#keyOf(id);
    if (!call) {
      // A cancellation by key.
      if (known && !known.isCancelled) return { type: "result", output: story.number };
      if (outcome % 7 === 4) return { type: "failure", code: "internal", message: "" };
      this.keys.set(id, { at: wallNow, isCancelled: true });
      return { type: "failure", code: "cancelled", message: "" };
    }
    // Rights are looked at before keys.
    if (known && outcome > 40)
      return { type: "failure", code: "denied", message: "", refused: true };
    if (known && call.key)
      return known.isCancelled
        ? { type: "failure", code: "cancelled", message: "" }
        : { type: "result", output: story.number };
    const kind = outcome % 11;
    if (kind === 6) return { type: "failure", code: "noSuchRoom", message: "" };
    if (kind === 7) return { type: "failure", code: "internal", message: "" };
    if (kind === 8) return { type: "failure", code: "busy", message: "", refused: true };
    if (kind === 9) return { type: "failure", code: "denied", message: "", refused: true };
    if (kind === 10)
      return { type: "failure", code: "full", message: "", refused: true, retryAfterMs: 4_000 };
    if (call.key) this.keys.set(id, { at: wallNow, isCancelled: false });
    story.applied++;
    this.applied.push(story);
    const at = outcome % 2 ? undefined : { log: ++this.seq };
    return { type: "result", output: story.number, at };
  }

  #keyOf(id: string): { readonly isCancelled: boolean } | undefined {
    const key = this.keys.get(id);
    if (key && this.now + this.wallOffset - key.at > KEPT_MS) this.keys.delete(id);
    return this.keys.get(id);
  }

  #perform(tab: Tab, effect: TransactionEffect): void {
    switch (effect.type) {
      case "claim":
      case "write":
      case "readOutcomes":
        if (tab.operation) fault("two operations at once");
        tab.operation = effect;
        return;
      case "release":
        tab.holdsLock = false;
        return;
      case "send":
      case "sendCancel":
        return this.#send(tab, effect);
      case "phase":
        if (effect.phase === "queued") this.#story(effect.id).wasQueued = true;
        return;
      case "show":
        if (tab.shown.has(effect.record.id)) fault("shown twice");
        tab.shown.add(effect.record.id);
        return;
      case "hide":
        if (!tab.shown.delete(effect.id)) fault("hidden twice");
        return;
      case "settle":
        return this.#settle(tab, effect.record.id, effect.end);
    }
  }

  #send(tab: Tab, effect: Extract<TransactionEffect, { type: "send" | "sendCancel" }>): void {
    const { id, sending } = effect;
    const stored = this.disk.get(id);
    if (stored && stored.owner !== tab.owner && !tab.hasStalled) fault("sent what is another's");
    if (!tab.isOnline && !tab.isClosing) fault("sent without a session");
    if (stored?.owner === tab.owner && stored.sentAt === undefined)
      fault("sent before it was said");
    if (
      effect.type === "sendCancel" &&
      stored?.owner === tab.owner &&
      stored.phase !== "cancelling"
    )
      fault("cancelled before it was said");
    const call = effect.type === "send" ? effect.call : undefined;
    if (!!call?.key !== this.#options.keepsKeys && call) fault("the key");
    const none = { answer: undefined, isRunning: false, isOrphan: false };
    this.calls.push({ tab, id, sending, since: this.now, call, ...none });
  }

  #settle(tab: Tab, id: string, end: TransactionEnd): void {
    const story = this.#story(id);
    if (tab.shown.has(id) && end.error) fault("failed, and still shown");
    if (story.maker === tab) story.wasTold = true;
    this.#decide(story, end);
  }

  /** An end is for good, but that nobody may know, while another does. */
  #decide(story: Story, end: TransactionEnd): void {
    const kind = (of: TransactionEnd): string => of.error?.kind ?? of.phase;
    const old = story.end;
    if (old && kind(old) !== kind(end) && ![kind(old), kind(end)].some(isVague))
      fault(`${story.id} ended twice: ${kind(old)}, ${kind(end)}`);
    if (!old || isVague(kind(old))) story.end = end;
  }

  #story(id: string): Story {
    return this.stories.get(id) ?? fault(`a story of ${id}`);
  }

  #commit(
    tab: Tab,
    operation: Extract<TransactionEffect, { type: "claim" | "write" | "readOutcomes" }>,
  ): TransactionEvent {
    switch (operation.type) {
      case "claim":
        return this.#claim(tab);
      case "readOutcomes":
        return {
          type: "outcomesRead",
          outcomes: operation.ids.flatMap((id) => this.outcomes.get(id) ?? []),
        };
      case "write": {
        const lost = operation.changes.filter((change) => !this.#change(tab, change));
        return {
          type: "written",
          lost: lost.map((change) => (change.type === "remove" ? change.id : change.record.id)),
        };
      }
    }
  }

  #claim(tab: Tab): TransactionEvent {
    tab.holdsLock = true;
    const awake = new Set(this.tabs.filter(({ holdsLock }) => holdsLock).map(({ owner }) => owner));
    const loaded = [];
    const adopted = [];
    for (const [id, record] of this.disk) {
      if (record.owner !== tab.owner && awake.has(record.owner)) continue;
      const own = { ...record, owner: tab.owner };
      const story = this.#story(id);
      if (record.owner !== tab.owner) {
        adopted.push(id);
        story.wasLate ||= this.tabs.some((t) => t.owner === record.owner && t.hasStalled);
      }
      if (story.owner !== tab.owner)
        story.wasTaken ||= this.tabs.some((t) => t.owner === story.owner);
      this.disk.set(id, own);
      loaded.push({ record: own, rules: { repeatable: this.#options.repeatable } });
    }
    loaded.sort((a, b) => a.record.order - b.record.order);
    return { type: "claimed", loaded, setAside: [], adopted };
  }

  /** False: it was another's. */
  #change(tab: Tab, change: TransactionChange): boolean {
    if (change.type === "add") {
      if (this.disk.has(change.record.id)) fault("added twice");
      this.disk.set(change.record.id, change.record);
      const story = this.#story(change.record.id);
      story.wasStored = true;
      story.wasLate = !tab.holdsLock;
      return true;
    }
    const id = change.type === "remove" ? change.id : change.record.id;
    if (this.disk.get(id)?.owner !== tab.owner) return false;
    if (change.type === "put") this.disk.set(id, change.record);
    else {
      const end = tab.queue.entries.get(id)?.end ?? fault(`${id} was removed without an end`);
      this.disk.delete(id);
      this.#decide(this.#story(id), end);
      if (change.outcome) this.outcomes.set(id, change.outcome);
    }
    return true;
  }

  /** What must hold after every event. */
  #check({ queue }: Tab): void {
    const lanes = new Set<string>();
    let inFlight = 0;
    for (const { id, call, cancel, record } of queue.entries.values()) {
      if (!call && !cancel) continue;
      inFlight++;
      const lane = record.lane ?? id;
      if (lanes.has(lane)) fault("two of a lane on their way");
      lanes.add(lane);
    }
    this.#checkNothingIsDue(queue);
    if (inFlight > WORLD_POLICY.inFlightMax) fault("too many on their way");
    if (inFlight !== queue.inFlight.size) fault("the count of those on their way");
  }

  /** Nothing waits that has nothing to wait for (B30). */
  #checkNothingIsDue(queue: TransactionQueue): void {
    const { now, wallOffset } = this;
    const busy = new Set<string>();
    // What is being marked as sent has a place already.
    const isFull = queue.dirty.size > 0 || queue.inFlight.size >= WORLD_POLICY.inFlightMax;
    const entries = [...queue.entries.values()];
    const hasSuspect = entries.some(({ record }) => record.violations > 0);
    for (const { id, record, stored, end, isForeign, mayHaveRun, call, notBefore } of entries) {
      const isWaiting = !end && !isForeign && record.phase === "queued";
      if (isWaiting && queue.alarmAt > now && record.deadlineAt <= now + wallOffset)
        fault("a deadline passed unseen");
      const lane = record.lane ?? id;
      const isFirst = !busy.has(lane);
      if (end?.phase !== "done") busy.add(lane);
      const isReady = isWaiting && isFirst && !call && notBefore <= now;
      const isKnown = !!stored?.sentAt && stored === record && mayHaveRun;
      if (!isReady || !isKnown || record.blockers.length || isFull || hasSuspect) continue;
      const isAfterAnother = entries.some(
        (other) =>
          other.id !== id && record.lane && other.record.lane === record.lane && other.mayHaveRun,
      );
      if (queue.session && queue.isClaimed && !isAfterAnother) fault(`${id} could go`);
    }
  }

  /** What must hold in the end: what was said is true, and nothing was lost. */
  verdict(): void {
    const { keepsKeys, repeatable } = this.#options;
    const isOnce = keepsKeys || !repeatable;
    for (const { id, applied, end, wasQueued, wasStored } of this.stories.values()) {
      const kind = end?.error?.kind ?? end?.phase;
      if (isOnce && applied > 1) fault(`${id} was applied ${applied} times`);
      if (wasQueued && !wasStored) fault(`${id} was told to be stored`);
      if (wasStored && !end) fault(`${id} was lost`);
      if (kind === "done" && !applied) fault(`${id} was said to be done`);
      if (end && kind !== "done" && !isVague(kind) && applied) fault(`${id}: ${kind}, yet applied`);
    }
    this.#checkOrder();
    if (!this.isIdle) fault(`something hangs: ${JSON.stringify([...this.disk.values()])}`);
    for (const tab of this.tabs) {
      if (tab.shown.size) fault("an effect stayed");
      if (tab.queue.dirty.size || tab.queue.lanes.size || tab.queue.inFlight.size)
        fault("an index keeps what is gone");
    }
  }

  /**
   * Its owner's records went to different heirs: some while it slept, others when it crashed. They
   * know nothing of each other, and keep no order.
   */
  #isScattered({ owner, wasLate, wasTaken }: Story): boolean {
    return wasLate || (wasTaken && !this.tabs.some((tab) => tab.owner === owner));
  }

  /** In each lane, in the order of the making; after what it waited for. */
  #checkOrder(): void {
    const last = new Map<string, number>();
    const done = new Set<string>();
    for (const story of this.applied) {
      const { id, owner, lane, number, blockers, end } = story;
      const wasDone = done.has(id);
      done.add(id);
      if (isVague(end?.error?.kind) || wasDone || this.#isScattered(story)) continue;
      for (const blocker of blockers) {
        const before = this.#story(blocker);
        if (
          before.applied &&
          !done.has(blocker) &&
          !this.#isScattered(before) &&
          !isVague(before.end?.error?.kind)
        )
          fault(`${id} came before ${blocker}, for which it waited`);
      }
      if (lane === undefined) continue;
      const key = `${owner} ${lane}`;
      if ((last.get(key) ?? 0) > number) fault(`lane ${lane}: ${id} came late`);
      last.set(key, number);
    }
  }
}

const isVague = (kind: string | undefined): boolean =>
  kind === "outcomeUnknown" || kind === "poisoned";

function failureOf(type: "claim" | "write" | "readOutcomes"): TransactionEvent {
  const types = {
    claim: "claimFailed",
    write: "writeFailed",
    readOutcomes: "outcomesFailed",
  } as const;
  return { type: types[type], code: "failed" };
}

function fault(what: string): never {
  throw new Error(what);
}
