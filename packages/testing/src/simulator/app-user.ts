/** Who uses one process of the app: makes notes, takes them back, asks, opens and closes lists. */
import { CallError } from "@holdfast/client";
import type { OpenBucket, TransactionHandle } from "@holdfast/client/durable";

import { LISTS } from "./app-contract.ts";
import type { AppBucket, NoteFate } from "./app-contract.ts";
import type { AppProcess } from "./app-process.ts";
import type { Dice } from "./dice.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { Wish } from "./wish.ts";

/** Of a hundred notes. */
const FATES: readonly NoteFate[] = [
  ...Array.from({ length: 16 }, () => "ok" as const),
  "denied",
  "busyOnce",
  "throwsOnce",
  "ok",
];

interface Made {
  readonly wish: Wish;
  readonly handle: TransactionHandle;
  readonly account: string;
  readonly stay: number;
}

export class AppUser {
  /** Calls that have not settled. */
  openCalls = 0;
  readonly #process: AppProcess;
  readonly #journal: Journal;
  readonly #ledger: Ledger;
  readonly #opened = new Map<AppBucket, OpenBucket>();
  readonly #cancels: (() => void)[] = [];
  readonly #made: Made[] = [];
  /** Wishes whose results this process still owes. */
  readonly #owed = new Set<number>();

  constructor(process: AppProcess, journal: Journal, ledger: Ledger) {
    this.#process = process;
    this.#journal = journal;
    this.#ledger = ledger;
    for (const list of LISTS.slice(0, 2)) this.open(list);
  }

  /** Results that this process owes its user. */
  get owed(): ReadonlySet<number> {
    return this.#owed;
  }

  get opened(): readonly AppBucket[] {
    return [...this.#opened.keys()];
  }

  /** A note, now and then with an order, a blocker or a deadline. */
  add(dice: Dice): void {
    const { client, name, addNote, effects, credentials, isAlive, stay } = this.#process;
    const account = credentials.identity.current;
    if (account === null || !isAlive) return;
    const lane = dice.chance(0.7) ? `${name} ${account} ${stay} ${dice.whole(1, 3)}` : undefined;
    // Of those before, another tab may hold the records: they are not in the queue of this one.
    const own = this.#made.filter((made) => made.account === account && made.stay === stay);
    const blockers = dice.chance(0.12) ? own.slice(-3).filter(() => dice.chance(0.4)) : [];
    const deadlineMs = dice.chance(0.06) ? dice.ms(500, 60_000) : undefined;
    const fate = dice.pick(FATES);
    const wish: Wish = {
      n: this.#ledger.wishes.length,
      fate,
      lane,
      blockers: blockers.filter((made) => !isForgotten(made)).map((made) => made.wish),
      hasDeadline: deadlineMs !== undefined,
      maker: name,
      account,
      isAtHome: account === this.#process.account,
      id: "",
      isStored: false,
      isCancelled: false,
      end: undefined,
      failures: 0,
      epochs: new Set(),
    };
    this.#ledger.made(wish);
    this.#journal.note(name, `wish ${wish.n} (${fate}${lane ? `, lane ${lane.slice(-1)}` : ""})`);
    const input = {
      wish: wish.n,
      list: dice.pick(LISTS),
      ...(dice.chance(0.3) && { copyTo: dice.pick(["ada", "bob", "cleo"]) }),
      fate,
      beforeMs: dice.chance(0.5) ? 0 : dice.ms(1, 400),
      afterMs: dice.chance(0.7) ? 0 : dice.ms(1, 400),
    };
    const handle = client.transact(addNote, input, {
      ...(lane !== undefined && { lane }),
      blockers: blockers.map((made) => made.handle),
      ...(deadlineMs !== undefined && { deadlineMs }),
    });
    wish.id = handle.id;
    this.#made.push({ wish, handle, account, stay });
    this.#owed.add(wish.n);
    handle.phase.subscribe((phase) => {
      if (phase !== "saving" && phase !== "failed" && phase !== "cancelled") wish.isStored = true;
    });
    const settled = (): void => void this.#owed.delete(wish.n);
    handle.result.then(settled, settled);
    void effects.follow(wish, handle.result, () => this.#process.isAlive);
    if (phaseShows(handle) && !client.pending.current.some(({ id }) => id === handle.id))
      this.#journal.broke("what is made shows at once", `${name}: wish ${wish.n}`);
  }

  /** Takes one of the last notes back. */
  async cancel(dice: Dice): Promise<void> {
    const made = this.#made.at(-dice.whole(1, 4));
    if (!made || !this.#process.isAlive) return;
    const { wish, handle } = made;
    this.#journal.note(this.#process.name, `takes back wish ${wish.n}`);
    wish.isCancelled = true;
    this.openCalls++;
    const isGone = await handle.cancel();
    this.openCalls--;
    if (isGone && this.#process.isAlive && wish.epochs.has(this.#ledger.epoch))
      this.#journal.broke("what was taken back has no effect", `wish ${wish.n}`);
  }

  /** Asks something that is not kept. */
  async call(dice: Dice, n: number, bumps: ReadonlySet<number>): Promise<void> {
    const { client, credentials } = this.#process;
    const as = credentials.identity.current;
    if (as === null) return;
    const isEcho = dice.chance(0.5);
    this.openCalls++;
    try {
      const answer = await client.call(
        isEcho ? "echo" : "bump",
        { n, as },
        {
          timeoutMs: dice.ms(500, 20_000),
          ...(dice.chance(0.3) && { whenOffline: "fail" }),
        },
      );
      if (answer !== n) this.#journal.broke("a call gets its own answer", `${answer}, not ${n}`);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#journal.note(this.#process.name, `call ${n}: ${error.kind} ${error.code ?? ""}`);
      if (!error.mayHaveRun && bumps.has(n))
        this.#journal.broke("a call that cannot have run has not", `${n}: ${error.kind}`);
    }
    this.openCalls--;
  }

  open(bucket: AppBucket): void {
    if (this.#opened.has(bucket) || !this.#process.isAlive) return;
    const handle = this.#process.client.bucket(bucket);
    let before = handle.state.current.cursor;
    let { account } = this.#process;
    const cancel = handle.state.subscribe(({ cursor, phase }) => {
      const { current } = this.#process.credentials.identity;
      const isSame = current === account && cursor?.epoch === before?.epoch;
      if (isSame && cursor && before && cursor.seq < before.seq && phase !== "loading")
        this.#journal.broke("a cursor never falls", `${this.#process.name} ${bucket}`);
      before = cursor;
      account = current ?? "";
    });
    this.#cancels.push(cancel);
    this.#opened.set(bucket, handle.open({ priority: this.#opened.size }));
  }

  close(bucket: AppBucket): void {
    this.#opened.get(bucket)?.close();
    this.#opened.delete(bucket);
  }

  /** Listens to nothing any more. */
  leave(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }
}

/**
 * It failed after its user had gone and come back: the old handle was not told, and the id of what
 * is in no queue counts as done.
 */
function isForgotten({ wish, handle }: Made): boolean {
  const { current } = handle.phase;
  return wish.end?.type === "failed" && current !== "failed" && current !== "cancelled";
}

/** Nothing was wrong with it from the start. */
function phaseShows({ phase }: TransactionHandle): boolean {
  return phase.current === "saving" || phase.current === "queued" || phase.current === "inFlight";
}
