/** The display policy of an app, checked when its hooks are made and not when a banner is due. */
import { OptionsError } from "@holdfast/client";
import { DEFAULT_DISPLAY_POLICY, type DisplayPolicy } from "@holdfast/client/display";

/**
 * The defaults, with what is given in their place; undefined is not given. Throws an
 * `OptionsError` for what is no time: a banner that is due at no time shows at once, and flickers.
 */
export function displayPolicyOf(given: Partial<DisplayPolicy> = {}): DisplayPolicy {
  const timeOf = (name: keyof DisplayPolicy): number => {
    const value: unknown = given[name] ?? DEFAULT_DISPLAY_POLICY[name];
    if (typeof value === "number" && value >= 0) return value;
    throw new OptionsError(`display.${name} must be a number of milliseconds, 0 or more.`);
  };
  return {
    showFirstMs: timeOf("showFirstMs"),
    showMs: timeOf("showMs"),
    hideMs: timeOf("hideMs"),
  };
}
