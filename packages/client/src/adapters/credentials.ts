/** What an app tells us about who its user is and how the server shall believe it. */
import type { Source } from "../base/source.ts";

/** How the provider is asked. */
export interface TokenRequest {
  /** The server rejected the last token: an answer from the app's own cache is of no use. */
  readonly forced: boolean;
  /**
   * Aborted when nobody waits for the answer any more: it is there, the identity is another, 30 s
   * have passed, the client is closed.
   */
  readonly signal: AbortSignal;
}

/** Credentials by token. */
export interface TokenCredentials {
  /** Whose account it is, in the server's spelling; null: signed out. */
  readonly identity: Source<string | null>;
  /**
   * A token for the current identity, of at most 32 KiB; null when there is none to be had without
   * the user. What it throws counts as "not just now", and so does an empty token. Asked once at a
   * time; an answer is kept for 60 s.
   */
  token(request: TokenRequest): Promise<string | null>;
  /** The server rejected a renewed token too: the user has to sign in again. */
  onRejected?(): void;
}

/** Credentials that travel by themselves, as cookies do. */
export interface AmbientCredentials {
  readonly ambient: true;
  readonly identity: Source<string | null>;
  /** As in {@link TokenCredentials}. */
  onRejected?(): void;
}

export type Credentials = TokenCredentials | AmbientCredentials;
