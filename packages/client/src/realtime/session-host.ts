/** Makes a session for each dial, and performs the machine's effects on it. */
import type { AuthAdapter } from "../adapters/auth-adapter.ts";
import type { ConnectionEffect, SessionControl, Vitals } from "../connection/connection-effect.ts";
import type { ConnectionEvent } from "../connection/connection-event.ts";
import { ProtocolSession } from "../session/protocol-session.ts";
import type { ProtocolSessionOptions } from "../session/session-options.ts";
import { variedUrl, type DialUrl } from "./dial-url.ts";

/** What is the same for every session, and what each is given anew. */
export interface SessionHostOptions extends Omit<
  ProtocolSessionOptions,
  "sessionId" | "token" | "expectedAccount" | "onEvent"
> {
  readonly url: DialUrl;
  readonly auth: AuthAdapter;
  /** The platform delays repeated dials to the same address. */
  readonly variesPath: boolean;
  readonly onEvent: (event: ConnectionEvent) => void;
}

export class SessionHost implements SessionControl {
  readonly #options: SessionHostOptions;
  #session: ProtocolSession | undefined;

  constructor(options: SessionHostOptions) {
    this.#options = options;
  }

  vitals(): Vitals | undefined {
    return this.#session?.vitals();
  }

  perform(effect: ConnectionEffect): void {
    const session = this.#session;
    switch (effect.type) {
      case "openTransport":
        return this.#open(effect.sessionId, effect.attempt, effect.renewToken);
      case "closeTransport":
        this.#session = undefined;
        return void session?.close(effect.detail);
      case "startHandshake":
        return session?.startHandshake();
      case "sendPing":
        return session?.ping(effect.nonce);
      case "sendToken":
        return this.#sendToken(effect.forced);
      case "drainSession":
        return session?.drain();
      case "listenForLife":
        return session?.listenForLife(effect.on);
      case "renewToken":
        return this.#renewToken();
      case "reportAuthInvalidated":
        return this.#options.auth.reportRejected();
    }
  }

  #open(sessionId: number, attempt: number, renewToken: boolean): void {
    const { auth } = this.#options;
    // The token comes while the socket opens.
    const token = auth.token(renewToken);
    const session = new ProtocolSession({
      sessionId,
      token,
      expectedAccount: auth.identity,
      ...this.#options,
    });
    this.#session = session;
    void this.#dial(session, sessionId, attempt);
  }

  async #dial(session: ProtocolSession, sessionId: number, attempt: number): Promise<void> {
    const { url, variesPath, onEvent } = this.#options;
    try {
      const chosen = typeof url === "string" ? url : await url({ attempt });
      session.open(variesPath ? variedUrl(chosen, attempt) : chosen);
    } catch {
      onEvent({ type: "openFailed", sessionId, meaning: "retry", detail: "url" });
    }
  }

  /**
   * In-band. What fails here is tried again by the machine's own deadline, or ends with the token.
   */
  #sendToken(forced: boolean): void {
    const session = this.#session;
    this.#options.auth.token(forced).then(
      (token) => token && session?.sendToken(token),
      () => {},
    );
  }

  #renewToken(): void {
    const { auth, onEvent } = this.#options;
    auth.token(true).then(
      (token) =>
        onEvent(
          token === null
            ? { type: "credentialsChanged", available: false, account: 0 }
            : { type: "tokenRenewed" },
        ),
      (error: Error) => onEvent({ type: "renewalFailed", detail: error.message }),
    );
  }
}
