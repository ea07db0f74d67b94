/** Every option of the client: its default, its unit, and what happens at the limit. */
import type { ClientMessage, Codec, Contract, ServerMessage } from "@holdfast/protocol";
import type { Credentials } from "../adapters/credentials.ts";
import type { Platform } from "../adapters/platform.ts";
import { OptionsError } from "../base/errors.ts";
import type { CreateSocket } from "../base/web-socket.ts";
import { DEFAULT_BACKOFF } from "../connection/backoff-policy.ts";
import {
  DEFAULT_CONNECTION_POLICY,
  type ConnectionPolicy,
} from "../connection/connection-policy.ts";
import type { ConnectionManagerOptions, HandledEvent } from "../connection/connection-manager.ts";
import type { DialUrl } from "./dial-url.ts";

/** Every option of a client. Those that cannot work make its constructor throw `OptionsError`. */
export interface RealtimeOptions<C extends Contract = Contract> {
  /**
   * Where the server listens: `wss://…`, or a function of the attempt that may be asynchronous. A
   * function that throws or rejects counts as a failed dial. Never put credentials into it.
   */
  readonly url: DialUrl;
  /** Who the user is, and where tokens come from; or `{ ambient: true }` where cookies say so. */
  readonly credentials: Credentials;
  /**
   * The app's calls and buckets: it types `call` and `subscribe`, and says which calls are
   * repeatable.
   */
  readonly contract?: C;
  /**
   * Where the client runs. Default: the web platform, which in other runtimes simply has fewer
   * signals.
   */
  readonly platform?: Platform;
  /** Makes sockets: for headers, TLS settings, proxy agents, or `ws`. Default: the platform's. */
  readonly createSocket?: CreateSocket;
  /** Default: JSON. */
  readonly codec?: Codec<ServerMessage, ClientMessage>;
  /**
   * Numbers of the connection that differ from the defaults and from the platform's own. Each must
   * be finite and not negative.
   */
  readonly policy?: Partial<ConnectionPolicy>;
  /**
   * How long a call may take when it does not say, in milliseconds, to 2^31 − 1. Default 15 000.
   */
  readonly callTimeoutMs?: number;
  /** How many events of the connection the trace keeps. Default 500; older ones are forgotten. */
  readonly traceEntriesMax?: number;
  /** Hears each event of the connection, for a log; `traceEntry` makes a line of it. */
  readonly onHandled?: (handled: HandledEvent) => void;
  /**
   * Hears Holdfast's own faults, and what `onHandled` throws. Default: they become uncaught errors.
   * The connection goes on.
   */
  readonly onFault?: (error: unknown) => void;
  /**
   * Asserts the machine's invariants after each event: `brokenInvariant` of
   * `@holdfast/client/machine`. Default: none.
   */
  readonly check?: ConnectionManagerOptions["check"];
}

/**
 * The policy of a client: the defaults with the app's numbers. Throws `OptionsError` for what no
 * clock can keep.
 */
export function connectionPolicy(policy: Partial<ConnectionPolicy>): ConnectionPolicy {
  const merged = { ...DEFAULT_CONNECTION_POLICY, ...policy };
  const check = (numbers: object, names: object): void => {
    for (const name in names)
      if (!name.startsWith("back"))
        checkNumber(`policy.${name}`, (numbers as Readonly<Record<string, number>> | null)?.[name]);
  };
  check(merged, merged);
  check(merged.backoff, DEFAULT_BACKOFF);
  if (merged.background !== "keep") check(merged.background, { graceMs: 0 });
  return merged;
}

/** Throws `OptionsError` unless `value` is from 0 to `most`: by default, what clocks count to. */
export function checkNumber(name: string, value: number | undefined, most: number = 1e15): void {
  if (!(typeof value === "number" && value >= 0 && value <= most))
    throw new OptionsError(`${name} must be a number from 0 to ${most}.`);
}

/**
 * Throws `OptionsError` unless the address can be dialled. A function's answer is checked when it
 * dials.
 */
export function checkUrl(url: DialUrl): void {
  if (typeof url !== "function" && !/^wss?:\/\/[^/]/.test(url))
    throw new OptionsError("url must begin with ws:// or wss://.");
}
