/**
 * The calls of a client, across its sessions: they wait for a session, time out, are aborted, and
 * settle once with a typed fate. What is written when, and in which frame, the outbox decides.
 */
import { DEFAULT_WIRE_LIMITS, isName } from "@holdfast/protocol";
import type { Call, Cancel as CancelCall, Failure, Fetch, Result } from "@holdfast/protocol";
import type { Cancel, Clock, Millis } from "../base/clock.ts";
import { CallError, OptionsError } from "../base/errors.ts";
import type { CallErrorDetails, CallErrorKind } from "../base/errors.ts";
import { CALL_TIMEOUT_MAX_MS, CALL_TIMEOUT_MS, CALLS_WAITING_MAX } from "./call-options.ts";
import type { AskOptions, CallOptions } from "./call-options.ts";
import { failureOf, isAnswerTo } from "./pending-call.ts";
import type { Answer, PendingCall, Request } from "./pending-call.ts";

/** What calls need of the open session. */
export interface CallLink {
  /** A call waits to be written, or none is in flight any more. */
  poke(): void;
  /** A written call is no longer waited for. */
  sayFirst(message: CancelCall): void;
}

// Never used again in this process, by whatever session or client: a late answer to an old call can
// then not be taken for the answer to a new one (L28).
let lastIssuedId = 0;

/** Makes calls. One per client; it outlives sessions. */
export class Calls {
  readonly #clock: Clock;
  // Arrays: a map that always changes leaves tables behind that keep old calls from quick garbage
  // collection.
  /** Calls that wait to be written, oldest first. */
  readonly #waiting: PendingCall[] = [];
  /** Calls that were written in the present session, oldest first. */
  readonly #written: PendingCall[] = [];
  #link: CallLink | undefined;
  #isClosed = false;
  readonly #roomWaiters: (() => void)[] = [];
  /** What the one alarm is set for. A call that settles leaves it as it is. */
  #alarmAt: Millis = Infinity;
  #cancelAlarm: Cancel | undefined;
  /** One for all calls: Node takes the eleventh listener of a signal for a leak, and warns. */
  readonly #onAbort = ({ target }: Pick<Event, "target">): void => {
    const calls = this.#all().filter(({ options }) => options.signal === target);
    for (const call of calls) this.#giveUp(call, "aborted", { cause: call.options.signal?.reason });
    this.#checkDeadlines();
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many calls were written in this session and have no answer yet. */
  get inFlight(): number {
    return this.#written.length;
  }

  /** How many calls wait to be written. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves with the handler's output, rejects with a {@link CallError} that tells the call's
   * fate.
   */
  call<Output>(method: string, input: unknown, options?: CallOptions): Promise<Output> {
    return new Promise<unknown>((resolve, reject) => {
      if (!isName(method, DEFAULT_WIRE_LIMITS.nameLength)) throw new OptionsError("bad method");
      const succeed = (answer: Answer): void => resolve((answer as Result).output);
      this.request({ type: "call", method, input }, options, succeed, reject);
    }) as Promise<Output>;
  }

  /** As `call`, with the whole answer. */
  ask(request: Request, options?: AskOptions): Promise<Answer> {
    return new Promise((resolve, reject) => this.request(request, options, resolve, reject));
  }

  /** The same by callbacks: one is called, perhaps at once, in its place among what is heard. */
  request(
    request: Request,
    options: AskOptions = {},
    resolve: PendingCall["resolve"],
    reject: PendingCall["reject"],
  ): void {
    const { timeoutMs = CALL_TIMEOUT_MS, signal, whenOffline } = options;
    if (!(timeoutMs >= 0 && timeoutMs <= CALL_TIMEOUT_MAX_MS))
      throw new OptionsError("bad timeoutMs");
    const deadline = this.#clock.now() + timeoutMs;
    const call = { id: 0, mayHaveRun: false, request, deadline, options, resolve, reject };
    if (this.#isClosed) return this.#fail(call, "closed");
    if (whenOffline === "fail" && !this.#link)
      return this.#fail(call, "neverSent", { code: "offline" });
    if (this.waiting >= CALLS_WAITING_MAX)
      return this.#fail(call, "neverSent", { code: "tooManyWaiting" });
    this.#wait(call);
    if (signal?.aborted) return this.#onAbort({ target: signal });
    if (deadline < this.#alarmAt) this.#checkDeadlines();
    this.#link?.poke();
  }

  /**
   * Resolves when no call waits to be written: at once, or when the socket has taken them all or
   * they have settled. Await it between calls to make no more than the connection carries.
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
    link.poke();
  }

  /**
   * The session is over; `sentId` is the id of the last call that its transport took. Calls that
   * may wait for the next session do so: first those that were written, in the order they had.
   */
  detach(sentId: number): void {
    this.#link = undefined;
    for (const call of this.#takeAll()) {
      const { whenOffline, repeatable } = call.options;
      const isSent = call.id > 0 && call.id <= sentId;
      call.id = 0;
      call.mayHaveRun ||= isSent;
      if (whenOffline !== "fail" && (repeatable || !isSent)) this.#wait(call);
      else this.#fail(call, isSent ? "outcomeUnknown" : "neverSent");
    }
    this.#checkDeadlines();
    this.#announceRoom();
  }

  /** The next call to write, under its new id. It counts as written before it is (B26). */
  take(): Call | Fetch | CancelCall | undefined {
    const call = this.#waiting.shift();
    if (!call) return undefined;
    call.id = ++lastIssuedId;
    this.#written.push(call);
    this.#announceRoom();
    // Of use to calls alone; elsewhere it is a field that the server does not know.
    const timeoutMs = Math.max(1, Math.ceil(call.deadline - this.#clock.now()));
    // The copy comes last: V8 is slow to add fields to one.
    const message = { id: call.id, timeoutMs, ...call.request };
    return message;
  }

  /** A taken call cannot be written, now or ever. */
  turnDown(id: number, kind: "neverSent" | "tooLarge", details?: CallErrorDetails): void {
    const call = this.#withdraw(id);
    if (!call) return;
    call.id = 0;
    this.#fail(call, kind, details);
  }

  /** Settles the call that this answers. False: it had settled; undefined: nobody asked for it. */
  answer(id: number, message: Answer | Failure): boolean | undefined {
    const at = this.#written.findIndex((one) => one.id === id);
    const call = this.#written[at];
    if (!call) return id <= lastIssuedId ? false : undefined;
    if (!isAnswerTo(call, message)) return undefined;
    this.#written.splice(at, 1);
    this.#release(call);
    if (message.type === "failure") call.reject(failureOf(message, call));
    else call.resolve(message);
    if (this.waiting || !this.inFlight) this.#link?.poke();
    return true;
  }

  /** The server has taken a keyed call on. */
  acked(id: number): void {
    this.#written.find((call) => call.id === id)?.options.onAck?.();
  }

  /** Rejects every call with `closed`; those to come are made. `code` tells why. */
  abandon(code?: string): void {
    for (const call of this.#takeAll()) this.#fail(call, "closed", { code });
    this.#checkDeadlines();
    this.#announceRoom();
  }

  /** Rejects every call, and each later one, with `closed`. Nothing stays behind. */
  close(): void {
    this.#isClosed = true;
    this.abandon();
  }

  #withdraw(id: number): PendingCall | undefined {
    // A −1 becomes an index past every end: nothing is taken out.
    return this.#written.splice(this.#written.findIndex((call) => call.id === id) >>> 0, 1)[0];
  }

  #all(): PendingCall[] {
    return [...this.#written, ...this.#waiting];
  }

  #takeAll(): PendingCall[] {
    return [...this.#written.splice(0), ...this.#waiting.splice(0)];
  }

  #wait(call: PendingCall): void {
    this.#waiting.push(call);
    call.options.signal?.addEventListener("abort", this.#onAbort);
  }

  #release({ options: { signal } }: PendingCall): void {
    if (signal && !this.#all().some(({ options }) => options.signal === signal))
      signal.removeEventListener("abort", this.#onAbort);
  }

  /** The caller's own doing, or its deadline. */
  #giveUp(call: PendingCall, kind: "aborted" | "timedOut", details?: CallErrorDetails): void {
    const calls = call.id ? this.#written : this.#waiting;
    if (!calls.splice(calls.indexOf(call) >>> 0, 1)[0]) return;
    this.#fail(call, kind, details);
    if (call.id) this.#link?.sayFirst({ type: "cancel", id: call.id });
    this.#announceRoom();
  }

  #fail(call: PendingCall, kind: CallErrorKind, details?: CallErrorDetails): void {
    this.#release(call);
    const mayHaveRun = call.mayHaveRun || call.id > 0;
    // The kinds are words already; sentences for them would weigh more than what they add.
    call.reject(new CallError(kind, kind, { mayHaveRun, ...details }));
  }

  #announceRoom(): void {
    if (!this.waiting) for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }

  /** Fails what is overdue, and sets the alarm for the earliest of the rest. */
  #checkDeadlines(): void {
    const now = this.#clock.now();
    this.#cancelAlarm?.();
    this.#alarmAt = Infinity;
    for (const call of this.#all()) {
      if (call.deadline > now) this.#alarmAt = Math.min(this.#alarmAt, call.deadline);
      else this.#giveUp(call, "timedOut");
    }
    if (this.#alarmAt === Infinity) return;
    // One more turn, so that an answer that already waits at the socket is heard first.
    this.#cancelAlarm = this.#clock.at(this.#alarmAt, () => {
      this.#cancelAlarm = this.#clock.turn(() => this.#checkDeadlines());
    });
  }
}
