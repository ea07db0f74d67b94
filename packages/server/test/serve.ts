/** A small chat server on a manual clock, and clients in memory. */
import { bucket, call, defineContract } from "@holdfast/protocol";
import type { Hello, StandardSchemaV1, WireLimits } from "@holdfast/protocol";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { refuse } from "../src/authenticate.ts";
import type { AuthRequest, AuthRefusal } from "../src/authenticate.ts";
import { seededRandom } from "../../client/src/base/random.ts";
import { CallFailure } from "../src/call-failure.ts";
import { RealtimeServer } from "../src/realtime-server.ts";
import type { RealtimeServerOptions } from "../src/server-options.ts";
import type { ServerPolicy } from "../src/server-policy.ts";
import type { ServerRequest } from "../src/server-socket.ts";
import type { ErrorContext } from "../src/session-host.ts";
import { MemoryPeer } from "./memory-peer.ts";

/** A validator that quotes the value in its message, as real ones do. */
export const text: StandardSchemaV1<{ text: string }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => {
      const { text: found } = value as { text?: unknown };
      if (typeof found === "string") return { value: { text: found.trim() } };
      return { issues: [{ message: `got ${String(found)}`, path: ["text", { key: 0 }] }] };
    },
  },
};

export const contract = defineContract({
  calls: {
    echo: call<unknown, unknown>(),
    send: call<{ text: string }, { seq: number }>({ input: text }),
    slow: call<void, string>(),
    fail: call<"own" | "bug" | "output">(),
    /** Appends and answers in one unit, once the test lets it if it is told to wait. */
    post: call<{ text: string; waits?: boolean }, { seq: number }>(),
  },
  buckets: { room: bucket(), note: bucket({ data: text }), secret: bucket(), whisper: bucket() },
});

export interface Account {
  readonly account: string;
  readonly expiresAt?: number;
  readonly data: { readonly admin: boolean };
}

export interface ServeOptions extends Partial<
  Pick<
    RealtimeServerOptions<typeof contract, Account>,
    "store" | "retention" | "accountBuckets" | "codecs"
  >
> {
  readonly policy?: Partial<ServerPolicy>;
  readonly limits?: Partial<WireLimits>;
  readonly authenticate?: (request: AuthRequest) => Account | AuthRefusal | Promise<Account>;
}

export const request: ServerRequest = {
  subprotocol: "holdfast.v1.json",
  headers: {},
  url: "/realtime",
  remoteAddress: "10.0.0.1",
};

/** Lets promises settle; no time passes. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export class TestServer {
  readonly clock = new ManualClock();
  readonly errors: { readonly error: unknown; readonly context: ErrorContext }[] = [];
  readonly signals: AbortSignal[] = [];
  /** Ends the `slow` calls that run, in order of their start. */
  readonly slow: ((output: string) => void)[] = [];
  readonly server: RealtimeServer<typeof contract, Account>;
  #instances = 0;

  constructor(options: ServeOptions = {}) {
    this.server = new RealtimeServer({
      contract,
      authenticate:
        options.authenticate ??
        (({ token }): Account | AuthRefusal =>
          token === undefined || token === "bad"
            ? refuse({ action: "reauthenticate", code: "badToken" })
            : { account: token, data: { admin: token === "ada" } }),
      handlers: {
        echo: (input) => input,
        send: async (input, { publish, account }) => ({
          seq: (await publish("room:1", { from: account, text: input.text })).seq,
        }),
        slow: async (_, { signal }) => {
          this.signals.push(signal);
          return await new Promise<string>((resolve) => this.slow.push(resolve));
        },
        post: async (input, { commit, signal }) => {
          this.signals.push(signal);
          if (input.waits) await new Promise<string>((resolve) => this.slow.push(resolve));
          return await commit((tx) => ({ seq: tx.append("room:1", input.text).seq }));
        },
        fail: (how) => {
          if (how === "own")
            throw new CallFailure("full", "the room is full", { data: { max: 3 } });
          if (how === "bug") throw new Error("the password is 1234");
        },
      },
      buckets: {
        room: { authorize: ({ accountData }, key) => key !== "room:admin" || accountData.admin },
        note: { authorize: async () => await Promise.resolve(true) },
        whisper: { authorize: () => true, visible: ({ account }, { data }) => data === account },
      },
      clock: this.clock,
      random: seededRandom(1),
      onError: (error, context) => this.errors.push({ error, context }),
      ...(options.policy && { policy: options.policy }),
      ...(options.limits && { limits: options.limits }),
      ...(options.codecs && { codecs: options.codecs }),
      ...(options.store && { store: options.store }),
      ...(options.retention && { retention: options.retention }),
      ...(options.accountBuckets && { accountBuckets: options.accountBuckets }),
    });
  }

  /** A connection that has said nothing yet. */
  dial(changes: Partial<ServerRequest> = {}): MemoryPeer {
    const peer = new MemoryPeer();
    return peer.attach(this.server.accept(peer, { ...request, ...changes }));
  }

  hello(changes: Partial<Hello> = {}): Hello {
    return {
      type: "hello",
      token: "ada",
      client: { name: "test", version: "1" },
      capabilities: ["updates"],
      instanceId: `i${++this.#instances}`,
      session: 1,
      ...changes,
    };
  }

  /** An open session, its welcome read. */
  async open(changes: Partial<Hello> = {}): Promise<MemoryPeer> {
    const peer = this.dial();
    peer.says(this.hello(changes));
    await this.tick();
    peer.takes();
    return peer;
  }

  /** Promises settle, and the tick's frames are written. */
  async tick(ms = 0): Promise<void> {
    await settled();
    this.clock.advance(ms);
    // The log is read one turn after it was asked for, and what was read is written one turn later.
    for (let turn = 0; turn < 3; turn++) {
      await settled();
      this.clock.flush();
    }
  }
}
