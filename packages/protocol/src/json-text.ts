/**
 * What must be known about JSON text before and after `JSON.parse`, which has no limits of its own.
 */

/**
 * The size of a text in UTF-8, in bytes. Its surrogates must be paired, as all text off a wire is.
 */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // A surrogate pair is two units and four bytes; any other unit past U+07FF is three bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/**
 * Are arrays and objects nested no deeper than `depthMax`? An array around a whole frame of
 * messages is not counted, so that a message is as deep alone as in company. Brackets inside
 * strings do not count. On text that is not JSON the answer is arbitrary; the parser rejects it.
 */
export function nestsWithin(text: string, depthMax: number): boolean {
  return hasFewOpenings(text, depthMax) || staysWithin(text, depthMax);
}

/** What opens at most `max` times, in strings or out, needs no closer look. Most calls need none. */
function hasFewOpenings(text: string, max: number): boolean {
  let room = max;
  for (const opening of "{[") {
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) {
      if (--room < 0) return false;
    }
  }
  return true;
}

function staysWithin(text: string, depthMax: number): boolean {
  let room = text.trimStart().startsWith("[") ? depthMax + 1 : depthMax;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) {
      index = closingQuote(text, index);
      if (index < 0) return true;
    } else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      if (--room < 0) return false;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      room++;
    }
  }
  return true;
}

/** The index of the quote that closes the string that opens at `opening`; -1 if none does. */
function closingQuote(text: string, opening: number): number {
  let quote = text.indexOf('"', opening + 1);
  while (quote >= 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote;
}

/** Do an odd number of backslashes stand before the index? */
function isEscaped(text: string, index: number): boolean {
  let start = index;
  while (text.charCodeAt(start - 1) === BACKSLASH) start--;
  return (index - start) % 2 === 1;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/**
 * May the text hold a `__proto__` key? Cheap, and wrong only on the safe side: the word in plain,
 * or any escape that could spell one of its letters.
 */
export function maySpellPrototype(text: string): boolean {
  return text.includes("__proto__") || text.includes("\\u00");
}

/**
 * Does a parsed value hold `__proto__` as a key, at any depth? `JSON.parse` makes it an own
 * property, harmless until somebody copies the object by assignment. Recursion is bounded by
 * `nestsWithin`.
 */
export function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(hasPrototypeKey);
}
