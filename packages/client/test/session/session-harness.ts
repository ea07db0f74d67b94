/** A session over a fake network on a manual clock, for stories. */
import { DEFAULT_WIRE_LIMITS, jsonClientCodec, jsonDurableClientCodec } from "@holdfast/protocol";
import type { BucketHead, BucketPosition, Call, ClientMessage } from "@holdfast/protocol";
import type { Heads, Page, TooFarBehind, Welcome } from "@holdfast/protocol";
import type { Unsubscribed, UpdateRun, WireLimits } from "@holdfast/protocol";
import { FakeNetwork, WELCOME } from "../../../testing/src/fake-transport.ts";
import type { FakeTransport } from "../../../testing/src/fake-transport.ts";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { CallError } from "../../src/base/errors.ts";
import type { CallOptions } from "../../src/session/call-options.ts";
import { Calls } from "../../src/session/calls.ts";
import { ProtocolSession } from "../../src/session/protocol-session.ts";
import type {
  SessionData,
  SessionEvent,
  SubscriptionLink,
} from "../../src/session/session-event.ts";
import type { ProtocolSessionOptions } from "../../src/session/session-options.ts";

/** What a session says: facts, and data as it was handed over. */
export type Said =
  | SessionEvent
  | { readonly type: "updates"; readonly run: UpdateRun }
  | { readonly type: "subscribed"; readonly head: BucketHead }
  | { readonly type: "unsubscribed"; readonly answer: Unsubscribed }
  | { readonly type: "log"; readonly message: Page | TooFarBehind | Heads }
  | { readonly type: "greeted"; readonly welcome: Welcome }
  | { readonly type: "detached"; readonly cause: string };

export type HarnessOptions = Partial<Omit<ProtocolSessionOptions, "onEvent" | "data">> & {
  /** Called for each thing that is said, after it is kept. */
  readonly onEvent?: (said: Said) => void;
  /** The buckets that are wanted when the session says hello. */
  readonly buckets?: readonly BucketPosition[];
  /** Also says what only durable clients hear: logs, welcomes and ends. */
  readonly isDurable?: boolean;
};

/** The client's side of a test: its calls, which outlive sessions, and any number of sessions. */
export class SessionHarness {
  readonly clock = new ManualClock();
  readonly network = new FakeNetwork();
  readonly calls = new Calls(this.clock);
  readonly events: Said[] = [];
  /** The session that data goes to; undefined when none was greeted, or it is over. */
  link: SubscriptionLink | undefined;
  #sessionId = 0;

  /** A new session, not dialled yet. */
  session(options: HarnessOptions = {}): ProtocolSession {
    const { clock, calls, network } = this;
    const { onEvent, buckets = [], isDurable = false, ...rest } = options;
    const hear = (said: Said): void => {
      this.events.push(said);
      onEvent?.(said);
    };
    return new ProtocolSession({
      sessionId: ++this.#sessionId,
      clock,
      codec: isDurable ? jsonDurableClientCodec : jsonClientCodec,
      openTransport: network.openTransport,
      facts: {
        client: { name: "test", version: "1" },
        capabilities: ["updates"],
        instanceId: "00112233",
      },
      token: Promise.resolve("secret"),
      expectedAccount: null,
      calls,
      data: this.#data(buckets, hear, isDurable),
      ...rest,
      onEvent: hear,
    });
  }

  #data(
    buckets: readonly BucketPosition[],
    hear: (said: Said) => void,
    isDurable: boolean,
  ): SessionData {
    return {
      ...(isDurable && {
        welcomed: (welcome) => hear({ type: "greeted", welcome }),
        log: (message) => hear({ type: "log", message }),
      }),
      attach: (link) => {
        this.link = link;
        return buckets;
      },
      detach: (cause) => {
        this.link = undefined;
        if (isDurable) hear({ type: "detached", cause });
      },
      follows: ({ epoch }) => epoch !== "another",
      updates: (run) => hear({ type: "updates", run }),
      subscribed: (head) => hear({ type: "subscribed", head }),
      unsubscribed: (answer) => hear({ type: "unsubscribed", answer }),
    };
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

export function positions(count: number, length: number, filler: string): BucketPosition[] {
  return Array.from({ length: count }, (_, index) => ({
    bucket: `${index}`.padStart(length, filler),
  }));
}
