/** Drives the pure session machine in tests: events in, effects out, time by hand. */
import { ALL_CAPABILITIES, DEFAULT_WIRE_LIMITS } from "@holdfast/protocol";
import type { ClientMessage, Hello, ServerMessage } from "@holdfast/protocol";

import { DEFAULT_SERVER_POLICY } from "../src/server-policy.ts";
import type { ServerSessionEffect } from "../src/server-session-effect.ts";
import type { ServerSessionEvent } from "../src/server-session-event.ts";
import { newServerSession, nextServerDeadline } from "../src/server-session-model.ts";
import type { ServerSessionModel, ServerSessionPolicy } from "../src/server-session-model.ts";
import { serverSession } from "../src/server-session.ts";

export const policy: ServerSessionPolicy = {
  ...DEFAULT_SERVER_POLICY,
  limits: { ...DEFAULT_WIRE_LIMITS, callsExecuting: 2, subscriptions: 3 },
  callsWaiting: 2,
  messagesPerSecond: 10,
  messagesBurst: 20,
  methods: new Set(["echo"]),
  capabilities: ["updates"],
  keyRetentionMs: 1_000,
};

export const wallStart = 1_800_000_000_000;

export const hello: Hello = {
  type: "hello",
  token: "t1",
  client: { name: "test", version: "1" },
  capabilities: ["updates", "log", "telepathy"],
  instanceId: "i1",
  session: 5,
};

export class DrivenSession {
  model: ServerSessionModel;
  now = 0;
  windowMs = 250;
  readonly policy: ServerSessionPolicy;

  constructor(changes: Partial<ServerSessionPolicy> = {}) {
    this.policy = { ...policy, ...changes };
    this.model = newServerSession(0, this.policy);
  }

  /** One event; returns its effects. The model before must not change: the machine is pure. */
  hears(event: ServerSessionEvent): readonly ServerSessionEffect[] {
    const stamp = { now: this.now, wallNow: wallStart + this.now, windowMs: this.windowMs };
    const before = structuredClone(this.model);
    const step = serverSession(this.model, event, stamp, this.policy);
    if (JSON.stringify(before) !== JSON.stringify(this.model)) throw new Error("changed its input");
    this.model = step.model;
    return step.effects;
  }

  /** One frame of messages. */
  frame(...messages: ClientMessage[]): readonly ServerSessionEffect[] {
    return this.hears({ type: "received", messages });
  }

  /** Moves time to each deadline on the way, and returns what its alarms did. */
  wait(ms: number): readonly ServerSessionEffect[] {
    const until = this.now + ms;
    const effects: ServerSessionEffect[] = [];
    for (
      let next = this.nextDeadline;
      next !== undefined && next <= until;
      next = this.nextDeadline
    ) {
      this.now = Math.max(this.now, next);
      effects.push(...this.hears({ type: "alarm" }));
      if (this.nextDeadline === next) throw new Error(`the deadline ${next} does not go away`);
    }
    this.now = until;
    return effects;
  }

  get nextDeadline(): number | undefined {
    return nextServerDeadline(this.model, this.policy);
  }

  accepts(
    account = "ada",
    expiresAt?: number,
    rivalSession?: number,
    accountSessions: number = 0,
  ): readonly ServerSessionEffect[] {
    const { checkId } = this.model;
    const who = { account, expiresAt, rivalSession, accountSessions };
    return this.hears({ type: "authenticated", checkId, ...who });
  }
}

/** An open session: hello said and accepted. */
export function openSession(
  changes: Partial<ServerSessionPolicy> = {},
  said: Partial<Hello> = {},
): DrivenSession {
  const session = new DrivenSession(changes);
  session.frame({ ...hello, ...said });
  session.accepts();
  return session;
}

/** An open session in which both sides speak everything. */
export function openDurable(changes: Partial<ServerSessionPolicy> = {}): DrivenSession {
  return openSession(
    { capabilities: ALL_CAPABILITIES, ...changes },
    { capabilities: ALL_CAPABILITIES },
  );
}

/** Effects in short: `send welcome`, `runCall 1`, `close 4202 superseded`. */
export function brief(effects: readonly ServerSessionEffect[]): string[] {
  return effects.map((effect) => {
    switch (effect.type) {
      case "send":
        return `send ${briefMessage(effect.message)}`;
      case "runCall":
        return `runCall ${effect.call.id}`;
      case "abortCall":
        return `abortCall ${effect.id} ${effect.code}`;
      case "authenticate":
        return `authenticate ${effect.checkId} ${effect.token ?? "-"}`;
      case "authorize":
        return `authorize ${effect.buckets.join(" ")}`;
      case "fetchPage":
        return `fetchPage ${effect.fetch.id}`;
      case "cancelKey":
        return `cancelKey ${effect.id} ${effect.key}`;
      case "join": {
        const { bucket, position } = effect;
        return `join ${bucket}${position ? ` ${position.epoch} ${position.after}` : ""}`;
      }
      case "leave":
        return `${effect.type} ${effect.bucket}`;
      case "close":
        return `close ${effect.code} ${effect.reason}`;
      default:
        return effect.type;
    }
  });
}

function briefMessage(message: ServerMessage): string {
  switch (message.type) {
    case "refuse":
      return `refuse ${message.action} ${message.code}`;
    case "failure":
      return `failure ${message.id} ${message.code}${message.refused ? " refused" : ""}`;
    case "result":
    case "ack":
      return `${message.type} ${message.id}`;
    case "unsubscribed":
      return `unsubscribed ${message.bucket}${message.code ? ` ${message.code}` : ""}`;
    case "pong":
      return `pong ${message.nonce} ${message.windowMs}`;
    default:
      return message.type;
  }
}

/** The messages that effects send, whole. */
export function sent(effects: readonly ServerSessionEffect[]): ServerMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" ? [effect.message] : []));
}

/** What every refusal does, in its order: the typed message, the release, the close. */
export function refusal(action: string, code: string, closeCode: number): string[] {
  return [`send refuse ${action} ${code}`, "release", `close ${closeCode} ${code}`];
}
