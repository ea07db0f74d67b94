/**
 * The thin driver of one session: events in, one at a time; the machine decides; its effects are
 * performed here. What is under way for it is in `session-work.ts`.
 */
import type { Capability, Frame, ServerMessage } from "@holdfast/protocol";

import type { Alarm, Sleeper } from "./base/alarms.ts";
import type { Viewer } from "./call-context.ts";
import type { CheckOwner, CredentialCheck } from "./credential-check.ts";
import type { ServerCodec } from "./outbox.ts";
import type { ServerSessionEffect } from "./server-session-effect.ts";
import type { AccountStanding, ServerSessionEvent, SettledCall } from "./server-session-event.ts";
import { newServerSession, nextServerDeadline } from "./server-session-model.ts";
import type { ServerSessionModel } from "./server-session-model.ts";
import { serverSession } from "./server-session.ts";
import type { ServerRequest, ServerSocket, SocketListener } from "./server-socket.ts";
import { stampOf } from "./session-host.ts";
import type { ErrorPlace, OpenSession, SessionHost, SessionInfo } from "./session-host.ts";
import { SessionWork, type WorkOwner } from "./session-work.ts";
import { SessionWriter, type WriterOwner } from "./session-writer.ts";

export class SessionDriver
  implements SocketListener, OpenSession, CheckOwner, WorkOwner, WriterOwner, Sleeper
{
  readonly sessionId: string;
  readonly #host: SessionHost;
  readonly #socket: ServerSocket;
  readonly #request: ServerRequest;
  readonly #codec: ServerCodec;
  readonly #writer: SessionWriter;
  readonly #alarm: Alarm;
  /** Present while a credential is checked. */
  #check: CredentialCheck | undefined;
  #accountData: unknown;
  /** Present while events are handled. */
  #mailbox: ServerSessionEvent[] | undefined;
  /** The calls of an event in the mailbox that was not handled yet. */
  #settled: SettledCall[] | undefined;
  #model: ServerSessionModel;
  /** Event-loop time of the handshake so far. */
  #handshakeMs = 0;
  #openedAt = 0;
  #work: SessionWork | undefined;

  constructor(
    host: SessionHost,
    sessionId: string,
    socket: ServerSocket,
    request: ServerRequest,
    codec: ServerCodec,
  ) {
    this.sessionId = sessionId;
    this.#host = host;
    this.#socket = socket;
    this.#request = request;
    this.#codec = codec;
    this.#writer = new SessionWriter(host, socket, codec, this);
    this.#model = newServerSession(stampOf(host).now, host.policy);
    this.#alarm = host.alarms.alarmOf(this);
    this.#alarm.set(nextServerDeadline(this.#model, this.#host.policy));
  }

  get account(): string {
    return this.#model.account ?? "";
  }
  get instanceId(): string {
    return this.#model.hello?.instanceId ?? "";
  }
  get session(): number {
    return this.#model.hello?.session ?? 0;
  }
  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }
  get capabilities(): readonly Capability[] {
    return this.#model.capabilities;
  }

  get info(): SessionInfo {
    const { sessionId, account, instanceId, session } = this;
    const { client = { name: "", version: "" } } = this.#model.hello ?? {};
    const [openedAt, { remoteAddress }] = [this.#openedAt, this.#request];
    return { sessionId, account, instanceId, session, client, openedAt, remoteAddress };
  }

  frameReceived(frame: Frame): void {
    if (this.#model.state === "closed") return;
    this.#host.counts.framesReceived++;
    const { helloLimits, policy } = this.#host;
    const messages = this.#codec.decode(frame, this.isOpen ? policy.limits : helloLimits);
    if (typeof messages === "string") return this.dispatch({ type: "malformed", detail: messages });
    this.#host.counts.messagesReceived += messages.length;
    this.dispatch({ type: "received", messages });
  }

  get isOpen(): boolean {
    return this.#model.state === "open";
  }
  oversized(): void {
    this.dispatch({ type: "malformed", detail: "tooLarge" });
  }
  closed(): void {
    this.dispatch({ type: "socketClosed" });
  }
  wake(): void {
    this.dispatch({ type: "alarm" });
  }

  /** Hands one event to the machine, after those that are being handled. Never throws. */
  dispatch(event: ServerSessionEvent): void {
    if (this.#mailbox) return void this.#mailbox.push(event);
    this.#mailbox = [event];
    const isHandshake = this.#model.state !== "open";
    const begunAt = isHandshake ? this.#host.clock.now() : 0;
    // What is pushed meanwhile is come to as well.
    for (const next of this.#mailbox) this.#handle(next);
    this.#mailbox = undefined;
    if (this.#work?.isIdle) this.#work = undefined;
    if (isHandshake) this.#handshakeMs += this.#host.clock.now() - begunAt;
    if (isHandshake && this.#model.state === "open")
      this.#host.window.handshakeTook(this.#handshakeMs);
    this.#alarm.set(nextServerDeadline(this.#model, this.#host.policy));
  }

  /** Calls that end while an event is handled are one event. */
  settled(call: SettledCall): void {
    if (this.#settled) return void this.#settled.push(call);
    const calls = [call];
    if (this.#mailbox) this.#settled = calls;
    this.dispatch({ type: "callsSettled", calls });
  }

  #handle(event: ServerSessionEvent): void {
    if (event.type === "callsSettled") this.#settled = undefined;
    const { spent } = this.#model;
    try {
      const step = serverSession(this.#model, event, stampOf(this.#host), this.#host.policy);
      // Committed before acting: effects see the new world.
      this.#model = step.model;
      for (const effect of step.effects) this.#perform(effect);
      if (step.model.spent > spent) this.#host.charge(this, step.model.spent - spent);
    } catch (error) {
      this.#breakOff(error);
    }
  }

  /** A fault of ours ends this session and no other: in words, unless its end is what failed. */
  #breakOff(error: unknown): void {
    this.report(error, "session");
    if (this.#model.state !== "closed") return this.#handle({ type: "faulted" });
    this.#model = { ...this.#model, state: "closed", deadlines: {}, executing: [], waiting: [] };
    this.#release();
    this.#socket.terminate();
    this.#host.forget(this);
  }

  #perform(effect: ServerSessionEffect): void {
    switch (effect.type) {
      case "send":
        return this.#send(effect.message);
      case "runCall":
        return this.#ownWork().run(effect.call);
      case "fetchPage":
        return this.#ownWork().fetch(effect.fetch);
      case "cancelKey":
        return this.#ownWork().cancelKey(effect.id, effect.key);
      case "abortCall":
        return this.#work?.abort(effect.id, effect.code);
      case "authenticate":
        this.#check ??= this.#host.checkFor(this.#request, this);
        return this.#check.ask(effect.checkId, effect.token);
      case "abortCheck":
        return this.#check?.abort();
      case "register":
        return this.#register();
      case "nameBuckets":
        return this.#host.accountBuckets && this.#ownWork().nameBuckets(this.#host.accountBuckets);
      case "authorize":
        return this.#ownWork().buckets.authorize(effect.askId, effect.buckets);
      case "join":
        return this.#ownWork().buckets.join(effect.bucket, effect.position);
      case "leave":
        return this.#work?.leave(effect.bucket);
      case "pauseReading":
        return this.#socket.pauseReading();
      case "resumeReading":
        return this.#socket.resumeReading();
      case "release":
        return this.#release();
      case "close":
        return this.#writer.close(effect.code, effect.reason);
      case "terminate":
        return this.#socket.terminate();
      case "forget":
        return this.#host.forget(this);
    }
  }

  #send(message: ServerMessage): void {
    if (message.type === "refuse") this.#host.counts.refused(message.code);
    const said = this.#writer.send(message);
    // Pushes may follow a page, but only once it was said.
    if (said.type === "page") this.#work?.paged(said);
  }

  /** Made when needed, and let go when idle: most sessions only listen, most of the time. */
  #ownWork(): SessionWork {
    return (this.#work ??= new SessionWork(this.#host, this.#writer, this));
  }

  get viewer(): Viewer {
    const { account, sessionId } = this;
    return { account, accountData: this.#accountData as undefined, sessionId };
  }

  #register(): void {
    const { registry, window, counts, clock } = this.#host;
    this.#openedAt = clock.wallNow();
    registry.add(this)?.dispatch({ type: "superseded" });
    window.opened(registry.size, clock.now());
    counts.handshakes++;
  }

  #release(): void {
    const { registry, window, clock } = this.#host;
    this.#check?.abort();
    this.#work?.end();
    registry.remove(this);
    window.opened(registry.size, clock.now());
  }

  accepted(data: unknown): void {
    this.#accountData = data;
    this.#check = undefined;
  }

  overflowed(): void {
    this.dispatch({ type: "overflowed" });
  }

  standing(account: string): AccountStanding {
    const { registry } = this.#host;
    const rivalSession = registry.find(account, this.instanceId)?.session;
    return { rivalSession, accountSessions: registry.countOf(account) };
  }

  report(error: unknown, place: ErrorPlace): void {
    this.#host.report(error, { place, sessionId: this.sessionId, account: this.#model.account });
  }
}
