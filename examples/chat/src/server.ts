/**
 * The whole demo in one process: the chat on a `RealtimeServer`, the page, and the faults. All that
 * was said is in a SQLite file, so it outlives the server, however that ends.
 */
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";

import { CallFailure, RealtimeServer, refuse } from "@holdfast/server";
import { sqliteStore, type UnitDatabase } from "@holdfast/server/sqlite";
import { attach } from "@holdfast/server/use/ws";

import { contract, NO_COMMANDS, ROOM, type ChatContract } from "./contract.ts";
import { FaultGate } from "./fault-gate.ts";
import { PageApi, type PageActions } from "./page-api.ts";
import { staticFile } from "./static-files.ts";
import { Storm, type StormReport } from "./storm.ts";
import { TOKEN_LIFE_MS, Tokens } from "./tokens.ts";

export interface ChatOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Where the SQLite file is, or will be. */
  readonly dataFolder: string;
  /** Default: this machine only. */
  readonly host?: string;
  /** How long a restart keeps the server away, in milliseconds. Default 1 500. */
  readonly awayMs?: number;
}

/** How long a leaving server waits for calls in flight, in milliseconds. */
const GRACE_MS = 500;

/** How many accounts can be refused at once; beyond, the first of them is accepted again. */
const REJECTED_MAX = 100;

/** The log is the room's memory: nothing of it is forgotten, so nobody is ever too far behind. */
const RETENTION = { updateAgeMs: Infinity, updatesMax: Infinity };

type Account = { readonly account: string; readonly data: { readonly name: string } };

type Store = ReturnType<typeof sqliteStore>;
type Realtime = RealtimeServer<ChatContract, Account, UnitDatabase>;

/**
 * Starts the demo and resolves when it listens. Rejects when the port is taken, or the file cannot
 * be opened.
 */
export async function startChat(options: ChatOptions): Promise<Chat> {
  const chat = new Chat(options);
  await chat.open();
  return chat;
}

export class Chat implements PageActions {
  readonly #options: Required<ChatOptions>;
  readonly #http: Server;
  readonly #tokens = new Tokens();
  readonly #gate = new FaultGate();
  readonly #api = new PageApi(this);
  readonly #rejected = new Set<string>();
  readonly #storm = new Storm({
    url: () => `${this.url.replace("http", "ws")}realtime`,
    token: (account, name) => this.token(account, name),
    restarted: async () => {
      this.restart();
      await this.#restarting;
    },
  });
  #store: Store | undefined;
  #realtime: Realtime | undefined;
  #port: number;
  #restarting: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: ChatOptions) {
    this.#options = { host: "127.0.0.1", awayMs: 1_500, ...options };
    this.#port = options.port;
    this.#http = createServer((request, response) => void this.#respond(request, response));
  }

  /** Where a browser finds the page. */
  get url(): string {
    return `http://${this.#options.host}:${this.#port}/`;
  }

  /** The open sessions of this account now, by its clients' own numbers. */
  sessionNumbers(account: string): readonly number[] {
    return (this.#realtime?.sessions(account) ?? []).map(({ session }) => session);
  }

  async open(): Promise<void> {
    const { dataFolder, host } = this.#options;
    mkdirSync(dataFolder, { recursive: true });
    const store = sqliteStore({ path: join(dataFolder, "chat.sqlite") });
    const realtime = this.#makeRealtime(store);
    try {
      attach(this.#http, this.#gate.before(realtime));
      this.#http.listen(this.#port, host);
      await once(this.#http, "listening");
    } catch (error) {
      await realtime.close();
      await store.close();
      throw error;
    }
    this.#store = store;
    this.#realtime = realtime;
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  /** Says goodbye to every client and resolves when the last is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#storm.close();
    await this.#restarting;
    await this.#leave();
  }

  token(account: string, name: string): string {
    const expiresAt = Date.now() + TOKEN_LIFE_MS;
    return this.#tokens.issue({ account, name, expiresAt });
  }

  drop(client: string): void {
    this.#gate.cut(client);
  }

  setBlackHole(client: string, isOn: boolean): void {
    this.#gate.setBlackHole(client, isOn);
  }

  setRejected(account: string, isOn: boolean): void {
    this.#rejected.delete(account);
    if (!isOn) return;
    const [first] = this.#rejected;
    if (first !== undefined && this.#rejected.size >= REJECTED_MAX) this.#rejected.delete(first);
    this.#rejected.add(account);
    this.#realtime?.disconnect(account, { action: "reauthenticate", code: "badToken" });
  }

  /** Goes away as a deployment does, and comes back on the same port with the same file. */
  restart(): number {
    this.#restarting ??= this.#goAndComeBack().finally(() => (this.#restarting = undefined));
    return this.#options.awayMs;
  }

  get stormReport(): StormReport {
    return this.#storm.report;
  }

  startStorm(): void {
    if (!this.#isClosed) this.#storm.start();
  }

  async #goAndComeBack(): Promise<void> {
    const { awayMs } = this.#options;
    // Whoever asked for it is answered first.
    await turn();
    await this.#leave();
    if (this.#isClosed) return;
    await sleep(awayMs);
    if (!this.#isClosed) await this.open();
  }

  async #leave(): Promise<void> {
    const realtime = this.#realtime;
    const store = this.#store;
    this.#realtime = undefined;
    this.#store = undefined;
    if (!this.#http.listening) return;
    const closed = once(this.#http, "close");
    this.#http.close();
    await realtime?.close({ graceMs: GRACE_MS });
    await store?.close();
    this.#http.closeAllConnections();
    await closed;
  }

  #makeRealtime(store: Store): Realtime {
    return new RealtimeServer({
      contract,
      store,
      retention: RETENTION,
      authenticate: ({ token }) => {
        const facts = this.#tokens.check(token, Date.now());
        if (!facts || this.#rejected.has(facts.account)) {
          return refuse({ action: "reauthenticate", code: "badToken" });
        }
        const { account, name, expiresAt } = facts;
        return { account, expiresAt, data: { name } };
      },
      handlers: {
        "message.send": async ({ text }, { account, accountData, commit }) => {
          if (text.startsWith("/")) throw new CallFailure(NO_COMMANDS, "There are no commands.");
          const message = { author: account, name: accountData.name, text: text.trim() };
          return await commit((tx) => ({ seq: tx.append(ROOM, message).seq }));
        },
        "room.epoch": async (_, { commit }) => await commit((tx) => tx.head(ROOM).epoch),
      },
      buckets: { room: { authorize: () => true } },
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#api.answer(request);
    if (answer) {
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(answer.body && JSON.stringify(answer.body));
      return;
    }
    const [path = "/"] = (request.url ?? "/").split("?");
    const isRead = request.method === "GET" || request.method === "HEAD";
    const file = isRead ? await staticFile(path) : undefined;
    if (file) response.writeHead(200, file.headers).end(file.body);
    else response.writeHead(isRead ? 404 : 405).end();
  }
}
