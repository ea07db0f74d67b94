/**
 * The connection machine by itself, as `@holdfast/client/machine`: for tools that explore, draw,
 * simulate or replay it. An app needs none of this.
 */
export { causeOf, CONNECTION_STATES, isLive } from "./connection-state.ts";
export type { ConnectionReason, ConnectionState, FailureReason } from "./connection-state.ts";
export type { ConnectionEffect, ConnectionEffectType, Vitals } from "./connection-effect.ts";
export type { ConnectionEvent, ConnectionEventType, SessionFact } from "./connection-event.ts";
export { brokenInvariant } from "./connection-invariants.ts";
export { transition } from "./connection-machine.ts";
export { ConnectionManager } from "./connection-manager.ts";
export type { ConnectionManagerOptions, HandledEvent } from "./connection-manager.ts";
export {
  blockedBy,
  nextDeadline,
  pendingDeadlines,
  stoppedModel,
  wantsLife,
} from "./connection-model.ts";
export type {
  ConnectionModel,
  DeadlineName,
  InitialFacts,
  StateDeadline,
} from "./connection-model.ts";
export { replay, tracedModels } from "./connection-replay.ts";
export type { Replay, TraceDifference } from "./connection-replay.ts";
export type { Stamp, Step } from "./connection-moves.ts";
export { DEFAULT_CONNECTION_POLICY } from "./connection-policy.ts";
export type { ConnectionPolicy } from "./connection-policy.ts";
export { readTrace } from "./trace-file.ts";
export { traceWords } from "./trace-words.ts";
