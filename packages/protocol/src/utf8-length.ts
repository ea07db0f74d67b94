/** How large a text is on the wire. */

/** The size of a text in UTF-8, in bytes. */
export function utf8Length(text: string): number {
  // Most text is ASCII, and to know that is several times cheaper than to encode it.
  return /[\u0080-\uffff]/.test(text) ? new TextEncoder().encode(text).length : text.length;
}
