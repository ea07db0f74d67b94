/**
 * Binds a server to Node's HTTP server by `ws`: takes the upgrades of one path, leaves all others
 * to whoever else listens. What goes wrong on a socket ends that socket.
 */
import { STATUS_CODES } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";

import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

import type { ServerRequest, ServerSocket, SocketListener } from "../server-socket.ts";
import { isOriginAllowed } from "./allowed-origin.ts";
import type { AllowedOrigins } from "./allowed-origin.ts";
import { WsServerSocket } from "./ws-server-socket.ts";

export type { AllowedOrigins } from "./allowed-origin.ts";

export interface AttachOptions {
  /**
   * Default `/realtime`. One more segment that begins with `~` is taken too and means nothing: some
   * browsers delay a redial of the very same address, so clients vary it.
   */
  readonly path?: string;
  /** Which pages may connect; others get 403. Default `"sameHost"`. */
  readonly origins?: AllowedOrigins;
}

/** Connections that a server has taken over; `ws` throws when one is taken twice. */
const taken = new WeakSet<Duplex>();

/** What is fed; a `RealtimeServer`. */
export interface SocketAcceptor {
  readonly subprotocols: readonly string[];
  readonly frameBytes: number;
  readonly isClosing: boolean;
  readonly windowMs: number;
  accept(socket: ServerSocket, request: ServerRequest): SocketListener;
  onClosed(cleanup: () => void): void;
}

export interface Attachment {
  /**
   * Takes no more upgrades. Open sessions stay: `server.close()` ends them, and detaches by
   * itself.
   */
  detach(): void;
}

/** Feeds `server` the WebSocket connections that come to `httpServer` at a path. */
export function attach(
  httpServer: HttpServer | HttpsServer,
  server: SocketAcceptor,
  options: AttachOptions = {},
): Attachment {
  const { path = "/realtime", origins = "sameHost" } = options;
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression costs memory for each socket, and lets frames swell.
    perMessageDeflate: false,
    // `ws` ends a socket whose frame is announced as larger, before it holds it.
    maxPayload: server.frameBytes,
    // Answered by hand, so that pings cannot fill the buffer of a peer that never reads.
    autoPong: false,
    // Where nothing fits, one is echoed all the same: a browser reports a bare 1006 otherwise,
    // while an open socket can be told what is wrong.
    handleProtocols: (offered) =>
      server.subprotocols.find((ours) => offered.has(ours)) ?? [...offered][0] ?? false,
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Two servers may share a path while one hands over to the other: the first that can takes it.
    if (taken.has(socket)) return;
    if (!isAt(path, request.url)) {
      if (httpServer.listenerCount("upgrade") === 1) decline(socket, 404);
    } else if (server.isClosing) {
      const headers = { "Retry-After": String(Math.ceil(server.windowMs / 1_000)) };
      queueMicrotask(() => {
        if (!taken.has(socket)) decline(socket, 503, headers);
      });
    } else if (isWelcome(origins, request)) {
      taken.add(socket);
      webSockets.handleUpgrade(request, socket, head, (opened) => {
        take(server, opened, request);
      });
    } else {
      decline(socket, 403);
    }
  };
  httpServer.on("upgrade", onUpgrade);
  const detach = (): void => void httpServer.off("upgrade", onUpgrade);
  server.onClosed(detach);
  return { detach };
}

function take(server: SocketAcceptor, opened: WebSocket, request: IncomingMessage): void {
  const socket = new WsServerSocket(opened);
  const listener = server.accept(socket, {
    subprotocol: opened.protocol,
    origin: request.headers.origin,
    headers: request.headers,
    remoteAddress: request.socket.remoteAddress,
    url: request.url ?? "/",
  });
  socket.listen(listener);
}

/** A rule of the application that throws allows nothing, and does not end the process. */
function isWelcome(origins: AllowedOrigins, request: IncomingMessage): boolean {
  try {
    return isOriginAllowed(origins, request);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
    return false;
  }
}

function isAt(path: string, url = "/"): boolean {
  const query = url.indexOf("?");
  const asked = query < 0 ? url : url.slice(0, query);
  if (!asked.startsWith(path)) return false;
  return /^(\/~[^/]*)?$/.test(asked.slice(path.length));
}

/** Answers in HTTP and ends the connection. */
function decline(socket: Duplex, status: number, headers: Record<string, string> = {}): void {
  const lines = Object.entries({ Connection: "close", "Content-Length": "0", ...headers });
  // The peer may be gone already.
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
  );
}
