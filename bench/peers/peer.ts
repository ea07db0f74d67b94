/**
 * What every library must be able to do to be measured: serve one small application, and connect
 * clients to it. Each is written as its own documentation shows it, with its defaults.
 */

/** What the application can do; the same functions behind every library. */
export interface App {
  /** Says back what it was given. */
  echo(input: { readonly text: string }): { readonly text: string };
  /** Says one update to every subscriber. */
  publish(input: Update): { readonly isPublished: true };
  /** Has an effect that can be counted. */
  add(input: { readonly id: number }): { readonly isAdded: true };
}

/** Words that can be put into any library's routes: what `App` has. */
export const METHODS = ["echo", "publish", "add"] as const;
export type Method = (typeof METHODS)[number];

export interface Update {
  readonly n: number;
  readonly text: string;
}

/** Of a chat's message, about. */
export const TEXT =
  "The quick brown fox jumps over the lazy dog, and the dog does not mind at all.";

/** A server that listens on loopback. */
export interface PeerServer {
  readonly port: number;
  /** To every subscriber. */
  publish(update: Update): void;
}

export interface PeerClient {
  call(method: Method, input: object): Promise<unknown>;
  /** Resolves when it is subscribed. */
  subscribe(hear: (update: Update) => void): Promise<void>;
  close(): void;
}

/** How a client is to be. */
export interface ConnectOptions {
  readonly url: string;
  /** Who it is: its token, too. */
  readonly account: string;
  /** Whenever its connection is there, or gone. */
  readonly onState?: (isOpen: boolean) => void;
  /** `add` is to happen once, whatever the network does: with what the library has for it. */
  readonly isDurable?: boolean;
}

export interface Peer {
  serve(app: App, port: number): Promise<PeerServer>;
  connect(options: ConnectOptions): PeerClient;
}

/** What a file of this folder exports. */
export interface PeerModule {
  readonly peer: Peer;
}

/** Runs a method that came over the wire. */
export function runMethod(app: App, method: string, input: unknown): unknown {
  const found = METHODS.find((one) => one === method);
  if (!found) throw new Error("no such method");
  return app[found](input as never);
}
