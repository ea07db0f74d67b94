/**
 * The fingerprint of the machine. Made by `npm run docs:write`, which walks it; do not edit.
 */

/** Of all ways that the machine can take: state, event, state, effects and reasons. */
export const EDGES_HASH = "92a18b0c7ab5e4a3";
