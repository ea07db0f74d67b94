/**
 * When to show the user that something is wrong, and for how long. Apart from the engine, which
 * detects fast; what is shown changes slowly and never feeds back (B20). Pure, with one alarm;
 * `connectionDisplay` drives it.
 */
import { systemClock, type Cancel, type Clock, type Millis } from "../base/clock.ts";
import { Cell, type Source } from "../base/source.ts";
import type { RealtimeConnectionState } from "./realtime-connection-state.ts";

/** How patient the display is, in ms. */
export interface DisplayPolicy {
  /** Trouble is shown after this long, before the first success. Default 2 s. */
  readonly showFirstMs: Millis;
  /** The same later on, when short blips are usual. Default 4 s. */
  readonly showMs: Millis;
  /** What was shown goes away this long after recovery. Default 1 s. */
  readonly hideMs: Millis;
}

/** 2 s before the first success, 4 s later on, and 1 s until what was shown goes. */
export const DEFAULT_DISPLAY_POLICY: DisplayPolicy = {
  showFirstMs: 2_000,
  showMs: 4_000,
  hideMs: 1_000,
};

/** What to show: nothing, or the state that the connection is in. */
export interface DisplayedState {
  readonly isShown: boolean;
  readonly state: RealtimeConnectionState;
}

/** What the display remembers. */
export interface DisplayModel {
  readonly live: RealtimeConnectionState;
  readonly isShown: boolean;
  readonly hasSucceeded: boolean;
  /** When to show or hide; undefined when neither is due. */
  readonly deadline: Millis | undefined;
}

/** Nothing was tried, and nothing is shown. */
export const INITIAL_DISPLAY: DisplayModel = {
  live: "idle",
  isShown: false,
  hasSucceeded: false,
  deadline: undefined,
};

/**
 * The live state changed. A change between two troubled states neither restarts the wait nor hides
 * what is shown.
 */
export function displayChanged(
  model: DisplayModel,
  live: RealtimeConnectionState,
  now: Millis,
  policy: DisplayPolicy,
): DisplayModel {
  const hasSucceeded = model.hasSucceeded || live === "connected" || live === "updating";
  const next = { ...model, live, hasSucceeded };
  // Nobody tries, so nothing is wrong: what was shown goes at once.
  if (live === "idle") return { ...next, isShown: false, deadline: undefined };
  const wasTroubled = isTroubled(model.live);
  if (wasTroubled === isTroubled(live)) return next;
  if (!isTroubled(live))
    return { ...next, deadline: model.isShown ? now + policy.hideMs : undefined };
  if (model.isShown) return { ...next, deadline: undefined };
  return { ...next, deadline: now + (model.hasSucceeded ? policy.showMs : policy.showFirstMs) };
}

/** The deadline may have come: what the live state is now decides, not what it was. */
export function displayDue(model: DisplayModel, now: Millis): DisplayModel {
  if (model.deadline === undefined || now < model.deadline) return model;
  return { ...model, isShown: isTroubled(model.live), deadline: undefined };
}

function isTroubled(state: RealtimeConnectionState): boolean {
  return state === "connecting" || state === "updating";
}

/** A display that follows a connection until it is closed. */
export interface ConnectionDisplay extends Source<DisplayedState> {
  /** Ends its timer and its subscription. */
  close(): void;
}

/**
 * Follows `state` with the display policy: the source says whether to show anything, and which
 * state. Close it when nobody looks any more; it holds one timer and one subscription.
 */
export function connectionDisplay(
  state: Source<RealtimeConnectionState>,
  options: { readonly policy?: Partial<DisplayPolicy>; readonly clock?: Clock } = {},
): ConnectionDisplay {
  const { clock = systemClock } = options;
  const policy = { ...DEFAULT_DISPLAY_POLICY, ...options.policy };
  const shown = new Cell<DisplayedState>({ isShown: false, state: "idle" });
  let model = INITIAL_DISPLAY;
  let cancelAlarm: Cancel | undefined;
  const become = (next: DisplayModel): void => {
    model = next;
    cancelAlarm?.();
    cancelAlarm =
      next.deadline === undefined
        ? undefined
        : clock.at(next.deadline, () => become(displayDue(model, clock.now())));
    const { isShown, live } = next;
    if (isShown !== shown.current.isShown || live !== shown.current.state)
      shown.set({ isShown, state: live });
  };
  const unsubscribe = state.subscribe((live) =>
    become(displayChanged(model, live, clock.now(), policy)),
  );
  return {
    get current() {
      return shown.current;
    },
    subscribe: (listener) => shown.subscribe(listener),
    close() {
      unsubscribe();
      cancelAlarm?.();
      cancelAlarm = undefined;
    },
  };
}
