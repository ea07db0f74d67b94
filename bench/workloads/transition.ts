/** What one transition of the connection machine costs: a session's life, over and over. */
import {
  DEFAULT_CONNECTION_POLICY,
  stoppedModel,
  transition,
  type ConnectionEvent,
} from "@holdfast/client/machine";

import type { Plan } from "../plan.ts";
import type { Result } from "../result.ts";
import { inTurn } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const transitions: Workload = { name: "transition", isExtra: true, run };

const LIVES = 40_000;

async function run(plan: Plan): Promise<Result> {
  const values = await inTurn(["holdfast"], plan.rounds(5), async () => transitionUs());
  return {
    workload: transitions.name,
    title: "One transition of the connection machine",
    about: "Lives of dial, welcome, pings, a probe, a drop and a retry, over and over.",
    figures: [{ name: "a transition", unit: "µs", isLessBetter: true, values }],
    bars: [{ figure: "a transition", of: "value", atMost: 5 }],
  };
}

/** Microseconds a transition, over lives of dial, welcome, pings, a probe, a drop and a retry. */
function transitionUs(): number {
  const policy = DEFAULT_CONNECTION_POLICY;
  const constraints = { auth: true, network: true, appActive: true, notFrozen: true };
  let model = stoppedModel({ constraints, account: 1, quality: "good" }, 0, policy);
  let now = 0;
  let count = 0;
  const say = (event: ConnectionEvent): void => {
    now += 1;
    count += 1;
    ({ model } = transition(model, event, { now, random: 0.5 }, policy));
  };
  const live = (): void => {
    const { sessionId } = model;
    say({ type: "transportOpened", sessionId });
    say({
      type: "welcomed",
      sessionId,
      windowMs: 1_000,
      heartbeat: { minMs: 1_000, maxMs: 60_000 },
      tokenExpiresInMs: 3_600_000,
    });
    say({ type: "useful", sessionId });
    now += 4_500;
    say({ type: "alarm", deadline: "ping" });
    say({ type: "pongReceived", sessionId, nonce: 1, windowMs: 1_000 });
    say({ type: "woke" });
    say({ type: "frameReceived", sessionId });
    say({ type: "transportClosed", sessionId, meaning: "retry", detail: "1006" });
    now += 10_000;
    say({ type: "alarm", deadline: "backoff" });
  };
  say({ type: "start" });
  for (let life = 0; life < LIVES / 10; life++) live();
  count = 0;
  const start = performance.now();
  for (let life = 0; life < LIVES; life++) live();
  return ((performance.now() - start) * 1_000) / count;
}
