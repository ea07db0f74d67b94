/**
 * The book of calls that have not settled: which wait to be written, which were written and under
 * which id. A call is in it until it settles, and leaving it is what entitles to settle, so that each
 * does so once. Pure but for the counter of ids, which all clients of the process share.
 */
import type { Millis } from "../base/clock.ts";
import type { CallError } from "../base/errors.ts";

/** A call that has not settled. */
export interface PendingCall {
  /** 0 while it waits; once written, its id on the wire. A call that is written again gets another. */
  id: number;
  /** It was written in a session that is over. */
  mayHaveRun?: true;
  readonly method: string;
  readonly input: unknown;
  /** When it times out, by `Clock.now`. */
  readonly deadline: Millis;
  /** It may run twice without harm: a lost connection puts it back among those that wait. */
  readonly repeatable: boolean;
  /** Without a connection it waits for the next one. Otherwise it fails. */
  readonly waitsOffline: boolean;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: CallError) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: (() => void) | undefined;
}

// Never used again in this process, by whatever session or client: a late answer to an old call can
// then not be taken for the answer to a new one (L28).
let lastIssuedId = 0;

/** Calls that wait, oldest first, and calls that were written in the present session, by id. */
export class PendingCalls {
  #waiting = new Set<PendingCall>();
  readonly #written = new Map<number, PendingCall>();
  /**
   * The ids of the present session lie between these two. Where several clients share a process some
   * in between are another's; an answer to one of those passes for stale.
   */
  #firstId = Infinity;
  #lastId = 0;

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get writtenCount(): number {
    return this.#written.size;
  }

  /** Every call in the book. */
  all(): PendingCall[] {
    return [...this.#written.values(), ...this.#waiting];
  }

  add(call: PendingCall): void {
    this.#waiting.add(call);
  }

  /** Gives the oldest waiting call an id. From here on it counts as written. */
  write(): PendingCall | undefined {
    for (const call of this.#waiting) {
      this.#waiting.delete(call);
      call.id = this.#lastId = ++lastIssuedId;
      this.#firstId = Math.min(this.#firstId, call.id);
      this.#written.set(call.id, call);
      return call;
    }
    return undefined;
  }

  /**
   * Takes out the call that an answer belongs to. `stale`: it has settled before. `unknown`: this
   * session never wrote such a call.
   */
  answer(id: number): PendingCall | "stale" | "unknown" {
    const call = this.#written.get(id);
    if (!call) return id >= this.#firstId && id <= this.#lastId ? "stale" : "unknown";
    this.#written.delete(id);
    return call;
  }

  /** Takes a call out. False: it has settled before. */
  remove(call: PendingCall): boolean {
    return call.id ? this.#written.delete(call.id) : this.#waiting.delete(call);
  }

  /**
   * The session is over. `sentId` is the last id that its transport took; later ones never left. Takes
   * out, and returns, the calls that are decided by this: those with an id may have run, those without
   * were never sent. All others wait for the next session, in the order in which they were made.
   */
  lose(sentId: number): PendingCall[] {
    const decided: PendingCall[] = [];
    const waiting = new Set<PendingCall>();
    for (const call of this.all()) {
      const mayHaveRun = call.id > 0 && call.id <= sentId;
      if (call.waitsOffline && (call.repeatable || !mayHaveRun)) waiting.add(call);
      else decided.push(call);
      if (mayHaveRun) call.mayHaveRun = true;
      if (!mayHaveRun || waiting.has(call)) call.id = 0;
    }
    this.#waiting = waiting;
    this.#written.clear();
    this.#firstId = Infinity;
    this.#lastId = 0;
    return decided;
  }

  /** Takes out everything. */
  clear(): PendingCall[] {
    const calls = this.all();
    this.#waiting.clear();
    this.#written.clear();
    return calls;
  }
}
