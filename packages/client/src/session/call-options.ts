/** What a call may ask for besides its input, and the limits of that. */

/** How long a call may take when it does not say. */
export const CALL_TIMEOUT_MS = 15_000;

/** The longest that a call may ask for: the longest timer that platforms keep, 24.8 days. */
export const CALL_TIMEOUT_MAX_MS = 2_147_483_647;

/** How many calls may wait to be written at one client. One more fails with `neverSent`. */
export const CALLS_WAITING_MAX = 1_024;

/** What one call may ask for. What is left out has the default named here, or the client's. */
export interface CallOptions {
  /**
   * From the call to its answer, waiting for a connection included. Default 15 000. Past it the
   * call fails with `timedOut`. 0 to 2^31 − 1: no call is without a deadline.
   */
  readonly timeoutMs?: number | undefined;
  /** Aborts the call: it fails with `aborted`, and the server is told if the call was written. */
  readonly signal?: AbortSignal | undefined;
  /** Without a connection: `"wait"` for one (default), or `"fail"` at once with `neverSent`. */
  readonly whenOffline?: "wait" | "fail" | undefined;
  /**
   * It may run twice without harm: if the connection is lost before its answer, it is sent again.
   * Default false: it fails with `outcomeUnknown`.
   */
  readonly repeatable?: boolean | undefined;
}

/** What the inside may ask for besides. */
export interface AskOptions extends CallOptions {
  /** The server has taken a keyed call on; its answer is still to come. */
  readonly onAck?: () => void;
}
