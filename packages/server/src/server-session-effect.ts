/** What a session asks its driver to do, as data. */
import type { BucketKey, BucketPosition, Call, Fetch, ServerMessage } from "@holdfast/protocol";

/** Effects are imperatives. None of them throws; what becomes of them comes back as events. */
export type ServerSessionEffect =
  /** Say it, in order, in the frame of this tick. */
  | { readonly type: "send"; readonly message: ServerMessage }
  /**
   * Check a credential: `authenticated`, `authenticationRefused` or `authenticationFailed`
   * answers.
   */
  | { readonly type: "authenticate"; readonly checkId: number; readonly token: string | undefined }
  /** The check took too long: its answer is no longer wanted. */
  | { readonly type: "abortCheck" }
  /** The session is open. Older sessions of the same instance hear `superseded`. */
  | { readonly type: "register" }
  /** May the account read these? `authorized` answers, in one event or several. */
  | {
      readonly type: "authorize";
      readonly askId: number;
      readonly buckets: readonly BucketKey[];
    }
  /** Which buckets does the application name? `named` answers, if it names any. */
  | { readonly type: "nameBuckets" }
  /**
   * Say `subscribed` and what follows the position, then push the bucket's updates. A bucket that
   * was joined is only announced again.
   */
  | {
      readonly type: "join";
      readonly bucket: BucketKey;
      readonly position?: BucketPosition | undefined;
    }
  /** Push no more of it; what a fetch of it is reading is not told. */
  | { readonly type: "leave"; readonly bucket: BucketKey }
  /** Run the handler: `callsSettled` answers, always. */
  | { readonly type: "runCall"; readonly call: Call }
  /** Read a page of the log, if the account may: `callsSettled` answers, always. */
  | { readonly type: "fetchPage"; readonly fetch: Fetch }
  /** See to it that the key takes no effect if it has not: `callsSettled` answers, always. */
  | { readonly type: "cancelKey"; readonly id: number; readonly key: string }
  /** Nobody waits for this call any more. It still settles. */
  | { readonly type: "abortCall"; readonly id: number; readonly code: "cancelled" | "timedOut" }
  | { readonly type: "pauseReading" }
  | { readonly type: "resumeReading" }
  /**
   * The session is over: abort its calls and checks, leave its buckets, take it off the register.
   */
  | { readonly type: "release" }
  /** Write what waits, then close the socket. */
  | { readonly type: "close"; readonly code: number; readonly reason: string }
  /** End the socket without asking. */
  | { readonly type: "terminate" }
  /** The socket is gone: nothing more will come of this session. */
  | { readonly type: "forget" };

export type ServerSessionEffectType = ServerSessionEffect["type"];
