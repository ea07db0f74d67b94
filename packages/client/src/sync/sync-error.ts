/** Why a bucket does not get on. It is part of the bucket's state, and nothing rejects with it. */
import { RealtimeError } from "../base/errors.ts";

/**
 * `applyFailed`: a hook of the app threw, or told a cursor that cannot be; it is called again after
 * a delay, and nothing is passed over. `fetchFailed`: what is missing did not come; also tried
 * again. `tooFarBehind`: updates alone no longer lead there, and the app has no snapshot hook.
 * `unsubscribed`: the server said no, by `code`; it is asked again with the next session.
 */
export type SyncErrorKind = "applyFailed" | "fetchFailed" | "tooFarBehind" | "unsubscribed";

export class SyncError extends RealtimeError {
  override readonly name = "SyncError";
  readonly kind: SyncErrorKind;
  /** The server's word: `denied`, `revoked`, `gone`, `limit` or the application's own. */
  declare readonly code: string | undefined;

  constructor(kind: SyncErrorKind, details: { readonly code?: string; readonly cause?: unknown }) {
    super(kind, details);
    this.kind = kind;
    if (details.code !== undefined) this.code = details.code;
  }
}
