/**
 * The server's side of the buttons, over HTTP: a connection that is hurt cannot carry its own cure.
 */

import type { StormReport } from "../storm.ts";

export class FaultServer {
  /** A token for an account. Rejects when the server is away. */
  async token(account: string, name: string, signal: AbortSignal): Promise<string> {
    const { token } = await post("/api/token", { account, name }, signal);
    return String(token);
  }

  async drop(client: string): Promise<void> {
    await post("/api/drop", { client });
  }

  async setBlackHole(client: string, isOn: boolean): Promise<void> {
    await post("/api/black-hole", { client, isOn });
  }

  async setRejected(account: string, isOn: boolean): Promise<void> {
    await post("/api/reject-token", { account, isOn });
  }

  /** Raises a storm; where one is under way, that goes on. */
  async startStorm(): Promise<void> {
    await post("/api/storm", {});
  }

  /** How the storm goes. Rejects while the server is away. */
  async storm(): Promise<StormReport> {
    return (await post("/api/storm-report", {})) as unknown as StormReport;
  }

  /** Resolves with how long the server will be away, in milliseconds. */
  async restart(): Promise<number> {
    const { awayMs } = await post("/api/restart", {});
    return Number(awayMs);
  }
}

async function post(
  path: string,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal | null = null,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>);
}
