/**
 * The demo's HTTP interface for its own page: tokens, and the faults that the buttons ask for. It
 * takes JSON by POST, and only from a page of the same origin.
 */
import type { IncomingMessage } from "node:http";

import type { StormReport } from "./storm.ts";

/** What came of a request. */
export interface Answer {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What the page may ask for. */
export interface PageActions {
  /** A token that speaks for an account. */
  token(account: string, name: string): string;
  /** Ends the client's TCP connections. */
  drop(client: string): void;
  setBlackHole(client: string, isOn: boolean): void;
  /** From now on the account's tokens are refused, open sessions' too; or again accepted. */
  setRejected(account: string, isOn: boolean): void;
  /** The whole server goes away and comes back after so many milliseconds. */
  restart(): number;
  /** Many clients dial, and the whole server restarts under them. */
  startStorm(): void;
  readonly stormReport: StormReport;
}

const BODY_BYTES_MAX = 1_024;

type Fields = Readonly<Record<string, unknown>>;

export class PageApi {
  readonly #routes: ReadonlyMap<string, (fields: Fields) => Answer>;

  constructor(actions: PageActions) {
    const done: Answer = { status: 204 };
    const to =
      (field: "client" | "account", act: (whom: string, fields: Fields) => void) =>
      (fields: Fields): Answer => {
        const whom = fields[field];
        if (!isWhom(whom)) return { status: 400 };
        act(whom, fields);
        return done;
      };
    this.#routes = new Map<string, (fields: Fields) => Answer>([
      ["/api/token", (fields) => tokenAnswer(actions, fields)],
      ["/api/drop", to("client", (client) => actions.drop(client))],
      [
        "/api/black-hole",
        to("client", (client, { isOn }) => actions.setBlackHole(client, isOn === true)),
      ],
      [
        "/api/reject-token",
        to("account", (account, { isOn }) => actions.setRejected(account, isOn === true)),
      ],
      ["/api/restart", () => ({ status: 200, body: { awayMs: actions.restart() } })],
      [
        "/api/storm",
        () => {
          actions.startStorm();
          return done;
        },
      ],
      ["/api/storm-report", () => ({ status: 200, body: { ...actions.stormReport } })],
    ]);
  }

  /** Undefined for a path that is not ours. */
  async answer(request: IncomingMessage): Promise<Answer | undefined> {
    const route = this.#routes.get(request.url ?? "");
    if (!route) return undefined;
    if (request.method !== "POST") return { status: 405 };
    if (!isFromOurPage(request)) return { status: 403 };
    if (request.headers["content-type"] !== "application/json") return { status: 415 };
    const fields = await fieldsOf(request);
    return fields ? route(fields) : { status: 400 };
  }
}

function tokenAnswer(actions: PageActions, { account, name }: Fields): Answer {
  if (!isWhom(account) || typeof name !== "string" || !/^\w{1,20}$/.test(name)) {
    return { status: 400 };
  }
  return { status: 200, body: { token: actions.token(account, name) } };
}

/** A person, and which browser (an account) or which of its tabs (a client). */
function isWhom(value: unknown): value is string {
  return typeof value === "string" && /^[a-z]{1,20}-[0-9a-f]{8}$/.test(value);
}

/** A browser names the page that asks, and no page can name another. */
function isFromOurPage({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

/** The body's fields; undefined when it is too long, broken off, or no JSON object. */
async function fieldsOf(request: IncomingMessage): Promise<Fields | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) return undefined;
      chunks.push(chunk);
    }
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
