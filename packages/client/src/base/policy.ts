/** The numbers that an app gives in place of defaults, checked before anything runs by them. */
import { OptionsError } from "./errors.ts";

/** The longest timer that platforms keep, 24.8 days. */
const TIMEOUT_MAX_MS = 2_147_483_647;

/**
 * The defaults, with what is given in their place; undefined is not given. Times, which have `Ms`
 * in their names, are finite and not negative, the one of `timeout` 24.8 days at most; all others
 * are whole and 1 or more. Throws `OptionsError`.
 */
export function policyOf<Policy extends object>(
  defaults: Policy,
  given: Partial<Policy> = {},
  timeout: keyof Policy,
): Policy {
  const policy = { ...defaults };
  for (const name in defaults) {
    const value = given[name];
    if (value === undefined) continue;
    const isTime = name.includes("Ms");
    const isFit = isTime ? Number.isFinite(value) : Number.isSafeInteger(value);
    const most = name === timeout ? TIMEOUT_MAX_MS : Infinity;
    if (!isFit || Number(value) < (isTime ? 0 : 1) || Number(value) > most)
      throw new OptionsError(`${name} is out of range.`);
    policy[name] = value;
  }
  return policy;
}
