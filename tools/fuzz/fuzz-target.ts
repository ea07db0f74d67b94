/** What a fuzz run throws frames at: decoders, a server with its sessions, a client's session. */
import {
  ALL_CAPABILITIES,
  DEFAULT_WIRE_LIMITS,
  jsonClientCodec,
  jsonDurableClientCodec,
  jsonServerCodec,
} from "@holdfast/protocol";
import type { Codec, Frame } from "@holdfast/protocol";
import {
  msgpackClientCodec,
  msgpackDurableClientCodec,
  msgpackServerCodec,
} from "@holdfast/msgpack";

import { seededRandom } from "../../packages/client/src/base/random.ts";
import { SessionHarness } from "../../packages/client/test/session/session-harness.ts";
import type { MemoryPeer } from "../../packages/server/test/memory-peer.ts";
import { TestServer } from "../../packages/server/test/serve.ts";
import { PackedMutator } from "./packed-mutator.ts";

/** Takes frames, one after the other. What it throws is a finding. */
export interface FuzzTarget {
  readonly name: string;
  /** What became of the frame, in a word or two; or a promise of it. */
  take(frame: Frame): string | Promise<string>;
}

/** A decoder: each frame is a list of messages, or a word. */
export function decoderTarget(
  name: string,
  codec: Codec<{ readonly type: string }, never>,
): FuzzTarget {
  return {
    name,
    take(frame) {
      const read = codec.decode(frame, DEFAULT_WIRE_LIMITS);
      if (typeof read === "string") return read.split(" ")[0] ?? "";
      if (read.length === 0) throw new Error("a frame of no messages was read");
      for (const { type } of read)
        if (typeof type !== "string") throw new Error("a message without a type was read");
      return "messages";
    },
  };
}

/** The same for a decoder of MessagePack, which gets each frame in bytes, mutated once more. */
function packedTarget(name: string, codec: Codec<{ readonly type: string }, never>): FuzzTarget {
  const mutator = new PackedMutator(seededRandom(1));
  const decoder = decoderTarget(name, codec);
  return { name, take: (frame) => decoder.take(mutator.next(frame)) };
}

/** A server is made anew after so many sessions, since what its clients say is its to keep. */
const SESSIONS_PER_SERVER = 500;
/** A session that bears everything is left after so many frames. */
const FRAMES_PER_SESSION = 50;

/** A server with one client at a time, which is greeted first in two cases of three. */
export class ServerTarget implements FuzzTarget {
  readonly name = "server session";
  #server = openServer();
  #peer: MemoryPeer | undefined;
  #sessions = 0;
  #frames = 0;

  async take(frame: Frame): Promise<string> {
    const peer = (this.#peer ??= await this.#dial());
    peer.saysRaw(frame);
    await this.#server.tick();
    this.#judge();
    const isOver = peer.closedWith !== undefined || peer.isTerminated;
    const heard = peer.frames.splice(0);
    if (isOver || ++this.#frames >= FRAMES_PER_SESSION) {
      peer.drop();
      this.#peer = undefined;
    }
    if (peer.closedWith) return `closed ${peer.closedWith.code}`;
    return heard.length > 0 ? "answered" : "silent";
  }

  async #dial(): Promise<MemoryPeer> {
    this.#frames = 0;
    if (++this.#sessions % SESSIONS_PER_SERVER === 0) {
      await this.#server.server.close({ windowMs: 0, graceMs: 0 });
      this.#server = openServer();
    }
    if (this.#sessions % 3 === 0) return this.#server.dial();
    return await this.#server.open({ capabilities: ALL_CAPABILITIES });
  }

  /** A handler may throw, and says so; nothing else may. */
  #judge(): void {
    const { errors, server, slow } = this.#server;
    for (const { error, context } of errors.splice(0)) {
      if (context.place !== "handler") throw error;
    }
    for (const release of slow.splice(0)) release("done");
    if (server.stats.connections > 2) throw new Error("connections are left behind");
  }
}

/** Everybody is let in, so that more than the hello is met. */
function openServer(): TestServer {
  return new TestServer({ authenticate: () => ({ account: "ada", data: { admin: true } }) });
}

/** A client's session, greeted and with a call and a fetch on their way in two cases of three. */
export class ClientTarget implements FuzzTarget {
  readonly name = "client session";
  #harness: SessionHarness | undefined;
  #sessions = 0;
  #frames = 0;

  async take(frame: Frame): Promise<string> {
    const harness = (this.#harness ??= await this.#dial());
    const { transport, events, calls } = harness;
    transport.receiveFrame(frame);
    await Promise.resolve();
    const count = events.splice(0).length;
    transport.frames.length = 0;
    const isOver = transport.closed !== undefined;
    if (calls.inFlight > 64) throw new Error("calls pile up");
    if (isOver || ++this.#frames >= FRAMES_PER_SESSION) {
      calls.close();
      if (!isOver) transport.end();
      if (harness.clock.pending > 0) throw new Error("an alarm is left behind");
      this.#harness = undefined;
    }
    if (transport.closed) return `closed ${transport.closed.code}`;
    return count > 0 ? "told" : "silent";
  }

  async #dial(): Promise<SessionHarness> {
    this.#frames = 0;
    const harness = new SessionHarness();
    const options = { isDurable: true, buckets: [{ bucket: "room:1" }] };
    if (++this.#sessions % 3 === 0) await harness.greeted(options);
    else await harness.opened(options);
    void harness.call("send", { a: 1 });
    await Promise.resolve();
    return harness;
  }
}

/** All of them. */
export function fuzzTargets(): readonly FuzzTarget[] {
  return [
    decoderTarget("server decoder", jsonServerCodec),
    decoderTarget("client decoder", jsonClientCodec),
    decoderTarget("durable client decoder", jsonDurableClientCodec),
    packedTarget("server decoder, MessagePack", msgpackServerCodec),
    packedTarget("client decoder, MessagePack", msgpackClientCodec),
    packedTarget("durable client decoder, MessagePack", msgpackDurableClientCodec),
    new ServerTarget(),
    new ClientTarget(),
  ];
}
