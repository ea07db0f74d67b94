/**
 * Makes a session for each dial and performs the machine's effects on it. What the session says goes to one owner; which
 * part of the client that concerns is the router's business.
 */
import type { ClientMessage, Codec, ServerMessage } from "@holdfast/protocol";
import type { AuthAdapter } from "../adapters/auth-adapter.ts";
import type { Platform } from "../adapters/platform.ts";
import { Scope } from "../base/scope.ts";
import type { ConnectionEffect, SessionControl, Vitals } from "../connection/connection-effect.ts";
import type { ConnectionEvent } from "../connection/connection-event.ts";
import type { Calls } from "../session/calls.ts";
import type { HelloFacts } from "../session/handshake.ts";
import { ProtocolSession } from "../session/protocol-session.ts";
import type { SessionEvent } from "../session/session-event.ts";
import type { OpenTransport } from "../transport/transport.ts";
import { variedUrl, type DialUrl } from "./dial-url.ts";
import type { UpdateSubscriptions } from "./update-subscriptions.ts";

export interface SessionHostOptions {
  readonly platform: Platform;
  readonly url: DialUrl;
  readonly auth: AuthAdapter;
  readonly openTransport: OpenTransport;
  readonly codec: Codec<ServerMessage, ClientMessage>;
  readonly facts: HelloFacts;
  readonly calls: Calls;
  readonly updates: UpdateSubscriptions;
  readonly onSessionEvent: (event: SessionEvent) => void;
  /** What has no session: the answers to a token renewal. */
  readonly onEvent: (event: ConnectionEvent) => void;
}

export class SessionHost implements SessionControl {
  readonly #options: SessionHostOptions;
  #session: ProtocolSession | undefined;
  /** Of the live attempt: its waiting for a URL or a token ends with it. */
  #scope = new Scope();

  constructor(options: SessionHostOptions) {
    this.#options = options;
  }

  vitals(): Vitals | undefined {
    return this.#session?.vitals();
  }

  perform(effect: ConnectionEffect): void {
    switch (effect.type) {
      case "openTransport":
        return this.#open(effect.sessionId, effect.attempt, effect.renewToken);
      case "closeTransport":
        return this.#close(effect.detail);
      case "startHandshake":
        return this.#session?.startHandshake();
      case "sendPing":
        return this.#session?.ping(effect.nonce);
      case "sendToken":
        return this.#sendToken(effect.forced);
      case "drainSession":
        return this.#session?.drain();
      case "listenForLife":
        return this.#session?.listenForLife(effect.on);
      case "renewToken":
        return this.#renewToken();
      case "reportAuthInvalidated":
        return this.#options.auth.reportRejected();
    }
  }

  close(): void {
    this.#close("closed");
  }

  #open(sessionId: number, attempt: number, renewToken: boolean): void {
    const { platform, auth, openTransport, codec, facts, calls, updates, onSessionEvent } = this.#options;
    const scope = new Scope();
    this.#scope = scope;
    // It comes while the socket opens.
    const token = auth.token(renewToken);
    const session = new ProtocolSession({
      sessionId,
      clock: platform.clock,
      codec,
      openTransport,
      facts,
      buckets: () => updates.positions(),
      token: auth.isAmbient ? undefined : () => token,
      expectedAccount: auth.identity ?? undefined,
      calls,
      onEvent: onSessionEvent,
    });
    this.#session = session;
    updates.attach(session);
    this.#dial(session, sessionId, attempt, scope);
  }

  #dial(session: ProtocolSession, sessionId: number, attempt: number, scope: Scope): void {
    const { url, platform, onSessionEvent } = this.#options;
    const open = (chosen: string): void => session.open(platform.variesPath ? variedUrl(chosen, attempt) : chosen);
    if (typeof url === "string") return open(url);
    scope.run(
      async (signal) => {
        const chosen = await url({ attempt });
        if (!signal.aborted) open(chosen);
      },
      () => onSessionEvent({ type: "openFailed", sessionId, meaning: "retry", detail: "url" }),
    );
  }

  #close(detail: string): void {
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    this.#scope.close();
    session.close(detail);
    this.#options.updates.detach();
  }

  /** In-band. What fails here is tried again by the machine's own deadline, or ends with the token. */
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
