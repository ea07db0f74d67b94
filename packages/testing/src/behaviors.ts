/**
 * What servers, and what stands between, do to a client: one named behaviour for each way that is
 * known. Give them to a `ScriptedServer`. Everything a behaviour does comes at least one turn after
 * what it answers.
 */
import type { Millis } from "@holdfast/client";
import { REFUSALS, refusalCloseCode } from "@holdfast/protocol";
import type {
  Call,
  ClientMessage,
  Frame,
  Hello,
  RefusalCode,
  Refuse,
  ServerMessage,
  Welcome,
} from "@holdfast/protocol";

import { accountOfToken } from "./fake-adapters.ts";
import { WELCOME } from "./fake-transport.ts";
import type { Behavior, ScriptedDial } from "./scripted-server.ts";

/** How a server that accepts goes on. */
export interface AcceptOptions {
  /** What differs from the usual welcome. Its account is that of the token. */
  readonly welcome?: Partial<Welcome>;
  /** The output of a call; undefined: it is never answered. Default: the call's input. */
  readonly answer?: (call: Call) => unknown;
}

/** When, counted from the welcome, it happens. Default 0: one turn later. */
export interface AfterWelcome extends AcceptOptions {
  readonly afterMs?: Millis;
}

/** A good server: welcomes, answers pings and calls, confirms subscriptions, takes new tokens. */
export function accepts(options: AcceptOptions = {}): Behavior {
  return (dial) => serve(dial, options);
}

/** Welcomes, and the connection breaks. A fleet of clients must not come back ever faster. */
export function acceptsThenDrops(options: AfterWelcome = {}): Behavior {
  return afterWelcome(options, ({ transport }) => transport.end(1006));
}

/** Nobody listens: the dial fails at once. */
export function refusesConnections(): Behavior {
  return ({ transport, later }) => void later(() => transport.fail());
}

/**
 * An HTTP answer instead of an upgrade, as a proxy or a closing server gives. Only Node sees it.
 */
export function answersHttp(httpStatus: number, retryAfterMs?: Millis): Behavior {
  const answer = retryAfterMs === undefined ? { httpStatus } : { httpStatus, retryAfterMs };
  return ({ transport, later }) => void later(() => transport.fail(answer));
}

/** The dial hangs: it neither opens nor fails. */
export function neverAnswers(): Behavior {
  return () => {};
}

/**
 * Opens after the client's patience, and reports it even if the client has closed by then, as some
 * platforms do. The alarm stays until it has rung.
 */
export function opensTooLate({ afterMs = 15_000 }: { readonly afterMs?: Millis } = {}): Behavior {
  return ({ transport, clock }) => {
    const subprotocol = transport.subprotocols[0] ?? "";
    clock.at(clock.now() + afterMs, () => transport.sayRudely({ type: "opened", subprotocol }));
  };
}

/** Opens, and never says a word. */
export function opensNeverWelcomes(): Behavior {
  return ({ transport, later }) => void later(() => transport.open());
}

/** Opens with a subprotocol that was not offered, as a server of something else does. */
export function choosesSubprotocol(subprotocol: string): Behavior {
  return ({ transport, later }) => void later(() => transport.open(subprotocol));
}

/** Turns the token down. `isBad`: which ones; by default all. */
export function rejectsTheToken(
  isBad: (token: string | undefined) => boolean = () => true,
): Behavior {
  return (dial) => {
    const refuseOrWelcome = (hello: Hello): readonly ServerMessage[] =>
      isBad(hello.token) ? [refusal("badToken")] : welcomed(hello, {});
    serve(dial, {}, refuseOrWelcome);
  };
}

/** Sends the client away in the protocol's own words, after its hello. */
export function refuses(code: RefusalCode, details: Partial<Refuse> = {}): Behavior {
  return (dial) => serve(dial, {}, () => [{ ...refusal(code), ...details }]);
}

/** Is busy, and says when to come back. */
export function refusesWithRetryAfter(retryAfterMs: Millis): Behavior {
  return refuses("busy", { retryAfterMs });
}

/** Tells the client to stay away for good. */
export function stops(): Behavior {
  return refuses("accountDisabled");
}

/** Is about to end: the client should leave within the window. Serves on until it does. */
export function goesAway(options: AfterWelcome & { readonly windowMs?: Millis } = {}): Behavior {
  const { windowMs = 1_000 } = options;
  return afterWelcome(options, ({ transport }) => transport.receive({ type: "goAway", windowMs }));
}

/** Welcomes, then nothing gets through any more, either way, and nobody is told. */
export function blackHoles(options: AfterWelcome = {}): Behavior {
  return afterWelcome(options, ({ transport }) => {
    transport.onSaid = undefined;
  });
}

/** Welcomes, then hears nothing any more but goes on talking: the uplink is dead. */
export function hearsNothing(options: AfterWelcome & { readonly everyMs?: Millis } = {}): Behavior {
  const { everyMs = 1_000 } = options;
  return afterWelcome(options, ({ transport, later }) => {
    transport.onSaid = undefined;
    let seq = 0;
    const talk = (): void => {
      const updates = [{ seq: seq + 1, at: WELCOME.serverTime, data: "noise" }];
      const run = { bucket: "noise", epoch: "1", after: seq, upTo: seq + 1, updates };
      seq++;
      transport.receive({ type: "updates", ...run });
      later(talk, everyMs);
    };
    talk();
  });
}

/** Welcomes, then says what is none of the protocol's frames. */
export function saysBadFrame(frame: Frame = "{", options: AfterWelcome = {}): Behavior {
  return afterWelcome(options, ({ transport }) => transport.receiveFrame(frame));
}

function afterWelcome(options: AfterWelcome, act: (dial: ScriptedDial) => void): Behavior {
  return (dial) =>
    serve(dial, options, (hello) => {
      dial.later(() => dial.later(() => act(dial), options.afterMs));
      return welcomed(hello, options.welcome);
    });
}

/** Opens, and answers what the client says. A refusal is followed by its close. */
function serve(
  dial: ScriptedDial,
  options: AcceptOptions,
  greet = (hello: Hello): readonly ServerMessage[] => welcomed(hello, options.welcome),
): void {
  const { transport, later } = dial;
  transport.onSaid = (messages) => {
    const replies = messages.flatMap((message) =>
      message.type === "hello" ? greet(message) : replyTo(message, options),
    );
    if (replies.length === 0) return;
    later(() => {
      transport.receive(...replies);
      for (const reply of replies) {
        if (reply.type === "refuse") transport.end(refusalCloseCode(reply.action, reply.code));
      }
    });
  };
  later(() => transport.open());
}

function welcomed(hello: Hello, welcome: Partial<Welcome> = {}): readonly ServerMessage[] {
  const account = hello.token === undefined ? WELCOME.account : accountOfToken(hello.token);
  const { buckets = [] } = hello;
  return [
    { ...WELCOME, account, ...welcome },
    ...buckets.map(({ bucket }) => ({ type: "subscribed", bucket, epoch: "1", head: 0 }) as const),
  ];
}

function replyTo(message: ClientMessage, options: AcceptOptions): readonly ServerMessage[] {
  switch (message.type) {
    case "ping":
      return [{ type: "pong", nonce: message.nonce, windowMs: WELCOME.windowMs }];
    case "call":
      return resultOf(message, options.answer);
    case "subscribe":
      return message.buckets.map(({ bucket }) => ({
        type: "subscribed",
        bucket,
        epoch: "1",
        head: 0,
      }));
    case "unsubscribe":
      return message.buckets.map((bucket) => ({ type: "unsubscribed", bucket }));
    case "token":
      return [{ type: "tokenAccepted" }];
    case "hello":
    case "cancel":
    case "fetch":
      return [];
  }
}

function resultOf(call: Call, answer = ({ input }: Call): unknown => input ?? null) {
  const output = answer(call);
  return output === undefined ? [] : [{ type: "result", id: call.id, output } as const];
}

function refusal(code: RefusalCode): Refuse {
  return { type: "refuse", action: REFUSALS[code].action, code };
}
