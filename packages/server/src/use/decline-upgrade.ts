/** Answers an upgrade that is not wanted, in HTTP, and ends its connection. */
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** `retryAfterMs`: not before; rounded up to seconds. */
export function declineUpgrade(socket: Duplex, status: number, retryAfterMs?: number): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, "Connection: close"];
  lines.push("Content-Length: 0");
  if (retryAfterMs !== undefined) lines.push(`Retry-After: ${Math.ceil(retryAfterMs / 1_000)}`);
  // The peer may be gone already.
  socket.on("error", () => socket.destroy());
  // One that never closes its half would keep the socket for ever: nobody else times it out.
  socket.once("finish", () => socket.destroy());
  socket.end(`${lines.join("\r\n")}\r\n\r\n`);
}
