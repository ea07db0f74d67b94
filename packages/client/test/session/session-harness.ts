/** A session over a fake network on a manual clock, for stories. */
import { DEFAULT_WIRE_LIMITS, jsonClientCodec } from "@holdfast/protocol";
import type { BucketPosition, Call, ClientMessage, WireLimits } from "@holdfast/protocol";
import { FakeNetwork, WELCOME } from "../../../testing/src/fake-transport.ts";
import type { FakeTransport } from "../../../testing/src/fake-transport.ts";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { CallError } from "../../src/base/errors.ts";
import { Calls } from "../../src/session/calls.ts";
import type { CallOptions } from "../../src/session/calls.ts";
import { ProtocolSession } from "../../src/session/protocol-session.ts";
import type { SessionEvent } from "../../src/session/session-event.ts";
import type { ProtocolSessionOptions } from "../../src/session/session-options.ts";

export type HarnessOptions = Partial<Omit<ProtocolSessionOptions, "onEvent">> & {
  /** Called for each event, before it is kept. */
  readonly onEvent?: (event: SessionEvent) => void;
};

/** The client's side of a test: its calls, which outlive sessions, and any number of sessions. */
export class SessionHarness {
  readonly clock = new ManualClock();
  readonly network = new FakeNetwork();
  readonly calls = new Calls(this.clock);
  readonly events: SessionEvent[] = [];
  #sessionId = 0;

  /** A new session, not dialled yet. */
  session(options: HarnessOptions = {}): ProtocolSession {
    const { clock, calls, network, events } = this;
    const { onEvent } = options;
    return new ProtocolSession({
      sessionId: ++this.#sessionId,
      clock,
      codec: jsonClientCodec,
      openTransport: network.openTransport,
      facts: {
        client: { name: "test", version: "1" },
        capabilities: ["updates"],
        instanceId: "00112233",
      },
      buckets: () => [],
      token: () => Promise.resolve("secret"),
      calls,
      ...options,
      onEvent: (event) => {
        events.push(event);
        onEvent?.(event);
      },
    });
  }

  /** A call whose failure is nobody's surprise, when the test does not look at it. */
  call(method: string, input: unknown, options?: CallOptions): Promise<unknown> {
    const call = this.calls.call(method, input, options);
    call.catch(() => {});
    return call;
  }

  get transport(): FakeTransport {
    return this.network.last;
  }

  /** Dials, opens the socket and says hello. */
  async greeted(options: HarnessOptions = {}): Promise<ProtocolSession> {
    const session = this.session(options);
    session.open("ws://server");
    this.transport.open();
    session.startHandshake();
    await tick();
    return session;
  }

  /** A session that was welcomed. The events and frames so far are forgotten. */
  async opened(
    options: HarnessOptions = {},
    limits: Partial<WireLimits> = {},
  ): Promise<ProtocolSession> {
    const session = await this.greeted(options);
    this.transport.receive({ ...WELCOME, limits: { ...DEFAULT_WIRE_LIMITS, ...limits } });
    await tick();
    this.events.length = 0;
    this.transport.frames.length = 0;
    return session;
  }

  /** The types of the events so far. */
  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** What was said so far of this type. */
  said<Type extends ClientMessage["type"]>(type: Type): Extract<ClientMessage, { type: Type }>[] {
    return this.transport.said.filter(
      (message): message is Extract<ClientMessage, { type: Type }> => message.type === type,
    );
  }

  /** The call that was written last. */
  get lastCall(): Call {
    const call = this.said("call").at(-1);
    if (!call) throw new Error("no call was written");
    return call;
  }
}

/** The tick ends: what was said in it is flushed. */
export async function tick(): Promise<void> {
  for (let hop = 0; hop < 30; hop++) await Promise.resolve();
}

/** How a call failed. */
export async function failure(call: Promise<unknown>): Promise<CallError> {
  const outcome = await call.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (outcome instanceof CallError) return outcome;
  throw outcome;
}

/** Has it settled yet? */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const unsettled = Symbol("unsettled");
  const race = await Promise.race([promise.catch(() => undefined), tick().then(() => unsettled)]);
  return race !== unsettled;
}

export function positions(count: number, length = 8): BucketPosition[] {
  return Array.from({ length: count }, (_, index) => ({
    bucket: `${index}`.padStart(length, "b"),
  }));
}
