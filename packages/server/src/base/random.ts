/** Chance as a port. Everything above asks a `Random`; only this file rolls the platform's dice. */

/** A number in [0, 1). */
export type Random = () => number;

/** The platform's dice. Good for names that must not repeat, not for secrets. */
export const systemRandom: Random = () => Math.random();

/** A name of `length` hexadecimal digits. */
export function randomName(random: Random, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
}
