/** Updates for servers whose subscriptions are async iterators: a queue for each subscriber. */
import type { Update } from "../peer.ts";

interface Queue {
  readonly updates: Update[];
  wake: () => void;
}

export class UpdateQueues {
  readonly #queues = new Set<Queue>();

  push(update: Update): void {
    for (const queue of this.#queues) {
      queue.updates.push(update);
      queue.wake();
    }
  }

  /** All that is pushed from now on. */
  async *open(): AsyncGenerator<Update> {
    const queue: Queue = { updates: [], wake: () => {} };
    this.#queues.add(queue);
    try {
      while (true) {
        yield* queue.updates.splice(0);
        if (queue.updates.length === 0)
          await new Promise<void>((resolve) => {
            queue.wake = resolve;
          });
      }
    } finally {
      this.#queues.delete(queue);
    }
  }
}
