/**
 * Binds the ports to Node, Bun and Deno: a process that is stopped and continued, a network that
 * nobody reports, and the sockets of `ws` where they are passed in. Nothing here holds the process.
 */
import { nodeClock } from "../../base/clock.ts";
import { OptionsError } from "../../base/errors.ts";
import { randomHex, systemRandom } from "../../base/random.ts";
import type { WebSocketLike } from "../../base/web-socket.ts";
import type { OpenTransport } from "../../transport/transport.ts";
import { webSocketTransport } from "../../transport/websocket-transport.ts";
import { wsTransport, type WsSocket } from "../../transport/ws-transport.ts";
import type { LifecycleAdapter } from "../lifecycle-adapter.ts";
import { silentNetwork } from "../network-adapter.ts";
import type { Platform } from "../platform.ts";
import { onEmitted, type EmitterLike } from "./emitter-listeners.ts";

/** For those who make sockets of `ws` themselves: `{ ...nodePlatform(…), openTransport }`. */
export { wsTransport, type CreateWsSocket, type WsSocket } from "../../transport/ws-transport.ts";

/** What Node is asked for. */
export interface NodePlatformOptions {
  /**
   * The class of `ws`: `import { WebSocket } from "ws"`. By default the global `WebSocket`, which
   * Node has from 22 on; it hides the HTTP status of a refused dial, and cannot pause or be ended
   * hard.
   */
  readonly WebSocket?: WsClass | undefined;
  /**
   * Options of the `ws` constructor, such as `headers` and `agent`. By default compression is off,
   * and a server that does not answer our close has 1 s before its socket is destroyed.
   */
  readonly socketOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** What we use of Node's global scope. */
export interface NodeGlobals {
  readonly process?: SignalSource | undefined;
  readonly WebSocket?: (new (url: string, subprotocols: string[]) => WebSocketLike) | undefined;
}

/** A constructor like that of `ws`. */
export type WsClass = new (url: string, subprotocols: string[], options: never) => WsSocket;

/** What we use of Node's `process`. */
export type SignalSource = EmitterLike<"SIGCONT">;

/** The platform of Node. Throws `OptionsError` when there is no `WebSocket` to be had. */
export function nodePlatform(
  options: NodePlatformOptions = {},
  globals: NodeGlobals = globalThis,
): Platform {
  return {
    name: "node",
    clock: nodeClock,
    random: systemRandom,
    randomHex,
    lifecycle: nodeLifecycle(globals.process),
    network: silentNetwork,
    openTransport: nodeTransport(options, globals.WebSocket),
    variesPath: false,
  };
}

function nodeTransport(
  { WebSocket: Socket, socketOptions }: NodePlatformOptions,
  Global: NodeGlobals["WebSocket"],
): OpenTransport {
  if (Socket) {
    const options = { perMessageDeflate: false, closeTimeout: 1_000, ...socketOptions };
    return wsTransport((url, subprotocols) => new Socket(url, subprotocols, options as never));
  }
  if (Global) return webSocketTransport((url, subprotocols) => new Global(url, subprotocols));
  throw new OptionsError(
    'This Node has no WebSocket: pass nodePlatform({ WebSocket }) with the one of "ws".',
  );
}

function nodeLifecycle(process: SignalSource | undefined): LifecycleAdapter {
  return {
    current: { active: true, frozen: false },
    start(post) {
      const wake = (): void => post({ type: "woke" });
      return process ? onEmitted(process, "SIGCONT", wake) : () => {};
    },
  };
}
