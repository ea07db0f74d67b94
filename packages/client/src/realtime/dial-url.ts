/** The address of one attempt. */

/** What an app may want to know when it chooses an address. */
export interface UrlAttempt {
  /** Failures since the last session that proved itself: 0 for the first dial. */
  readonly attempt: number;
}

/**
 * A fixed address, or a function of the attempt. No credentials in it: addresses end up in logs.
 */
export type DialUrl = string | ((attempt: UrlAttempt) => string | Promise<string>);

/**
 * From how many failures on the address varies, where the platform delays repeated dials to the
 * same one.
 */
const VARIED_FROM = 3;

/**
 * Firefox holds back dials to the same address and path by up to 60 s after failures; another path
 * escapes it. So every second dial from the third failure on carries one more segment, which the
 * server ignores; the dials between use the plain path, for a proxy that knows only that one.
 */
export function variedUrl(url: string, attempt: number): string {
  if (attempt < VARIED_FROM || attempt % 2 === 0) return url;
  return url.replace(/\/?(?=\?|$)/, `/~${attempt}`);
}
