/** The exploration of the connection machine, as `@holdfast/testing/exploration`. */
export { FAILURES } from "./dial-invariants.ts";
export { explore, pathTo } from "./exploration.ts";
export type { Exploration, ExplorationOptions, Finding, Transition, Visit } from "./exploration.ts";
export { classOf, MODEL_FOLDS } from "./model-class.ts";
export type { FieldFold } from "./model-class.ts";
export { DEADLINE_NAMES, possibleEvents } from "./possible-event.ts";
export type { PossibleEvent } from "./possible-event.ts";
export { RowCollector } from "./reachable-row.ts";
export type { Row } from "./reachable-row.ts";
export { brokenStep, STEP_INVARIANTS } from "./step-invariants.ts";
export { deafWorld, happen, hasEnded, kindWorld, silentWorld, walk } from "./walk.ts";
export type { Moment, World } from "./walk.ts";
