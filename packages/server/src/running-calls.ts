/** The handlers of one session that run, so that they can be told when nobody waits any more. */
import type { Call, Failure, Result } from "@holdfast/protocol";

import type { AbandonedCalls } from "./abandoned-calls.ts";
import { RunningCall } from "./call-context.ts";
import type { AbortCode, CommitAny, Committed, PublishAny, Viewer } from "./call-context.ts";
import { ownFailure } from "./call-failure.ts";
import type { CallRouter } from "./call-router.ts";
import type { CallWithKey, KeyedCalls, Settle } from "./keyed-calls.ts";

/** What the calls of all sessions share. */
export interface CallParts {
  readonly router: CallRouter;
  readonly keyed: KeyedCalls;
  /** Those without a key whose sessions have ended. */
  readonly abandoned: AbandonedCalls;
  readonly publish: PublishAny;
  readonly commit: CommitAny;
}

const TOO_MANY = "too many calls of this account run on after their sessions";

export class RunningCalls {
  readonly #parts: CallParts;
  /** In an array, for a map that always changes holds on to what was in it. */
  readonly #running: { readonly id: number; readonly context: RunningCall }[] = [];
  /** How many run that have a key. */
  #keyed = 0;
  /** Whose session it was, once it is over. */
  #leftBy: string | undefined;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /** How many run. */
  get size(): number {
    return this.#running.length + this.#keyed;
  }

  /** `settle` hears the answer once, perhaps before this returns; no keyed one after `end`. */
  run(call: Call, viewer: Viewer, settle: Settle): void {
    const { router, keyed, abandoned, publish, commit } = this.#parts;
    if (hasKey(call)) {
      this.#keyed++;
      return keyed.run(call, viewer, (answer) => {
        this.#keyed--;
        settle(answer);
      });
    }
    if (abandoned.isFull(viewer.account)) return settle(ownFailure(call.id, "busy", TOO_MANY));
    const context = new RunningCall(viewer, call, router, publish, commit);
    const entry = { id: call.id, context };
    this.#running.push(entry);
    const settled = (answer: Result | Failure): void => {
      this.#running.splice(this.#running.indexOf(entry), 1);
      if (this.#leftBy !== undefined) abandoned.ended(this.#leftBy);
      settle(answer);
    };
    router.run(call, context, (answer) => {
      context.end();
      if (!context.committed) return settled(answer);
      // A handler that does not wait for its commit is answered when it stands, or does not.
      context.committed.then(
        ({ at }: Committed) => settled(withPositions(answer, at)),
        (error: unknown) =>
          settled(answer.type === "failure" ? answer : router.failure(call, context, error)),
      );
    });
  }

  /** Nobody waits for it. What has a key goes on: the next session may ask for it again. */
  abort(id: number, code: AbortCode): void {
    this.#running.find((entry) => entry.id === id)?.context.abort(code);
  }

  /** The session is over. Its keyed calls go on without it: the next one may ask for them again. */
  end({ viewer }: { readonly viewer: Viewer }): void {
    // Before they are told: some end at once.
    this.#leftBy = viewer.account;
    this.#parts.abandoned.left(viewer.account, this.#running.length);
    for (const { context } of this.#running) context.abort("closed");
    if (this.#keyed > 0) this.#parts.keyed.leave(viewer);
  }
}

function hasKey(call: Call): call is CallWithKey {
  return call.key !== undefined;
}

function withPositions(answer: Result | Failure, at: Committed["at"]): Result | Failure {
  if (answer.type === "failure" || Object.keys(at).length === 0) return answer;
  const { type, id, output } = answer;
  return { type, id, output, at };
}
