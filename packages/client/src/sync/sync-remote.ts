/** The port by which sync reaches the server, while a session is open. */
import type {
  BucketHead,
  BucketKey,
  BucketPosition,
  Page,
  TooFarBehind,
  Unsubscribed,
  UpdateRun,
} from "@holdfast/protocol";

export interface FetchRequest {
  readonly bucket: BucketKey;
  readonly epoch: string;
  readonly after: number;
  readonly limit: number;
}

export interface SyncRemote {
  /**
   * Asks for a page. One of the two is told, in its place among all that the session says: an
   * answer by a promise would be overtaken by the push behind it. `fail` hears a `CallError`: the
   * session ended, the server refused (`code`), or `timeoutMs` passed. Aborting the signal takes it
   * back.
   */
  fetch(
    request: FetchRequest,
    timeoutMs: number,
    signal: AbortSignal,
    succeed: (answer: Page | TooFarBehind) => void,
    fail: (error: unknown) => void,
  ): void;
  subscribe(positions: readonly BucketPosition[]): void;
  unsubscribe(buckets: readonly BucketKey[]): void;
}

/** What sync hears, synchronously and in order, from the session it is attached to. */
export interface SyncListener {
  /** The session says hello. Returns the positions to subscribe to, the most urgent first. */
  attach(remote: SyncRemote): readonly BucketPosition[];
  detach(): void;
  subscribed(head: BucketHead): void;
  unsubscribed(answer: Unsubscribed): void;
  /** A first page that comes unasked, right after `subscribed`. */
  page(page: Page): void;
  tooFarBehind(answer: TooFarBehind): void;
  /** More is there, and is not pushed until it was fetched. */
  heads(heads: readonly BucketHead[]): void;
  /** Does the run begin where this session stands? */
  follows(run: UpdateRun): boolean;
  updates(run: UpdateRun): void;
}
