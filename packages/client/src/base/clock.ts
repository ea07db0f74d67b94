/**
 * Time as a port. Everything above asks a `Clock`; only this file touches the platform's timers.
 */
/* oxlint-disable unicorn/prefer-add-event-listener -- Only `onmessage` starts a port by itself. */

/**
 * Milliseconds. Instants are readings of `Clock.now` unless a name ends in `wall` or says epoch.
 */
export type Millis = number;

/** Undoes what returned it. Calling it again does nothing. */
export type Cancel = () => void;

/** What Holdfast needs of time. */
export interface Clock {
  /** A monotonic reading in milliseconds; its zero means nothing. */
  now(): Millis;
  /** Milliseconds since the epoch, as the platform believes. It may jump. */
  wallNow(): Millis;
  /**
   * Calls `wake` once, when `now()` has reached `deadline`, never before and never within this
   * call.
   */
  at(deadline: Millis, wake: () => void): Cancel;
  /**
   * Calls `wake` after one turn of the event loop, so that input that already waits is heard first.
   */
  turn(wake: () => void): Cancel;
}

/** The timers of the platform, as much as a {@link Clock} is made of. */
export interface TimerHost extends Omit<Clock, "at"> {
  /** Calls `wake` after about `delayMs`, at most {@link TIMER_MS_MAX}. It may be early or late. */
  after(delayMs: Millis, wake: () => void): Cancel;
  /** True in a page that nobody sees. */
  isHidden(): boolean;
}

/** The longest timer that platforms keep; a longer one fires at once. */
export const TIMER_MS_MAX = 2_147_483_647;

/** Makes a clock of a platform's timers. An alarm costs one timer, re-armed when it fires early. */
export function clockOver(host: TimerHost): Clock {
  // The copy comes last: V8 makes a hidden class for each object that is copied to and added to.
  return {
    at(deadline, wake) {
      const set = (): Cancel =>
        host.after(Math.min(Math.max(Math.ceil(deadline - host.now()), 0), TIMER_MS_MAX), fire);
      // A hidden Chromium page wakes chains of timers once a minute; a hop through the event loop
      // breaks the chain, and the timer stays on the one-second grid.
      const arm = (): Cancel => (host.isHidden() ? host.turn(() => (cancel = set())) : set());
      const fire = (): void => {
        if (host.now() < deadline) cancel = arm();
        else wake();
      };
      let cancel = arm();
      return () => cancel();
    },
    ...host,
  };
}

const systemTimers: TimerHost = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after(delayMs, wake) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
  /** By a message, because timers are throttled. */
  turn(wake) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      wake();
    };
    port2.postMessage(0);
    return () => {
      port1.onmessage = null;
      port1.close();
    };
  },
  isHidden: () => globalThis.document?.hidden,
};

/** The platform's own clock: `performance.now`, `Date.now`, `setTimeout`. */
export const systemClock: Clock = /* @__PURE__ */ clockOver(systemTimers);

/** Node's clock. It turns by `setImmediate`, because a message port would hold the process. */
export const nodeClock: Clock = /* @__PURE__ */ clockOver({
  ...systemTimers,
  turn(wake) {
    const { setImmediate, clearImmediate } = globalThis as unknown as Immediates;
    const immediate = setImmediate(wake);
    return () => clearImmediate(immediate);
  },
});

/**
 * React Native's clock. It turns by a timer: there is no `MessageChannel`, and `setImmediate` runs
 * before the event loop has turned.
 */
export const reactNativeClock = (host: Omit<TimerHost, "turn"> = systemTimers): Clock =>
  clockOver({ ...host, turn: (wake) => host.after(0, wake) });

interface Immediates {
  readonly setImmediate: (wake: () => void) => unknown;
  readonly clearImmediate: (immediate: unknown) => void;
}
