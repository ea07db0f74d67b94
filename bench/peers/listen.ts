/** How all servers begin to listen: on loopback, and with room for as many as may come. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Resolves with the port. 0: any that is free. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen({ port, host: "127.0.0.1", backlog: 4_096 });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** The token that a request's `authorization` header or `token` parameter names. */
export function accountOf(url = "/", header = ""): string | null {
  return header || new URL(url, "http://localhost").searchParams.get("token");
}
