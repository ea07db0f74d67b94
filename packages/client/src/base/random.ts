/** Chance as a port. Everything above asks a `Random`; only this file rolls the platform's dice. */

/** A number in [0, 1). */
export type Random = () => number;

/** The platform's dice. Good for jitter, not for secrets. */
export const systemRandom: Random = () => Math.random();

/** The same numbers for the same seed, on every platform (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `bytes` random bytes in hexadecimal, good enough to be told apart everywhere and for ever. */
export function randomHex(bytes: number): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** Two digits a byte. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
