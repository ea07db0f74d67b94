/** What a session is made of. */
import type { ClientMessage, Codec, ServerMessage } from "@holdfast/protocol";
import type { Clock } from "../base/clock.ts";
import type { OpenTransport } from "../transport/transport.ts";
import type { Calls } from "./calls.ts";
import type { SessionData, SessionEvent } from "./session-event.ts";

/** What a client says of itself in every hello. */
export interface HelloFacts {
  readonly client: { readonly name: string; readonly version: string };
  readonly capabilities: readonly string[];
  /** 128 random bits for the life of one client object, in hexadecimal. */
  readonly instanceId: string;
}

export interface ProtocolSessionOptions {
  /** The number of this attempt; every event carries it, and the hello too. */
  readonly sessionId: number;
  readonly clock: Clock;
  readonly codec: Codec<ServerMessage, ClientMessage>;
  readonly openTransport: OpenTransport;
  readonly facts: HelloFacts;
  /**
   * The credential: empty where cookies carry it, null when there is none. Rejects when it cannot
   * be had now, with words that hold no secret.
   */
  readonly token: Promise<string | null>;
  /** Whom the credentials name. A welcome for another account is `accountMismatched`. */
  readonly expectedAccount: string | null;
  /** The client's calls. They are attached while the session is open. */
  readonly calls: Calls;
  /** Attached from the hello to the end. */
  readonly data: SessionData;
  readonly onEvent: (event: SessionEvent) => void;
}
