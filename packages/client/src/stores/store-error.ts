/** Why a store could not do what it was asked. */
import { RealtimeError } from "../base/errors.ts";

/**
 * `quota`: the platform gives no more room. `blocked`: another tab or process is in the way; it
 * may well work later. `unavailable`: the platform has no such store, or lets nobody use it here,
 * as some private windows. `newer`: written by a later version of this library. `corrupt`: what is
 * stored is not what we stored. In these two cases everything is left as it is. `closed`: the store
 * was closed, or the owner released, meanwhile. `failed`: anything else, `cause` says what; also an
 * id that exists already, and a value that is no JSON.
 */
export type StoreErrorKind =
  | "quota"
  | "blocked"
  | "unavailable"
  | "newer"
  | "corrupt"
  | "closed"
  | "failed";

/** A store did not do what it was asked, and changed nothing. */
export class StoreError extends RealtimeError {
  override readonly name = "StoreError";
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, cause?: unknown) {
    super(kind, { cause });
    this.kind = kind;
  }
}
