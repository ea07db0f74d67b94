/**
 * The transactions of one kind, as a component sees them: the last that it made, and all that are
 * pending, those of earlier visits included. Leaving the page cancels nothing: they go on.
 */
import { Cell, type Cancel, type Source } from "@holdfast/client";
import type {
  DurableClient,
  PendingTransaction,
  TransactionDefinition,
  TransactionError,
  TransactionHandle,
  TransactionPhase,
  TransactOptions,
} from "@holdfast/client/durable";

/** How the last transaction stands that this component made. */
export interface TransactionState<Output> {
  /** Undefined: it made none. */
  readonly phase: TransactionPhase | undefined;
  /** The server's result, once it is done. */
  readonly data: Output | undefined;
  /** Why it failed or was cancelled. */
  readonly error: TransactionError | undefined;
}

/** None was made: also what a server renders. */
export const NO_TRANSACTION: TransactionState<never> = {
  phase: undefined,
  data: undefined,
  error: undefined,
};

const FINAL: readonly TransactionPhase[] = ["done", "failed", "cancelled"];

export class TransactionWatch<Input, Output> {
  /** Of this kind, in the order of the queue; the same list while it does not change. */
  readonly pending: Source<readonly PendingTransaction<Input>[]>;
  readonly #client: DurableClient;
  readonly #definition: TransactionDefinition<Input, Output>;
  readonly #state = new Cell<TransactionState<Output>>(NO_TRANSACTION);
  #last: TransactionHandle<Output> | undefined;
  /** Its result is known. */
  #isSettled = false;
  #hasLeft = false;
  #unhear: Cancel | undefined;
  /** What was filtered last, and what came of it. */
  #all: readonly PendingTransaction[] = [];
  #own: readonly PendingTransaction<Input>[] = [];

  constructor(client: DurableClient, definition: TransactionDefinition<Input, Output>) {
    this.#client = client;
    this.#definition = definition;
    const pendingNow = (): readonly PendingTransaction<Input>[] => this.#pending();
    this.pending = {
      get current() {
        return pendingNow();
      },
      subscribe: (listener) => client.pending.subscribe(() => listener(pendingNow())),
    };
  }

  get state(): Source<TransactionState<Output>> {
    return this.#state;
  }

  /** While the component is on the page. */
  mount(): Cancel {
    this.#hasLeft = false;
    this.#hear();
    return () => {
      this.#hasLeft = true;
      this.#unhear?.();
    };
  }

  readonly transact = (input?: Input, options?: TransactOptions): TransactionHandle<Output> => {
    const make = this.#client.transact.bind(this.#client) as Transact<Input, Output>;
    const handle = make(this.#definition, input, options);
    this.#last = handle;
    this.#isSettled = false;
    const { current } = handle.phase;
    this.#state.set({ ...NO_TRANSACTION, ...(this.#isTold(current) && { phase: current }) });
    this.#hear();
    const tell = (news: Partial<TransactionState<Output>>): void => {
      if (this.#last !== handle) return;
      this.#isSettled = true;
      this.#become({ ...news, phase: handle.phase.current });
    };
    handle.result.then(
      (data) => tell({ data }),
      (error: TransactionError) => tell({ error }),
    );
    return handle;
  };

  /** The last one that was made here; false where there is none. */
  readonly cancel = async (): Promise<boolean> => (await this.#last?.cancel()) ?? false;

  readonly cancelPending = (id: string): void => this.#client.cancelPending(id);

  /** Hears of the phases of the last one, and of no other. */
  #hear(): void {
    this.#unhear?.();
    if (this.#hasLeft) return;
    this.#unhear = this.#last?.phase.subscribe((phase) => {
      if (phase !== this.#state.current.phase && this.#isTold(phase)) this.#become({ phase });
    });
  }

  /** An end is told with what came of it, which is known a moment later: a page shows both. */
  #isTold(phase: TransactionPhase): boolean {
    return this.#isSettled || !FINAL.includes(phase);
  }

  #become(news: Partial<TransactionState<Output>>): void {
    this.#state.set({ ...this.#state.current, ...news });
  }

  #pending(): readonly PendingTransaction<Input>[] {
    const all = this.#client.pending.current;
    if (all === this.#all) return this.#own;
    this.#all = all;
    const own = all.filter(({ name }) => name === this.#definition.name);
    const isSame = own.length === this.#own.length && own.every((one, at) => one === this.#own[at]);
    if (!isSame) this.#own = own as readonly PendingTransaction<Input>[];
    return this.#own;
  }
}

type Transact<Input, Output> = (
  definition: TransactionDefinition<Input, Output>,
  input: Input | undefined,
  options: TransactOptions | undefined,
) => TransactionHandle<Output>;
