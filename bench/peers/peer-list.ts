/** The libraries that are measured, in the order of the tables. */

export interface PeerEntry {
  readonly name: string;
  /** Its file in this folder, without the ending. */
  readonly file: string;
  /** The package whose version is told; absent for what is written here. */
  readonly package?: string;
  /** Does it connect again by itself? */
  readonly reconnects?: boolean;
  /** Does it bring a server of its own, whose memory and fan-out can be measured? */
  readonly hasServer?: boolean;
}

export const PEERS: readonly PeerEntry[] = [
  { name: "ws", file: "ws", package: "ws", hasServer: true },
  { name: "holdfast", file: "holdfast", reconnects: true, hasServer: true },
  { name: "minimal RPC", file: "minimal-rpc", hasServer: true },
  {
    name: "socket.io",
    file: "npm/socket-io",
    package: "socket.io",
    reconnects: true,
    hasServer: true,
  },
  {
    name: "graphql-ws",
    file: "npm/graphql-ws",
    package: "graphql-ws",
    reconnects: true,
    hasServer: true,
  },
  { name: "tRPC", file: "npm/trpc", package: "@trpc/client", reconnects: true, hasServer: true },
  { name: "partysocket", file: "npm/partysocket", package: "partysocket", reconnects: true },
];

export function fileOf(name: string): string {
  const entry = PEERS.find((peer) => peer.name === name);
  if (!entry) throw new Error(`no library is called ${name}`);
  return entry.file;
}
