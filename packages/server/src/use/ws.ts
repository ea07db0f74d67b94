/**
 * Binds a server to Node's HTTP server by `ws`: takes the upgrades of one path, leaves all others
 * to whoever else listens. What goes wrong on a socket ends that socket.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";

import { WebSocketServer } from "ws";

import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import type { ServerRequest, ServerSocket, SocketListener } from "../server-socket.ts";
import { AddressGate, addressPolicyOf } from "./address-gate.ts";
import type { AddressPolicy } from "./address-gate.ts";
import { checkedOrigins, isOriginAllowed } from "./allowed-origin.ts";
import type { AllowedOrigins } from "./allowed-origin.ts";
import { declineUpgrade } from "./decline-upgrade.ts";
import { FrameBytes } from "./frame-bytes.ts";
import { addEntrance } from "./upgrades.ts";
import { WsServerSocket } from "./ws-server-socket.ts";

export type { AllowedOrigins } from "./allowed-origin.ts";

/** Where a server is attached, and who may connect there. */
export interface AttachOptions extends Partial<AddressPolicy> {
  /**
   * Default `/realtime`. It begins with a slash, or `TypeError` is thrown; one at its end means
   * nothing. One more segment that begins with `~` is taken too and means nothing either: some
   * browsers delay a redial of the very same address, so clients vary it.
   */
  readonly path?: string;
  /**
   * Which pages may connect; others get 403. Default `"sameHost"`. What is none of the three, such
   * as one origin without a list, throws `TypeError`.
   */
  readonly origins?: AllowedOrigins;
  /**
   * Where a request comes from, by which connections are counted: behind a proxy, what it says of
   * its client, such as the last entry of `X-Forwarded-For`. A word that clients can choose
   * themselves bounds nothing. Undefined: not counted. Default: the address of the socket.
   */
  readonly clientAddress?: (request: IncomingMessage) => string | undefined;
  /** Default: the platform's. */
  readonly clock?: Clock;
}

/** What is fed; a `RealtimeServer`. */
export interface SocketAcceptor {
  readonly subprotocols: readonly string[];
  readonly frameBytes: number;
  readonly isClosing: boolean;
  readonly windowMs: number;
  /** How long who dials now should stay away, in ms, because there is no room; 0: there is. */
  readonly busyForMs: number;
  /** An upgrade was answered with this HTTP status. */
  declined(httpStatus: number): void;
  accept(socket: ServerSocket, request: ServerRequest): SocketListener;
  onClosed(cleanup: () => void): void;
}

/** `Sec-WebSocket-Protocol` stays: some put more than a subprotocol there. */
const HANDSHAKE_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "upgrade",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-extensions",
]);

/** A server at its HTTP server. */
export interface Attachment {
  /**
   * Takes no more upgrades. Open sessions stay: `server.close()` ends them, and detaches by
   * itself.
   */
  detach(): void;
}

/**
 * Feeds `server` the WebSocket connections that come to `httpServer` at a path. Upgrades to other
 * paths get 404, unless `httpServer` has `upgrade` listeners of somebody else: then they are left
 * to those, who must end what they do not want, or it stays open. How long a request may take to
 * arrive, and how large its headers may be, is the HTTP server's: `headersTimeout`,
 * `requestTimeout` and `maxHeaderSize` of `createServer`.
 */
export function attach(
  httpServer: HttpServer | HttpsServer,
  server: SocketAcceptor,
  options: AttachOptions = {},
): Attachment {
  const path = checkedPath(options.path ?? "/realtime");
  const webSockets = webSocketsOf(server);
  const door = new Door(server, options);
  const frames = new FrameBytes();
  let headers: Headers = {};
  const decline = (socket: Duplex, status: number, retryAfterMs?: number): void => {
    server.declined(status);
    declineUpgrade(socket, status, retryAfterMs);
  };
  const enter = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { address, status, retryAfterMs } = door.judge(request);
    if (status !== undefined) return decline(socket, status, retryAfterMs);
    webSockets.handleUpgrade(request, socket, head, (opened) => {
      headers = lastingHeaders(request, headers);
      const left = door.opened(address);
      if (left) opened.once("close", left);
      take(server, new WsServerSocket(opened, socket, frames), {
        subprotocol: opened.protocol,
        origin: request.headers.origin,
        headers,
        remoteAddress: address,
        url: request.url ?? "/",
      });
    });
  };
  const detach = addEntrance(httpServer, {
    isAt: (url) => isAt(path, url),
    isClosing: () => server.isClosing,
    enter,
    turnAway: (socket, status) =>
      decline(socket, status, status === 503 ? server.windowMs : undefined),
  });
  server.onClosed(detach);
  return { detach };
}

function webSocketsOf(server: SocketAcceptor): WebSocketServer {
  return new WebSocketServer({
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
}

type Headers = ServerRequest["headers"];

/**
 * All but what only the handshake was about: a session keeps them as long as it lives. Where they
 * are those of the connection before, both keep the same.
 */
function lastingHeaders({ headers }: IncomingMessage, before: Headers): Headers {
  const lasting: Record<string, string | readonly string[] | undefined> = {};
  for (const name in headers) if (!HANDSHAKE_HEADERS.has(name)) lasting[name] = headers[name];
  const names = Object.keys(lasting);
  const isSame = names.every((name) => lasting[name] === before[name]);
  return isSame && names.length === Object.keys(before).length ? before : lasting;
}

function take(server: SocketAcceptor, socket: WsServerSocket, request: ServerRequest): void {
  socket.listen(server.accept(socket, request));
}

/** What an upgrade gets: a status, or, without one, a WebSocket. */
interface Verdict {
  readonly address?: string | undefined;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** Who may come in at all. */
class Door {
  readonly #server: SocketAcceptor;
  readonly #options: AttachOptions;
  readonly #origins: AllowedOrigins;
  readonly #clock: Clock;
  readonly #gate: AddressGate;
  #hasWarned = false;

  constructor(server: SocketAcceptor, options: AttachOptions) {
    this.#server = server;
    this.#options = options;
    this.#origins = checkedOrigins(options.origins ?? "sameHost");
    this.#clock = options.clock ?? systemClock;
    this.#gate = new AddressGate(addressPolicyOf(options));
  }

  judge(request: IncomingMessage): Verdict {
    const { clientAddress = addressOf } = this.#options;
    try {
      const address = clientAddress(request);
      const waitMs = address === undefined ? 0 : this.#gate.dial(address, this.#clock.now());
      if (waitMs > 0) return this.#tooMany(waitMs);
      if (!isOriginAllowed(this.#origins, request)) return { status: 403 };
      const { busyForMs } = this.#server;
      return busyForMs > 0 ? { status: 503, retryAfterMs: busyForMs } : { address };
    } catch (error) {
      // A rule of the application that throws allows nothing, and does not end the process.
      process.emitWarning(error instanceof Error ? error : String(error));
      return { status: 500 };
    }
  }

  #tooMany(retryAfterMs: number): Verdict {
    if (!this.#options.clientAddress && !this.#hasWarned) {
      this.#hasWarned = true;
      process.emitWarning(
        "An address dials too often, or has too many connections. If it is a proxy, pass `clientAddress`.",
        "HoldfastServerWarning",
      );
    }
    return { status: 429, retryAfterMs };
  }

  /** A dial became a connection. Returns what to call when it is gone, if it is counted. */
  opened(address: string | undefined): (() => void) | undefined {
    return address === undefined ? undefined : this.#gate.opened(address);
  }
}

function addressOf(request: IncomingMessage): string | undefined {
  return request.socket.remoteAddress;
}

/** Without the slash at its end, which clients leave out where they vary the path. */
function checkedPath(path: string): string {
  if (!path.startsWith("/")) throw new TypeError("path must begin with a slash.");
  return path.replace(/\/$/, "");
}

function isAt(path: string, url = "/"): boolean {
  const query = url.indexOf("?");
  const asked = query < 0 ? url : url.slice(0, query);
  return asked.startsWith(path) && /^(\/~[^/]*)?\/?$/.test(asked.slice(path.length));
}
