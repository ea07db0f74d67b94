/**
 * A session that exists only as the effects that were asked of it: for tests of a connection
 * manager.
 */
import type { ConnectionEffect, SessionControl, Vitals } from "@holdfast/client";

/** Performs effects by writing them down. What the session would say, the test dispatches. */
export class FakeSessionControl implements SessionControl {
  /** Everything that was asked, in order. */
  readonly effects: ConnectionEffect[] = [];
  /** What the live session would say of itself. */
  current: Vitals | undefined;
  /** Acts on an effect within the very call that performs it. */
  onPerform: ((effect: ConnectionEffect) => void) | undefined;

  perform(effect: ConnectionEffect): void {
    this.effects.push(effect);
    this.onPerform?.(effect);
  }

  vitals(): Vitals | undefined {
    return this.current;
  }

  /** How often an effect was asked for. */
  count(type: ConnectionEffect["type"]): number {
    return this.effects.filter((effect) => effect.type === type).length;
  }
}
