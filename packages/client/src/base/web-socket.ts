/**
 * The least WebSocket we need. The browser's fits, and so do Node's, React Native's and that of
 * `ws`.
 */

/** A socket as platforms hand it out; what only `ws` has is optional. */
export interface WebSocketLike {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** The subprotocol that the server chose; empty or null when it chose none. */
  readonly protocol: string | null;
  /** React Native has none. */
  readonly bufferedAmount?: number | undefined;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(frame: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  /** Ends the socket without a handshake. */
  terminate?(): void;
  pause?(): void;
  resume?(): void;
  /** `ws` tells this way which answer it got instead of an upgrade. */
  on?(
    event: "unexpected-response",
    listener: (request: unknown, response: UpgradeRefusal) => void,
  ): unknown;
}

/** An HTTP answer that is not an upgrade. */
export interface UpgradeRefusal {
  readonly statusCode?: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Makes a socket that is already dialling. What it throws becomes a failed attempt. */
export type CreateSocket = (url: string, subprotocols: string[]) => WebSocketLike;
