/** The two questions that orchestrators ask by HTTP: is it alive, and should it get connections? */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Readiness } from "./store-health.ts";

/** What is asked; a `RealtimeServer`. */
export interface HealthSource {
  readiness(): Promise<Readiness>;
}

/** Answers if the request is for it, and tells whether it was. */
export type HealthHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Answers `GET /healthz` by 200 as long as the process turns its event loop, and `GET /readyz` by
 * 200 `ready`, or by 503 and why not: `closing` or `storeFailing`. Everything else is left alone.
 *
 * ```ts
 * const health = healthHandler(server);
 * createServer((request, response) => {
 *   if (!health(request, response)) response.writeHead(404).end();
 * });
 * ```
 */
export function healthHandler(server: HealthSource): HealthHandler {
  return ({ method, url = "/" }, response) => {
    if (method !== "GET" && method !== "HEAD") return false;
    const [path] = url.split("?");
    if (path === "/healthz") answer(response, 200, "ok");
    else if (path === "/readyz") void answerReadiness(server, response);
    else return false;
    return true;
  };
}

async function answerReadiness(server: HealthSource, response: ServerResponse): Promise<void> {
  const readiness = await server.readiness();
  answer(response, readiness === "ready" ? 200 : 503, readiness);
}

function answer(response: ServerResponse, status: number, word: string): void {
  const headers = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" };
  response.writeHead(status, headers).end(`${word}\n`);
}
