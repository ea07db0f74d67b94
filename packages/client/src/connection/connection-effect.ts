/** What the machine asks the world to do, as data, and the port that does it. */

/**
 * Effects are imperatives. None of them may throw or wait; what becomes of them comes back as
 * events.
 */
export type ConnectionEffect =
  /**
   * Make a transport and a session. `renewToken`: the hello needs a token that the provider was
   * forced to renew.
   */
  | {
      readonly type: "openTransport";
      readonly sessionId: number;
      readonly attempt: number;
      readonly renewToken: boolean;
    }
  /** End the session in this very call stack. Idempotent. */
  | { readonly type: "closeTransport"; readonly sessionId: number; readonly detail: string }
  /** The socket is open: say hello as soon as the token is there. */
  | { readonly type: "startHandshake"; readonly sessionId: number }
  | { readonly type: "sendPing"; readonly sessionId: number; readonly nonce: number }
  /** Renew in-band. `forced`: the provider must not answer from its cache. */
  | { readonly type: "sendToken"; readonly sessionId: number; readonly forced: boolean }
  /** Take no new calls; report `drained` when none is in flight. */
  | { readonly type: "drainSession"; readonly sessionId: number }
  /** Report inbound frames as `frameReceived`, or stop to. */
  | { readonly type: "listenForLife"; readonly sessionId: number; readonly on: boolean }
  /**
   * Ask the provider for a new token: `tokenRenewed`, `renewalFailed` or `credentialsChanged`
   * answers.
   */
  | { readonly type: "renewToken" }
  /**
   * Tell the app that its credentials were rejected even after a renewal. Once per identity and
   * rejection.
   */
  | { readonly type: "reportAuthInvalidated" };

/** The name of an effect. */
export type ConnectionEffectType = ConnectionEffect["type"];

/** The effects on one session. */
export type SessionEffect = Extract<ConnectionEffect, { readonly sessionId: number }>;
/** What such an effect says besides its type and session. */
export type SessionEffectDetails<Type extends SessionEffect["type"]> = Omit<
  Extract<SessionEffect, { readonly type: Type }>,
  "type" | "sessionId"
>;

/** What the driver reads from the live session when it stamps an event. */
export interface Vitals {
  /** When the last frame came in, by `Clock.now`. */
  readonly lastInboundAt: number;
  /** Bytes waiting to be written: ours and the platform's. */
  readonly bufferedBytes: number;
  /** We paused reading ourselves, so silence proves nothing. */
  readonly inboundPaused: boolean;
}

/** Performs effects for the manager. Implemented where sessions are made; faked in tests. */
export interface SessionControl {
  perform(effect: ConnectionEffect): void;
  /** Of the live session; undefined when there is none. */
  vitals(): Vitals | undefined;
}
