/** All workloads, in the order of the report. */
import { callsInFlight } from "./calls-in-flight.ts";
import { fanOut } from "./fan-out.ts";
import { firstReply } from "./first-reply.ts";
import { idleConnections } from "./idle-connections.ts";
import { sequentialCalls } from "./sequential-calls.ts";
import type { Workload } from "./workload.ts";

export const WORKLOADS: readonly Workload[] = [
  sequentialCalls,
  callsInFlight,
  fanOut,
  idleConnections,
  firstReply,
];
