/**
 * The socket to a Chromium's DevTools: commands out, replies and events in, told apart by session.
 */
import { setTimeout as sleep } from "node:timers/promises";

import type { WebSocket } from "ws";

export type Params = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

interface Waiter {
  readonly resolve: (result: Params) => void;
  readonly reject: (error: Error) => void;
}

const commandTimeoutMs = 30_000;

/** See the top of this file. It owns the socket and closes it. */
export class DevTools {
  readonly #socket: WebSocket;
  readonly #waiters = new Map<number, Waiter>();
  readonly #listeners = new Set<(event: Reply) => void>();
  #nextId = 1;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#receive(JSON.parse(data.toString()) as Reply));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#fail(new Error("the browser has gone")));
  }

  /** Rejects with the browser's error, when the browser goes, or after 30 s. */
  async send(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
    const id = this.#nextId++;
    const late = new AbortController();
    const reply = new Promise<Params>((resolve, reject) =>
      this.#waiters.set(id, { resolve, reject }),
    );
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    const timeout = sleep(commandTimeoutMs, null, { signal: late.signal }).then(
      () => Promise.reject(new Error(`${method}: no answer within ${commandTimeoutMs} ms`)),
      () => ({}),
    );
    try {
      return await Promise.race([reply, timeout]);
    } finally {
      late.abort();
      this.#waiters.delete(id);
    }
  }

  on(listener: (event: Reply) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive(reply: Reply): void {
    if (reply.id === undefined) {
      for (const listener of this.#listeners) listener(reply);
      return;
    }
    const waiter = this.#waiters.get(reply.id);
    if (reply.error) waiter?.reject(new Error(reply.error.message));
    else waiter?.resolve(reply.result ?? {});
  }

  #fail(error: Error): void {
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
  }
}
