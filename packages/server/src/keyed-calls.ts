/**
 * Calls that run exactly once. A key that is being executed in this process is joined, also when
 * the session that asked first is gone; one that has ended is answered from the store; and what a
 * key commits is committed with its answer, so that of two processes one finds that it was late.
 */
import type { BucketKey, Call, Failure, Result, WireLimits } from "@holdfast/protocol";

import type { Alarm, Alarms } from "./base/alarms.ts";
import type { Clock, Millis } from "./base/clock.ts";
import { RunningCall } from "./call-context.ts";
import type { Committed, PublishAny, Viewer } from "./call-context.ts";
import { AccountAllowance } from "./account-allowance.ts";
import { CallFailure, ownFailure } from "./call-failure.ts";
import type { CallRouter } from "./call-router.ts";
import { StoreFault } from "./committer.ts";
import type { AnyUnit, Committer } from "./committer.ts";
import { inputHash } from "./input-hash.ts";
import { answerOf, isSame, resultOf } from "./keyed-answer.ts";
import { TooLarge } from "./outbox.ts";
import type { ServerCodec } from "./outbox.ts";
import type { ServerPolicy } from "./server-policy.ts";
import type { CallKey, KeyedCall, KeyedOutcome, ServerStore } from "./server-store.ts";

/** Hears the answer of a call exactly once, unless its session has ended. */
export type Settle = (answer: Result | Failure) => void;

/** A call that carries a key. */
export type CallWithKey = Call & { readonly key: string };

/** Somebody who asked, under an id of its own. */
interface Waiter {
  readonly id: number;
  readonly sessionId: string;
  readonly settle: Settle;
}

interface Execution {
  readonly keyed: KeyedCall;
  readonly context: RunningCall;
  waiters: readonly Waiter[];
  readonly alarm: Alarm;
  /** When the last of them has waited long enough. */
  deadline: Millis;
}

export interface KeyedCallsParts {
  readonly store: ServerStore;
  readonly router: CallRouter;
  readonly committer: Committer;
  readonly publish: PublishAny;
  readonly clock: Clock;
  readonly alarms: Alarms;
  /** An answer fits into a frame of each, or it is not stored: any session may ask for it again. */
  readonly codecs: readonly ServerCodec[];
  readonly counts: { keyedReplays: number };
  readonly limits: Pick<WireLimits, "nesting" | "frameBytes">;
  readonly policy: Pick<
    ServerPolicy,
    "callTimeoutMaxMs" | "keyedCallsMax" | "keyCancelsPerSecond" | "keyCancelsBurst"
  >;
  readonly report: (
    error: unknown,
    context: { readonly place: "store"; readonly method?: string },
  ) => void;
}

export class KeyedCalls {
  readonly #parts: KeyedCallsParts;
  /** What runs in this process, by account and key. */
  readonly #running = new Map<string, Map<string, Execution>>();
  /** Each cancel of an unknown key is stored, though nothing was ever asked for. */
  readonly #cancels: AccountAllowance;

  constructor(parts: KeyedCallsParts) {
    this.#parts = parts;
    const { keyCancelsPerSecond: perSecond, keyCancelsBurst: burst } = parts.policy;
    this.#cancels = new AccountAllowance({ perSecond, burst });
  }

  /** `settle` hears the answer once, perhaps before this returns, unless its session leaves. */
  run(call: CallWithKey, viewer: Viewer, settle: Settle): void {
    const { clock, policy } = this.#parts;
    const { account, sessionId } = viewer;
    const { id, key, method } = call;
    const keyed = { account, key, method, inputHash: inputHash(call.input) };
    const deadline = clock.now() + Math.min(call.timeoutMs, policy.callTimeoutMaxMs);
    const running = this.#running.get(account)?.get(key);
    if (running && !isSame(running.keyed, keyed)) return settle(ownFailure(id, "keyReused"));
    const waiter = { id, sessionId, settle };
    if (running) return this.#join(running, waiter, deadline);
    const count = this.#running.get(account)?.size ?? 0;
    if (count >= policy.keyedCallsMax) {
      return settle(ownFailure(id, "busy", "too many keyed calls of this account run"));
    }
    const execution = this.#begin(call, keyed, viewer);
    this.#join(execution, waiter, deadline);
    void this.#execute(call, execution).then((answer) => this.#end(execution, answer));
  }

  /** Sees to it that the key takes no effect if it has not yet, and tells what stands. */
  cancel(id: number, call: CallKey, settle: Settle): void {
    const { store, clock, report } = this.#parts;
    // What runs here will be stored anyway.
    const isRunning = this.#running.get(call.account)?.has(call.key);
    const waitMs = isRunning ? 0 : this.#cancels.take(call.account, clock.now());
    if (waitMs > 0) {
      const failure = ownFailure(id, "busy", "too many keys of this account are cancelled");
      return settle({ ...failure, retryAfterMs: waitMs });
    }
    const cancelled = (outcome: KeyedOutcome): Result | Failure => {
      if (outcome.type === "result") return resultOf(id, outcome);
      // A commit that comes now finds the key taken, whether the handler heeds its signal or not.
      this.#running.get(call.account)?.get(call.key)?.context.abort("cancelled");
      return ownFailure(id, "cancelled");
    };
    store
      .cancel(call, Math.floor(clock.wallNow()))
      .then(cancelled)
      .catch((error: unknown) => {
        report(error, { place: "store" });
        return ownFailure(id, "internal", "the store failed");
      })
      .then(settle)
      .catch((error: unknown) => report(error, { place: "store" }));
  }

  /** A session has ended: its calls go on, for whoever asks again, and it hears of none. */
  leave({ account, sessionId }: Viewer): void {
    for (const execution of this.#running.get(account)?.values() ?? []) {
      execution.waiters = execution.waiters.filter((waiter) => waiter.sessionId !== sessionId);
    }
  }

  /** How many keys are being executed. */
  get size(): number {
    let size = 0;
    for (const byKey of this.#running.values()) size += byKey.size;
    return size;
  }

  /** The server ends: handlers that still run are told, and nothing is left to wait for. */
  close(): void {
    for (const byKey of this.#running.values()) {
      for (const { context, alarm } of byKey.values()) {
        alarm.set(undefined);
        context.abort("closed");
      }
    }
  }

  #begin(call: CallWithKey, keyed: KeyedCall, viewer: Viewer): Execution {
    const { alarms, router, publish } = this.#parts;
    const context = new RunningCall(viewer, call, router, publish, (unit) =>
      this.#commit(keyed, unit),
    );
    const alarm = alarms.alarm(() => context.abort("timedOut"));
    const execution: Execution = { keyed, context, alarm, waiters: [], deadline: -Infinity };
    let byKey = this.#running.get(keyed.account);
    if (!byKey) this.#running.set(keyed.account, (byKey = new Map<string, Execution>()));
    byKey.set(keyed.key, execution);
    return execution;
  }

  #join(execution: Execution, waiter: Waiter, deadline: Millis): void {
    execution.waiters = [...execution.waiters, waiter];
    if (deadline <= execution.deadline) return;
    execution.deadline = deadline;
    execution.alarm.set(deadline);
  }

  #end(execution: Execution, answer: Result | Failure): void {
    const { keyed, alarm } = execution;
    alarm.set(undefined);
    const byKey = this.#running.get(keyed.account);
    byKey?.delete(keyed.key);
    if (byKey?.size === 0) this.#running.delete(keyed.account);
    for (const { id, settle } of execution.waiters) settle({ ...answer, id });
  }

  /** Never rejects. Only what was committed stands, whatever became of the handler otherwise. */
  async #execute(call: CallWithKey, { keyed, context }: Execution): Promise<Result | Failure> {
    const { router } = this.#parts;
    let fault: { readonly error: unknown } | undefined;
    try {
      const known = await this.#known(keyed);
      if (known) return this.#replay(call.id, keyed, known);
      const returned = await router.returned(call, context);
      // Nothing was committed but the answer itself.
      if (!context.committed) await context.commit(() => returned);
    } catch (error) {
      fault = { error };
    }
    // Before anything is waited for: what the handler left running must not commit behind it.
    context.end();
    try {
      const committed = await context.committed;
      if (!committed) return router.failure(call, context, fault?.error);
      // It stands: what the handler did wrong afterwards is for the server's owner only.
      if (fault) router.failure(call, context, fault.error);
      return resultOf(call.id, committed);
    } catch (error) {
      // The handler may have put it into words of its own.
      return router.failure(call, context, fault ? fault.error : error);
    }
  }

  #replay(id: number, keyed: KeyedCall, known: KeyedOutcome): Result | Failure {
    const answer = answerOf(id, keyed, known);
    if (answer.type === "result") this.#parts.counts.keyedReplays++;
    return answer;
  }

  async #known(keyed: KeyedCall): Promise<KeyedOutcome | undefined> {
    try {
      return await this.#parts.store.outcome({ account: keyed.account, key: keyed.key });
    } catch (error) {
      this.#parts.report(error, { place: "store", method: keyed.method });
      throw new StoreFault(error);
    }
  }

  async #commit(keyed: KeyedCall, unit: AnyUnit): Promise<Committed> {
    const outcome = await this.#parts.committer.commit(unit, {
      call: keyed,
      outputOf: (returned, at) => this.#outputOf(keyed.method, returned, at),
    });
    if (outcome.type === "committed") return outcome;
    // Somebody was first: another process, or who cancelled.
    const { outcome: known } = outcome;
    if (known.type === "cancelled") throw new CallFailure("cancelled", "the caller cancelled");
    if (!isSame(known, keyed))
      throw new CallFailure("keyReused", "the key belongs to another call");
    this.#parts.counts.keyedReplays++;
    return known;
  }

  /** What will be stored can be said, or the unit is undone: nobody could hear of it later. */
  #outputOf(method: string, returned: unknown, at: Readonly<Record<BucketKey, number>>): unknown {
    const { codecs, limits, router } = this.#parts;
    const output = router.outputOf(method, returned);
    const result = resultOf(Number.MAX_SAFE_INTEGER, { output, at });
    for (const codec of codecs) {
      const part = codec.encode(result, limits.nesting);
      if (codec.sizeOf(part) > limits.frameBytes) throw new TooLarge();
    }
    return output;
  }
}
