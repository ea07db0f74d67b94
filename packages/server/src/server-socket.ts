/**
 * The socket port: what the server needs of one connection. `use/ws.ts` binds `ws`; tests bind
 * memory.
 */
import type { Frame } from "@holdfast/protocol";

/** One open connection, as the server holds it. None of its methods may throw. */
export interface ServerSocket {
  /** Bytes handed over and not yet taken by the network. */
  readonly bufferedBytes: number;
  /** Writes a frame. After `close` it does nothing. */
  send(frame: Frame): void;
  /**
   * Sends a close frame after all that was sent. `closed` follows, or the server loses patience
   * and terminates.
   */
  close(code: number, reason: string): void;
  /** Ends it now. */
  terminate(): void;
  /**
   * Stops reading, so that the peer has to wait. Frames that were already read may still arrive.
   */
  pauseReading(): void;
  resumeReading(): void;
}

/** What the owner of a socket tells the server, synchronously and in order. */
export interface SocketListener {
  frameReceived(frame: Frame): void;
  /**
   * The connection is gone, for whatever reason. The last thing that is said; saying it again does
   * nothing.
   */
  closed(): void;
  /** The session is open. If not, no frame may be larger than a hello. Absent: it may. */
  readonly isOpen?: boolean;
  /** A frame that is not complete is larger than a hello already. What still comes is not heard. */
  oversized?(): void;
}

/** What is known of a connection before its first frame. */
export interface ServerRequest {
  /**
   * The negotiated subprotocol; undefined or unknown ends the session with `unsupportedVersion`.
   */
  readonly subprotocol?: string | undefined;
  readonly origin?: string | undefined;
  /** By lower-case name; `use/ws` leaves out what only the WebSocket handshake was about. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress?: string | undefined;
  /** Path and query. */
  readonly url: string;
}
