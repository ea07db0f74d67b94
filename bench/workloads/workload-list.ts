/** All workloads, in the order of the report. */
import { bundleSize } from "./bundle-size.ts";
import { callsInFlight } from "./calls-in-flight.ts";
import { catchUp } from "./catch-up.ts";
import { durableCalls } from "./durable-calls.ts";
import { exactlyOnce } from "./exactly-once.ts";
import { fanOut } from "./fan-out.ts";
import { firstReply } from "./first-reply.ts";
import { halfOpen } from "./half-open.ts";
import { idleConnections } from "./idle-connections.ts";
import { offline } from "./offline.ts";
import { recoveryOfMany, recoveryOfOne } from "./recovery.ts";
import { sequentialCalls } from "./sequential-calls.ts";
import { store } from "./store.ts";
import { transitions } from "./transition.ts";
import type { Workload } from "./workload.ts";

export const WORKLOADS: readonly Workload[] = [
  sequentialCalls,
  callsInFlight,
  fanOut,
  idleConnections,
  firstReply,
  recoveryOfOne,
  recoveryOfMany,
  halfOpen,
  exactlyOnce,
  bundleSize,
  catchUp,
  durableCalls,
  offline,
  store,
  transitions,
];
