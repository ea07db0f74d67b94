/** The simulator, as `@holdfast/testing/simulator`: real clients and servers, and what can fail. */
export { FAULT_NAMES } from "./faults.ts";
export type { JournalLine, Violation } from "./journal.ts";
export { planOf } from "./run-plan.ts";
export type { Act, ActKind, FaultStroke, PlanOptions, RunPlan } from "./run-plan.ts";
export { simulate } from "./simulation.ts";
export type { RunResult } from "./simulation.ts";
