/** The handlers of one session that run, so that they can be told when nobody waits any more. */
import type { Call, Failure, Result } from "@holdfast/protocol";

import type { PublishAny } from "./bucket-publisher.ts";
import { RunningCall } from "./call-context.ts";
import type { AbortCode, Viewer } from "./call-context.ts";
import type { CallRouter } from "./call-router.ts";

export class RunningCalls {
  readonly #router: CallRouter;
  readonly #publish: PublishAny;
  readonly #contexts = new Map<number, RunningCall>();

  constructor(router: CallRouter, publish: PublishAny) {
    this.#router = router;
    this.#publish = publish;
  }

  /** `settle` hears the answer exactly once, perhaps before this returns. */
  run(call: Call, viewer: Viewer, settle: (answer: Result | Failure) => void): void {
    const context = new RunningCall(viewer, this.#publish);
    this.#contexts.set(call.id, context);
    this.#router.run(call, context, (answer) => {
      this.#contexts.delete(call.id);
      settle(answer);
    });
  }

  abort(id: number, code: AbortCode): void {
    this.#contexts.get(id)?.abort(code);
  }

  abortAll(code: AbortCode): void {
    for (const context of this.#contexts.values()) context.abort(code);
  }
}
