/**
 * Reads UTF-8, and nothing that only looks like it: two spellings of one text would be two keys to
 * one peer and one key to another.
 */

/** What decodes long texts where the platform has it; older React Native has not. */
export interface TextReader {
  decode(bytes: Uint8Array): string;
}

/** For a shorter text the platform's decoder costs more than it saves, in bytes. */
const SHORT_BYTES = 32;

const platformReader: TextReader | undefined = /* @__PURE__ */ makeReader();

/** The text between two places; undefined when it is not UTF-8. */
export function readUtf8(
  bytes: Uint8Array,
  from: number,
  to: number,
  reader: TextReader | undefined = platformReader,
): string | undefined {
  if (!reader || to - from <= SHORT_BYTES) return readByHand(bytes, from, to);
  try {
    return reader.decode(bytes.subarray(from, to));
  } catch {
    return undefined;
  }
}

function makeReader(): TextReader | undefined {
  if (typeof TextDecoder === "undefined") return undefined;
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
}

function readByHand(bytes: Uint8Array, from: number, to: number): string | undefined {
  let text = "";
  for (let at = from; at < to;) {
    const lead = bytes[at++] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const more = followers(lead);
    if (more === 0 || at + more > to) return undefined;
    let code = lead & (0x3f >> more);
    for (let left = more; left > 0; left--) {
      const next = bytes[at++] ?? 0;
      if ((next & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    if (code < (LEAST[more] ?? 0) || code > 0x10_ffff || (code >= 0xd800 && code < 0xe000))
      return undefined;
    text += String.fromCodePoint(code);
  }
  return text;
}

/** The least character that needs so many bytes after the first. */
const LEAST: readonly number[] = [0, 0x80, 0x800, 0x1_0000];

/** How many bytes follow the first; 0: it is none. */
function followers(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 1;
  return lead < 0xf0 ? 2 : 3;
}
