/** The numbers that an app gives in place of defaults, checked before anything runs by them. */
import { OptionsError } from "./errors.ts";

/** The longest timer that platforms keep, 24.8 days. */
const TIMEOUT_MAX_MS = 2_147_483_647;

/**
 * The defaults, with what is given in their place; undefined is not given. Times, which have `Ms`
 * in their names, are finite and not negative, the one of `timeout` 24.8 days at most; all others
 * are whole and 1 or more. Throws `OptionsError`.
 */
export function policyOf<Policy extends { readonly [Name in keyof Policy]: number }>(
  defaults: Policy,
  given: Partial<Policy> = {},
  timeout: keyof Policy,
): Policy {
  const policy = { ...defaults };
  for (const name in defaults) {
    const value = given[name] ?? defaults[name];
    const isTime = name.includes("Ms");
    const isKept = isTime ? Number.isFinite(value) : Number.isSafeInteger(value) && value > 0;
    if (!isKept || value < 0 || (name === timeout && value > TIMEOUT_MAX_MS))
      throw new OptionsError(`bad ${name}`);
    policy[name] = value;
  }
  return policy;
}
