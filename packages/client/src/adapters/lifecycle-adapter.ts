/** The port that tells whether somebody looks at the app and whether its code may run at all. */
import type { Cancel } from "../base/clock.ts";

/** What can happen to an app. Repeats are harmless. */
export interface LifecycleEvent {
  readonly type: "appForegrounded" | "appBackgrounded" | "appFrozen" | "appThawed" | "woke";
}

/** Whether the app is in use (`active`), and whether the platform has stopped it or is about to. */
export interface LifecycleState {
  readonly active: boolean;
  readonly frozen: boolean;
}

/**
 * Reports the life of the app. Making one has no effect. `current` is read afresh each time: who
 * calls `start` and reads `current` in one call stack misses nothing.
 */
export interface LifecycleAdapter {
  readonly current: LifecycleState;
  /** Reports from now on, each event within the platform's own callback. The result ends it. */
  start(post: (event: LifecycleEvent) => void): Cancel;
}
