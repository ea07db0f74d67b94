/**
 * Transactions, for the front door: takes them from the app, and hands what happens to the queue of
 * the account that is signed in. One per client object; it outlives accounts and sessions.
 */
import { DEFAULT_WIRE_LIMITS, isName, type BucketKey } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import { guarded, OptionsError } from "../base/errors.ts";
import { policyOf } from "../base/policy.ts";
import { Cell, type Source } from "../base/source.ts";
import type {
  PendingTransaction,
  TransactArguments,
  TransactionDefinition,
  TransactionHandle,
} from "./transaction.ts";
import { copyOf } from "./transaction-copy.ts";
import { TransactionError } from "./transaction-error.ts";
import type { TransactionEvent, TransactionPhase } from "./transaction-event.ts";
import { NO_TROUBLE, type TransactionTrouble } from "./transaction-model.ts";
import { DEFAULT_TRANSACTION_POLICY, type TransactionPolicy } from "./transaction-policy.ts";
import { RECORD_VERSION, type TransactionRecord } from "./transaction-record.ts";
import { viewOf } from "./transaction-audience.ts";
import { TransactionRun, type TransactionPorts } from "./transaction-run.ts";
import type { TransactionStore } from "./transaction-store.ts";

export interface TransactionsOptions extends TransactionPorts {
  readonly randomHex: (bytes: number) => string;
  /** All kinds that may be made, and that may be stored since earlier. */
  readonly definitions: readonly TransactionDefinition[];
  readonly policy?: Partial<TransactionPolicy> | undefined;
}

/** How long a server keeps keys that does not say, in ms. */
const KEY_RETENTION_MS = 172_800_000;

export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #policy: TransactionPolicy;
  readonly #definitions: ReadonlyMap<string, TransactionDefinition>;
  readonly #pending = new Cell<readonly PendingTransaction[]>([]);
  readonly #trouble = new Cell(NO_TROUBLE);
  #run: TransactionRun | undefined;
  /** What a queue that opens must know of the present. */
  #session: TransactionEvent | undefined;
  #isFrozen = false;

  /** Throws `OptionsError` for a policy or definitions that cannot work, or that share a name. */
  constructor(options: TransactionsOptions) {
    this.#options = options;
    this.#policy = policyOf(DEFAULT_TRANSACTION_POLICY, options.policy, "callTimeoutMs");
    const { definitions } = options;
    this.#definitions = new Map(definitions.map((kind) => [kind.name, kind]));
    // What is stored must be read again by these, and be said to a server.
    const isBad = ({ name, method, version }: TransactionDefinition): boolean =>
      isNoText(name) ||
      !isName(method, DEFAULT_WIRE_LIMITS.nameLength) ||
      !Number.isFinite(version);
    if (this.#definitions.size < definitions.length || definitions.some(isBad))
      throw new OptionsError("bad definition, or two of one name");
  }

  /** What shows before it is confirmed, in the order of the queue. */
  get pending(): Source<readonly PendingTransaction[]> {
    return this.#pending;
  }

  /** What is stored and cannot be used, and whether the store fails. */
  get trouble(): Source<TransactionTrouble> {
    return this.#trouble;
  }

  /**
   * An account is signed in. `openStore` opens its store, now or, when that fails, again later; who
   * opened it closes it, after `closeAccount`.
   */
  open(openStore: () => Promise<TransactionStore>): void {
    this.closeAccount();
    this.#run = new TransactionRun({
      ...this.#options,
      policy: this.#policy,
      definitions: this.#definitions,
      pending: this.#pending,
      trouble: this.#trouble,
      openStore,
    });
    if (this.#session) this.#run.dispatch(this.#session);
    this.#run.dispatch({ type: this.#isFrozen ? "frozen" : "alarm" });
  }

  /** Rejects what is open with `closed`; what is stored goes on when the account opens again. */
  closeAccount(): void {
    const run = this.#run;
    // First: whoever hears that nothing is pending any more may make another transaction.
    this.#run = undefined;
    run?.close();
  }

  /** Nothing stays behind. */
  close(): void {
    this.closeAccount();
  }

  /** `keyRetentionMs`: how long the server keeps keys, if it said so. */
  sessionOpened(facts: { keepsKeys: boolean; keyRetentionMs?: Millis | undefined }): void {
    const { keepsKeys, keyRetentionMs = KEY_RETENTION_MS } = facts;
    this.#session = {
      type: "sessionOpened",
      keyRetentionMs: keepsKeys ? keyRetentionMs : undefined,
    };
    this.#run?.dispatch(this.#session);
  }

  /** `isViolation`: it ended with a protocol violation, the server's or, as it says, ours. */
  sessionClosed({ isViolation }: { readonly isViolation: boolean }): void {
    this.#session = undefined;
    this.#run?.dispatch({ type: "sessionClosed", isViolation });
  }

  /**
   * A bucket is applied up to `seq`; `keys` are those that the updates carried. Call it in the same
   * step that shows them.
   */
  applied(bucket: BucketKey, seq: number, keys: readonly string[]): void {
    this.#run?.dispatch({ type: "bucketReached", bucket, seq, keys });
  }

  /** The page is frozen: gives up its records within this call. */
  freeze(): void {
    this.#isFrozen = true;
    this.#run?.dispatch({ type: "frozen" });
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#run?.dispatch({ type: "thawed" });
  }

  /**
   * Makes a transaction: shows its effect at once, stores it, and sends it when it may go. Throws
   * `OptionsError` for a definition that this client was not given, for a `lane` function that
   * throws, and for options of the wrong type; all else that can go wrong is told by `result`.
   */
  transact<Input, Output>(
    definition: TransactionDefinition<Input, Output>,
    ...[given, options = {}]: TransactArguments<Input>
  ): TransactionHandle<Output> {
    const { clock, owner, randomHex, report } = this.#options;
    const { name, method, version } = definition;
    const {
      signal,
      blockers = [],
      deadlineMs = definition.deadlineMs ?? this.#policy.deadlineMs,
    } = options;
    const input = given as Input;
    const known = this.#definitions.get(name);
    const ids = blockers.map((blocker) => (typeof blocker === "string" ? blocker : blocker?.id));
    // What throws leaves a value that is no lane.
    let lane: unknown = 0;
    guarded(() => (lane = options.lane ?? definition.lane?.(input) ?? undefined), report);
    // What is stored with another type could not be read again.
    if (
      known?.method !== method ||
      known.version !== version ||
      !(deadlineMs >= 0) ||
      [lane ?? "", ...ids].some(isNoText) ||
      (signal && typeof signal.addEventListener !== "function")
    )
      throw new OptionsError("unknown definition, or bad option");
    const createdAt = clock.wallNow();
    const wish: TransactionRecord = {
      recordVersion: RECORD_VERSION,
      id: randomHex(16),
      owner,
      order: 0,
      name,
      inputVersion: version,
      method,
      input,
      lane: lane as string | undefined,
      blockers: ids,
      phase: "queued",
      createdAt,
      deadlineAt: createdAt + Math.min(deadlineMs, this.#policy.deadlineMsMax),
      attempts: 0,
      violations: 0,
    };
    const phases = blockers.map((blocker) => typeof blocker === "object" && blocker.phase.current);
    const hasFailedBlocker = phases.includes("failed") || phases.includes("cancelled");
    return this.#enqueue(wish, signal, hasFailedBlocker) as TransactionHandle<Output>;
  }

  /** Takes back what is not done yet, if that is still possible. An unknown id is passed over. */
  cancel(id: string): void {
    this.#run?.cancel(id);
  }

  #enqueue(
    wish: TransactionRecord,
    signal: AbortSignal | undefined,
    hasFailedBlocker: boolean,
  ): TransactionHandle {
    const { id } = wish;
    const run = this.#run;
    const phase = new Cell<TransactionPhase>("saving", this.#options.report);
    const result = new Promise<unknown>((resolve, reject) => {
      const record = copyOf(wish, this.#policy.recordBytesMax);
      const fault = run ? record : "noAccount";
      if (run && typeof record === "object")
        return run.make({ record, phase, signal, resolve, reject }, hasFailedBlocker);
      phase.set("failed");
      const error = new TransactionError("storeFailed", { code: fault as string });
      reject(error);
      const view = { ...viewOf(wish, wish.input), phase: phase.current };
      const definition = this.#definitions.get(wish.name);
      guarded(() => definition?.onFailure?.(error, view), this.#options.report);
    });
    result.catch(() => {});
    const cancel = (): Promise<boolean> => {
      run?.dispatch({ type: "cancelRequested", id });
      return result.then(
        () => false,
        (error: TransactionError) => error.kind === "cancelled",
      );
    };
    return { id, phase, result, cancel };
  }
}

const isNoText = (value: unknown): boolean => typeof value !== "string";
