/**
 * The calls of a client, across its sessions: they wait for a session, time out, are aborted, and
 * settle once with a typed fate. What is written when, and in which frame, is the outbox's business.
 */
import type { Failure, Result } from "@holdfast/protocol";
import type { Clock, Millis } from "../base/clock.ts";
import { CallError, OptionsError } from "../base/errors.ts";
import type { CallErrorDetails, CallErrorKind } from "../base/errors.ts";
import { CallAlarm } from "./call-alarm.ts";
import { PendingCalls } from "./pending-calls.ts";
import type { PendingCall } from "./pending-calls.ts";

/** How long a call may take when it does not say. */
export const CALL_TIMEOUT_MS = 15_000;

/** The longest that a call may ask for: the longest timer that platforms keep, 24.8 days. */
export const CALL_TIMEOUT_MAX_MS = 2_147_483_647;

/** How many calls may wait to be written at one client. One more fails with `neverSent`. */
export const CALLS_WAITING_MAX = 1_024;

export interface CallOptions {
  /**
   * From the call to its answer, waiting for a connection included. Default 15 000. Past it the call
   * fails with `timedOut`. 0 to 2^31 − 1: no call is without a deadline.
   */
  readonly timeoutMs?: number | undefined;
  /** Aborts the call: it fails with `aborted`, and the server is told if the call was written. */
  readonly signal?: AbortSignal | undefined;
  /** Without a connection: `"wait"` for one (default), or `"fail"` at once with `neverSent`. */
  readonly whenOffline?: "wait" | "fail" | undefined;
  /**
   * It may run twice without harm: if the connection is lost before its answer, it is sent again.
   * Default false: it fails with `outcomeUnknown`.
   */
  readonly repeatable?: boolean | undefined;
}

/** What calls need of the open session. */
export interface CallLink {
  /** A call waits to be written. */
  poke(): void;
  /** A written call is no longer waited for. */
  cancel(id: number): void;
}

/** What became of an answer. `stale` is dropped and counted; `unknown` violates the protocol. */
export type AnswerFate = "settled" | "stale" | "unknown";

/** Makes calls. One per client; it outlives sessions. */
export class Calls {
  readonly #clock: Clock;
  readonly #pending = new PendingCalls();
  readonly #alarm: CallAlarm;
  #link: CallLink | undefined;
  #isClosed = false;
  #roomWaiters: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#alarm = new CallAlarm(clock, (now) => this.#expire(now));
  }

  /** How many calls were written in this session and have no answer yet. */
  get inFlight(): number {
    return this.#pending.writtenCount;
  }

  /** How many calls wait to be written. */
  get waiting(): number {
    return this.#pending.waitingCount;
  }

  /** Resolves with the handler's output, rejects with a {@link CallError} that tells the call's fate. */
  call(method: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { timeoutMs = CALL_TIMEOUT_MS, signal, whenOffline, repeatable = false } = options;
      if (!(timeoutMs >= 0 && timeoutMs <= CALL_TIMEOUT_MAX_MS)) {
        return reject(new OptionsError(`timeoutMs must be 0 to ${CALL_TIMEOUT_MAX_MS}.`));
      }
      const waitsOffline = whenOffline !== "fail";
      const obstacle = this.#obstacle(waitsOffline, signal);
      if (obstacle) return reject(obstacle);
      const call: PendingCall = {
        id: 0,
        method,
        input,
        deadline: this.#clock.now() + timeoutMs,
        repeatable,
        waitsOffline,
        resolve,
        reject,
        signal,
        onAbort: signal && (() => this.#abort(call, signal.reason)),
      };
      if (call.onAbort) signal?.addEventListener("abort", call.onAbort);
      this.#pending.add(call);
      this.#alarm.include(call.deadline);
      this.#link?.poke();
    });
  }

  /**
   * Resolves when no call waits to be written: at once, or when the socket has taken them all or they
   * have settled. Await it between calls to make no more than the connection carries.
   */
  room(): Promise<void> {
    return new Promise((resolve) => {
      this.#roomWaiters.push(resolve);
      this.#announceRoom();
    });
  }

  /** A session is open and takes calls. */
  attach(link: CallLink): void {
    this.#link = link;
    if (this.waiting) link.poke();
  }

  /** The session is over; `sentId` is the id of the last call that its transport took. */
  detach(sentId: number): void {
    this.#link = undefined;
    for (const call of this.#pending.lose(sentId)) {
      this.#fail(call, call.id ? "outcomeUnknown" : "neverSent");
    }
    this.#resetAlarm();
    this.#announceRoom();
  }

  /** The next call to write, under its new id. */
  take(): PendingCall | undefined {
    const call = this.#pending.write();
    if (!this.waiting) this.#announceRoom();
    return call;
  }

  /** A taken call cannot be written, now or ever. */
  turnDown(call: PendingCall, kind: "neverSent" | "tooLarge", details: CallErrorDetails): void {
    if (this.#pending.remove(call)) this.#fail(call, kind, details);
  }

  /** Settles the call that a message from the server answers. */
  answer(message: Result | Failure): AnswerFate {
    const call = this.#pending.answer(message.id);
    if (typeof call === "string") return call;
    this.#release(call);
    if (message.type === "result") call.resolve(message.output);
    else call.reject(failureOf(message));
    if (this.waiting) this.#link?.poke();
    return "settled";
  }

  /** Rejects every call, and each later one, with `closed`. Nothing stays behind. */
  close(): void {
    this.#isClosed = true;
    this.#link = undefined;
    this.abandon();
  }

  /** Rejects every call with `closed`; those to come are made. `code` tells why. */
  abandon(code?: string): void {
    for (const call of this.#pending.clear()) this.#fail(call, "closed", { code });
    this.#resetAlarm();
    this.#announceRoom();
  }

  /** Why a call cannot even wait. */
  #obstacle(waitsOffline: boolean, signal: AbortSignal | undefined): CallError | undefined {
    if (this.#isClosed) return callError("closed");
    if (signal?.aborted) return callError("aborted", { cause: signal.reason });
    if (!this.#link && !waitsOffline) return callError("neverSent", { code: "offline" });
    if (this.waiting >= CALLS_WAITING_MAX)
      return callError("neverSent", { code: "tooManyWaiting" });
    return undefined;
  }

  #abort(call: PendingCall, cause: unknown): void {
    this.#giveUp(call, "aborted", { cause });
    // Without a session nothing may stay scheduled for calls that are gone.
    if (!this.#link) this.#resetAlarm();
  }

  /** The caller's own doing, or its deadline. */
  #giveUp(call: PendingCall, kind: "aborted" | "timedOut", details?: CallErrorDetails): void {
    if (!this.#pending.remove(call)) return;
    this.#fail(call, kind, details);
    if (call.id) this.#link?.cancel(call.id);
    this.#announceRoom();
  }

  #fail(call: PendingCall, kind: LocalKind, details?: CallErrorDetails): void {
    this.#release(call);
    const isWritten = call.id > 0 && kind !== "neverSent" && kind !== "tooLarge";
    call.reject(callError(kind, { mayHaveRun: call.mayHaveRun ?? isWritten, ...details }));
  }

  #release(call: PendingCall): void {
    if (call.onAbort) call.signal?.removeEventListener("abort", call.onAbort);
  }

  #announceRoom(): void {
    if (this.waiting || !this.#roomWaiters.length) return;
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #expire(now: Millis): void {
    for (const call of this.#pending.all())
      if (call.deadline <= now) this.#giveUp(call, "timedOut");
    this.#resetAlarm();
  }

  #resetAlarm(): void {
    this.#alarm.reset(this.#pending.all().map((call) => call.deadline));
  }
}

type LocalKind = Exclude<CallErrorKind, "refused" | "failed">;

/** The kinds are words already; sentences for them would weigh more than what they add. */
function callError(kind: LocalKind, details?: CallErrorDetails): CallError {
  return new CallError(kind, `call ${kind}${details?.code ? `: ${details.code}` : ""}`, details);
}

function failureOf({ code, message, data, retryAfterMs, refused }: Failure): CallError {
  const comesBack = refused && (code === "busy" || code === "draining");
  return new CallError(refused ? "refused" : "failed", message, {
    code,
    data,
    retryAfterMs,
    retryable: comesBack || retryAfterMs !== undefined,
  });
}
