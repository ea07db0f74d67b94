/** A server that keeps keys, as transactions see it. It answers by itself, or when told to. */
import type { ManualClock } from "@holdfast/testing";

import type {
  CallRemote,
  RemoteAnswer,
  RemoteCall,
} from "../../../src/transactions/call-remote.ts";

interface Waiting {
  readonly key: string;
  readonly call: RemoteCall | undefined;
  readonly settle: (answer: RemoteAnswer) => void;
  readonly acked: () => void;
}

export class FakeServer {
  readonly #clock: ManualClock;
  /** Answers after 10 ms; else `answer` does. */
  isAuto = true;
  /** What a call comes to that has not run yet. */
  handler: (call: RemoteCall) => RemoteAnswer = () => ({ type: "result", output: "ok" });
  /** Inputs, in the order in which they took effect. */
  readonly applied: unknown[] = [];
  readonly #keys = new Map<string, RemoteAnswer>();
  #waiting: Waiting[] = [];
  /** Methods and `cancel`, as they came. */
  readonly heard: string[] = [];

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  remote(): CallRemote {
    const take = (waiting: Waiting): void => {
      this.heard.push(waiting.call?.method ?? "cancel");
      this.#waiting.push(waiting);
      if (this.isAuto) this.#clock.at(this.#clock.now() + 10, () => this.#settle(waiting));
    };
    return {
      send: (call, settle, acked) => take({ key: call.key ?? "", call, settle, acked }),
      cancel: (key, settle) => take({ key, call: undefined, settle, acked: () => {} }),
    };
  }

  /** Answers the one that waits longest. */
  answer(answer?: RemoteAnswer): void {
    const [first] = this.#waiting;
    if (first) this.#settle(first, answer);
  }

  ack(): void {
    this.#waiting[0]?.acked();
  }

  /** The session is lost: what was not answered is told so. */
  drop(type: "lost" | "unsent" = "lost"): void {
    for (const { settle } of this.#waiting.splice(0)) settle({ type });
  }

  /** The session is lost when all has run, and before it was answered. */
  runAndDrop(): void {
    for (const { key, call, settle } of this.#waiting.splice(0)) {
      this.#run(key, call);
      settle({ type: "lost" });
    }
  }

  #settle(waiting: Waiting, answer?: RemoteAnswer): void {
    if (!this.#waiting.includes(waiting)) return;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.settle(answer ?? this.#run(waiting.key, waiting.call));
  }

  #run(key: string, call: RemoteCall | undefined): RemoteAnswer {
    const known = this.#keys.get(key);
    if (known) return known;
    const answer = call
      ? this.handler(call)
      : ({ type: "failure", code: "cancelled", message: "" } as const);
    if (answer.type === "result") this.applied.push(call?.input);
    if (key && (answer.type === "result" || !call)) this.#keys.set(key, answer);
    return answer;
  }
}
