/** The port by which transactions reach the server: keyed calls of the open session. */
import type { BucketKey } from "@holdfast/protocol";

export interface RemoteCall {
  readonly method: string;
  readonly input: unknown;
  /** Absent at servers that keep no keys. */
  readonly key?: string | undefined;
  readonly timeoutMs: number;
}

/** What became of it. Told exactly once, never within the call that asked. */
export type RemoteAnswer =
  | {
      readonly type: "result";
      readonly output?: unknown;
      /** Where the updates stand that the call appended, by bucket. */
      readonly at?: Readonly<Record<BucketKey, number>> | undefined;
    }
  | {
      readonly type: "failure";
      readonly code: string;
      readonly message: string;
      readonly data?: unknown;
      readonly retryAfterMs?: number | undefined;
      /** The handler was not run. */
      readonly refused?: true | undefined;
    }
  /** Never written: the session ended or was ending first. */
  | { readonly type: "unsent" }
  /** Written; the session ended, or `timeoutMs` passed, before an answer came. */
  | { readonly type: "lost" }
  /** It can never be written: larger than a frame may be, or not encodable. */
  | { readonly type: "unwritable"; readonly reason: "tooLarge" | "notEncodable" };

export interface CallRemote {
  send(call: RemoteCall, settle: (answer: RemoteAnswer) => void, acked: () => void): void;
  /**
   * Asks that the keyed call shall not take effect if it has not yet. `result`: it had. `failure`
   * with code `cancelled`: it has not, and never will.
   */
  cancel(key: string, settle: (answer: RemoteAnswer) => void): void;
}
