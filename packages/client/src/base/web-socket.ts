/**
 * The least WebSocket we need. The browser's fits, and so do Node's, React Native's and that of
 * `ws`.
 */

/** A socket as platforms hand it out. */
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
}

/** Makes a socket that is already dialling. What it throws becomes a failed attempt. */
export type CreateSocket = (url: string, subprotocols: string[]) => WebSocketLike;
