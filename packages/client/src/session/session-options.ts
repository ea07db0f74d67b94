/** What a session is made of, and what it counts. */
import type { BucketPosition, ClientMessage, Codec, ServerMessage } from "@holdfast/protocol";
import type { Clock } from "../base/clock.ts";
import type { OpenTransport } from "../transport/transport.ts";
import type { Calls } from "./calls.ts";
import type { HelloFacts } from "./handshake.ts";
import type { SessionEvent } from "./session-event.ts";

/** What a session is made of. */
export interface ProtocolSessionOptions {
  /** The number of this attempt; every event carries it, and the hello too. */
  readonly sessionId: number;
  readonly clock: Clock;
  readonly codec: Codec<ServerMessage, ClientMessage>;
  readonly openTransport: OpenTransport;
  readonly facts: HelloFacts;
  /** The subscriptions to open with. Asked when the hello is written. */
  readonly buckets: () => readonly BucketPosition[];
  /** The credential: null when there is none, rejects when it cannot be had now. Absent: cookies. */
  readonly token?: (() => Promise<string | null>) | undefined;
  /** Whom the credentials name. A welcome for another account is `accountMismatched`. */
  readonly expectedAccount?: string | undefined;
  /** The client's calls. They are attached while the session is open. */
  readonly calls: Calls;
  readonly onEvent: (event: SessionEvent) => void;
}

/** What a session left undone, on purpose. */
export interface SessionStats {
  /** Answers to calls that had settled: timed out, aborted. */
  staleAnswers: number;
  /** Messages of a frame after the one whose handling ended the session. */
  messagesAfterEnd: number;
  /** Messages about buckets that were being left. */
  messagesAfterUnsubscribe: number;
}

/** An event before it is stamped with the session's number. */
export type SessionFact = Unstamped<SessionEvent>;
type Unstamped<Event> = Event extends unknown ? Omit<Event, "sessionId"> : never;

/** The session, as its parts see it. */
export interface SessionContext {
  readonly options: Pick<
    ProtocolSessionOptions,
    "sessionId" | "clock" | "codec" | "facts" | "buckets" | "calls"
  >;
  readonly stats: SessionStats;
  readonly tell: (fact: SessionFact) => void;
  /** Ends the session for this reason. */
  readonly end: (fact: SessionFact) => void;
  readonly violated: (detail: string) => void;
}
