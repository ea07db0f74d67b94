/**
 * What to show of a bucket: what is stored here, and what is pending, as one value. The two come
 * from different places at different times; here nothing is missing in between. A transaction that
 * has ended stays among the pending until what is stored has been read again, for by then its
 * effect is there. So effects must be harmless over a view that has them already, as
 * `TransactionOptions.effect` asks.
 */
import type { BucketKey } from "@holdfast/protocol";
import { reportUncaught } from "../base/errors.ts";
import { Scope } from "../base/scope.ts";
import { Cell, type Source } from "../base/source.ts";
import type { AccountStore } from "../stores/client-store.ts";
import type { DocumentStore, StoredDocument } from "../stores/document-store.ts";
import { StoreError } from "../stores/store-error.ts";
import type { PendingTransaction } from "../transactions/transaction.ts";

/** Stored and pending, to be put together by `withPending`. */
export interface BucketContents {
  /**
   * By id in ascending order; one that did not change is the same object. Undefined: not read yet,
   * or nobody is signed in.
   */
  readonly documents: readonly StoredDocument[] | undefined;
  /** Of all kinds, in the order of the queue. */
  readonly pending: readonly PendingTransaction[];
  /** Why the last reading failed; the next change is read again. */
  readonly failure?: StoreError;
}

/** What the source needs of a `DurableClient`. */
export interface ContentsOwner {
  readonly accountStore: Source<AccountStore | undefined>;
  readonly pending: Source<readonly PendingTransaction[]>;
}

/** Nothing is read yet. */
export const NO_CONTENTS: BucketContents = { documents: undefined, pending: [] };

/**
 * The contents of a bucket, for whoever is signed in. It reads and watches while somebody is
 * subscribed, and holds nothing otherwise. It does not open the bucket: `client.bucket(key).open()`
 * does.
 */
export function bucketContents(client: ContentsOwner, bucket: BucketKey): Source<BucketContents> {
  const shown = new Cell<BucketContents>(NO_CONTENTS);
  let reading: ContentsReading | undefined;
  return {
    get current() {
      return shown.current;
    },
    subscribe(listener) {
      reading ??= new ContentsReading(client, bucket, shown);
      const cancel = shown.subscribe(listener);
      return () => {
        cancel();
        if (shown.subscriberCount > 0) return;
        reading?.close();
        reading = undefined;
      };
    },
  };
}

/** One that has ended, and the reading that will have its effect. */
interface Ended {
  readonly transaction: PendingTransaction;
  readonly reading: number;
}

/** Lives while somebody looks. */
class ContentsReading {
  readonly #bucket: BucketKey;
  readonly #shown: Cell<BucketContents>;
  readonly #scope = new Scope();
  #watch = new Scope();
  #documents: DocumentStore | undefined;
  /** How many readings have begun. */
  #readings = 0;
  #isReading = false;
  /** Something has changed since the running reading began. */
  #isStale = false;
  #stored: readonly StoredDocument[] | undefined;
  #failure: StoreError | undefined;
  /** The texts of what is stored, to tell what did not change. */
  #texts: ReadonlyMap<string, { readonly text: string; readonly stored: StoredDocument }> =
    new Map();
  #pending: readonly PendingTransaction[] = [];
  readonly #ended = new Map<string, Ended>();

  constructor(client: ContentsOwner, bucket: BucketKey, shown: Cell<BucketContents>) {
    this.#bucket = bucket;
    this.#shown = shown;
    this.#scope.defer(client.accountStore.subscribe((store) => this.#follow(store?.documents)));
    this.#scope.defer(client.pending.subscribe((pending) => this.#setPending(pending)));
  }

  close(): void {
    this.#scope.close();
    this.#watch.close();
    this.#documents = undefined;
    this.#shown.set(NO_CONTENTS);
  }

  /** What was another account's is shown no moment longer. */
  #follow(documents: DocumentStore | undefined): void {
    this.#watch.close();
    this.#watch = new Scope();
    this.#documents = documents;
    this.#stored = this.#failure = undefined;
    this.#texts = new Map();
    this.#ended.clear();
    this.#publish();
    if (!documents) return;
    this.#watch.defer(documents.watch(this.#bucket, () => this.#read()));
    this.#read();
  }

  #setPending(pending: readonly PendingTransaction[]): void {
    const ids = new Set(pending.map(({ id }) => id));
    const gone = this.#pending.filter(({ id }) => !ids.has(id));
    this.#pending = pending;
    if (this.#documents) {
      const reading = this.#readings + 1;
      for (const transaction of gone) this.#ended.set(transaction.id, { transaction, reading });
      if (gone.length > 0) this.#read();
    }
    this.#publish();
  }

  /** One reading at a time: what changes meanwhile is read by the next. */
  #read(): void {
    if (this.#isReading) this.#isStale = true;
    else this.#readNow().catch(reportUncaught);
  }

  async #readNow(): Promise<void> {
    const documents = this.#documents;
    const reading = ++this.#readings;
    this.#isReading = true;
    this.#isStale = false;
    let found: readonly StoredDocument[] | undefined;
    let failure: StoreError | undefined;
    try {
      found = await documents?.documents(this.#bucket);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      failure = error;
    } finally {
      this.#isReading = false;
    }
    const isOfNow = documents === this.#documents;
    if (isOfNow && documents) {
      this.#failure = failure;
      if (found) this.#keep(found, reading);
      this.#publish();
    }
    if (this.#isStale && this.#documents) this.#read();
  }

  #keep(found: readonly StoredDocument[], reading: number): void {
    for (const [id, ended] of this.#ended) if (ended.reading <= reading) this.#ended.delete(id);
    const texts = new Map<string, { readonly text: string; readonly stored: StoredDocument }>();
    for (const stored of found) {
      const text = JSON.stringify(stored.document);
      const known = this.#texts.get(stored.id);
      texts.set(stored.id, known?.text === text ? known : { text, stored });
    }
    this.#texts = texts;
    const kept = Array.from(texts.values(), ({ stored }) => stored);
    if (!isSameList(kept, this.#stored)) this.#stored = kept;
  }

  #publish(): void {
    const before = this.#shown.current;
    const failure = this.#failure;
    const pending = this.#shownPending(before.pending);
    const isSame =
      this.#stored === before.documents &&
      isSameList(pending, before.pending) &&
      failure === before.failure;
    if (!isSame) this.#shown.set({ documents: this.#stored, pending, ...(failure && { failure }) });
  }

  /** Those that have ended keep their place until they go. */
  #shownPending(before: readonly PendingTransaction[]): readonly PendingTransaction[] {
    if (this.#ended.size === 0) return this.#pending;
    const left = new Map(this.#pending.map((transaction) => [transaction.id, transaction]));
    const shown = before.flatMap(({ id }) => {
      const present = left.get(id) ?? this.#ended.get(id)?.transaction;
      left.delete(id);
      return present ?? [];
    });
    return [...shown, ...left.values()];
  }
}

function isSameList<T>(a: readonly T[], b: readonly T[] | undefined): boolean {
  return a === b || (a.length === b?.length && a.every((one, index) => one === b[index]));
}
