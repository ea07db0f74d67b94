/**
 * The protocol's name and number. A breaking change of the wire raises the number; additions travel
 * as capabilities.
 */

/**
 * The protocol that this package speaks.
 *
 * - 1: hello/welcome/refuse, calls, updates, fetches, ping, in-band token renewal, goAway.
 */
export const PROTOCOL_VERSION = 1;
