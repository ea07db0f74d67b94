/**
 * Binds the ports to Node, Bun and Deno: a process that is stopped and continued, a network that
 * nobody reports, and the sockets of `ws` where they are passed in. Nothing here holds the process.
 */
import { systemClock } from "../../base/clock.ts";
import { OptionsError } from "../../base/errors.ts";
import { randomHex, systemRandom } from "../../base/random.ts";
import type { CreateSocket, WebSocketLike } from "../../base/web-socket.ts";
import type { LifecycleAdapter } from "../lifecycle-adapter.ts";
import { silentNetwork } from "../network-adapter.ts";
import type { Platform } from "../platform.ts";

/** What Node is asked for. */
export interface NodePlatformOptions {
  /**
   * The class of `ws`: `import { WebSocket } from "ws"`. By default the global `WebSocket`, which
   * Node has from 22 on; it hides the HTTP status of a refused dial, and cannot pause or be ended
   * hard.
   */
  readonly WebSocket?: NodeWebSocketClass | undefined;
  /**
   * Options of the `ws` constructor, such as `headers` and `agent`. By default compression is off,
   * and a server that does not answer our close has 1 s before its socket is destroyed.
   */
  readonly socketOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** What we use of Node's global scope. */
export interface NodeGlobals {
  readonly process?: SignalSource | undefined;
  readonly WebSocket?: NodeWebSocketClass | undefined;
}

/** A constructor like that of `ws`. */
export type NodeWebSocketClass = new (
  url: string,
  subprotocols: string[],
  options: never,
) => WebSocketLike;

/** What we use of Node's `process`. */
export interface SignalSource {
  on(signal: "SIGCONT", listener: () => void): unknown;
  off(signal: "SIGCONT", listener: () => void): unknown;
}

/** The platform of Node. Throws `OptionsError` when there is no `WebSocket` to be had. */
export function nodePlatform(
  options: NodePlatformOptions = {},
  globals: NodeGlobals = globalThis,
): Platform {
  return {
    name: "node",
    clock: systemClock,
    random: systemRandom,
    randomHex,
    lifecycle: nodeLifecycle(globals.process),
    network: silentNetwork,
    createSocket: nodeSocket(options, globals.WebSocket),
    variesPath: false,
  };
}

function nodeSocket(
  { WebSocket: passed, socketOptions }: NodePlatformOptions,
  global: NodeWebSocketClass | undefined,
): CreateSocket {
  const Socket = passed ?? global;
  if (!Socket) {
    throw new OptionsError(
      'This Node has no WebSocket: pass nodePlatform({ WebSocket }) with the one of "ws".',
    );
  }
  // The global one would take a third argument for its own kind of options.
  if (!passed) return (url, subprotocols) => new Socket(url, subprotocols, undefined as never);
  const all = { perMessageDeflate: false, closeTimeout: 1_000, ...socketOptions };
  return (url, subprotocols) => new Socket(url, subprotocols, all as never);
}

function nodeLifecycle(process: SignalSource | undefined): LifecycleAdapter {
  return {
    current: { active: true, frozen: false },
    start(post) {
      const wake = (): void => post({ type: "woke" });
      process?.on("SIGCONT", wake);
      return () => process?.off("SIGCONT", wake);
    },
  };
}
