/**
 * What stands between a client and a server on real sockets: it forwards, until it is told not to.
 */
import { createServer, connect } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

interface Pair {
  readonly client: Socket;
  server: Socket | undefined;
}

export class TcpProxy {
  /** How long a connection waits before it reaches the server, in milliseconds. */
  acceptDelayMs = 0;
  /** How many connections came. */
  accepted = 0;
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isHole = false;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async to(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Nothing is read or written any more, and nobody is told. Connections to come hang too. */
  blackHole(): void {
    this.#isHole = true;
    for (const { client, server } of this.#pairs) for (const end of [client, server]) end?.pause();
  }

  /** What was held goes on, and connections are served again. */
  heal(): void {
    this.#isHole = false;
    for (const { client, server } of this.#pairs) for (const end of [client, server]) end?.resume();
  }

  /** The server's end is gone, and the client's stays, silent. */
  halfOpen(): void {
    for (const { client, server } of this.#pairs) {
      client.unpipe();
      client.removeAllListeners("end").pause();
      server?.unpipe().removeAllListeners("end").destroy();
    }
  }

  /** Every connection ends with a TCP reset. */
  reset(): void {
    for (const { client } of this.#pairs) client.resetAndDestroy();
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#server.close();
    for (const { client, server } of this.#pairs)
      for (const end of [client, server]) end?.destroy();
  }

  #accept(client: Socket): void {
    this.accepted++;
    const pair: Pair = { client, server: undefined };
    this.#pairs.add(pair);
    client.on("error", () => client.destroy());
    client.on("close", () => {
      this.#pairs.delete(pair);
      pair.server?.destroy();
    });
    if (this.#isHole) client.pause();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!client.destroyed) this.#forward(pair);
    }, this.acceptDelayMs);
    this.#timers.add(timer);
  }

  #forward(pair: Pair): void {
    const server = connect(this.#targetPort, "127.0.0.1");
    pair.server = server;
    server.on("error", () => pair.client.resetAndDestroy());
    pair.client.pipe(server).pipe(pair.client);
    if (this.#isHole) this.blackHole();
  }
}
