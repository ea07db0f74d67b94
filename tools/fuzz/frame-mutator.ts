/**
 * Frames that no honest peer would send: valid messages with values swapped, fields left out or
 * said twice, text cut, spliced and flipped bit by bit. Everything follows from the dice.
 */
import type { Frame } from "@holdfast/protocol";

/** In [0, 1). */
type Random = () => number;

/** What takes the place of a value: the ends of numbers, odd text, the wrong kind. As JSON. */
const VALUES: readonly string[] = [
  ["0", "1", "2", "-1", "0.5", "1e999", "-1e999", "1e-400", "9007199254740991"],
  ["9007199254740993", "1".repeat(400), "null", "true", "[]", "{}", "[[]]", '""'],
  ['"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"__proto__"', '"constructor"', '"toString"'],
  ['"room:1"', '"note:1"', '"secret:1"', '"whisper:1"', '"e1"', '"ada"', '"echo"', '"post"'],
  ['"updates"', '"log"', '"keys"', `"${"k".repeat(129)}"`, `"${"é".repeat(3_000)}"`],
  ['{"__proto__":{"a":1}}', '{"text":"hi","waits":true}', '{"then":1}', '{"toJSON":1}'],
].flat();

/** What is put into the text wherever it falls. */
const PIECES: readonly string[] = [
  ['"', "{", "}", "[", "]", ",", ":", "\\", "\\u", "\\u005f", "\u0000", "\ud800", "\udc00"],
  ["1e999", "null", "-", ".", "e", '"type":', '"__proto__":{},', '"type":"ping",', "\u2028"],
  ['"constructor":{"prototype":{}},', "\ufeff", "//", "/*", "NaN", "Infinity", "0x1"],
].flat();

/** Where a large frame ends: some are past every limit. */
const LARGE_MAX = 1_200_000;

export class FrameMutator {
  readonly #random: Random;
  readonly #seeds: readonly object[];
  #lastId = 10;

  /** `seeds`: valid messages, of either side. */
  constructor(random: Random, seeds: readonly object[]) {
    this.#random = random;
    this.#seeds = seeds;
  }

  /** The next frame. */
  next(): Frame {
    const dice = this.#random();
    if (dice < 0.000_5) return this.#large();
    if (dice < 0.002) return this.#deep();
    if (dice < 0.2) return this.#rising(this.#whole());
    if (dice < 0.4) return this.#rising(this.#swapped());
    let text = dice < 0.6 ? this.#swapped() : this.#whole();
    for (let edits = 1 + this.#below(4); edits > 0; edits--) text = this.#edited(text);
    return dice > 0.97 ? this.#bytes(text) : text;
  }

  /** A message, or a few in a frame, as they should be. */
  #whole(): string {
    if (this.#random() < 0.7) return JSON.stringify(this.#pick(this.#seeds));
    const some = Array.from({ length: this.#below(5) }, () => this.#pick(this.#seeds));
    return JSON.stringify(some);
  }

  /** The same with ids that rise, as sessions want them, in half of the cases. */
  #rising(text: string): string {
    if (this.#random() < 0.5) return text;
    return text.replaceAll(/"id":\d+/g, () => `"id":${++this.#lastId}`);
  }

  /** Still JSON, and mostly of the right shape. */
  #swapped(): string {
    const { text, places } = marked(this.#pick(this.#seeds));
    const chosen = this.#below(places.length);
    let place = 0;
    return text.replaceAll(MARK, () => {
      const own = places[place] ?? "null";
      return place++ === chosen ? this.#pick(VALUES) : own;
    });
  }

  #edited(text: string): string {
    const at = this.#below(text.length + 1);
    const length = this.#below(24);
    switch (this.#below(7)) {
      case 0:
        return text.slice(0, at) + this.#pick(PIECES) + text.slice(at);
      case 1:
        return text.slice(0, at) + text.slice(at + length);
      case 2:
        return text.slice(0, at);
      case 3:
        // A part of it again: keys that are there twice.
        return text.slice(0, at) + text.slice(Math.max(0, at - length), at) + text.slice(at);
      case 4: {
        const other = this.#whole();
        return text.slice(0, at) + other.slice(this.#below(other.length));
      }
      case 5:
        return text.slice(0, at) + this.#pick(VALUES) + text.slice(at + length);
      default: {
        const flipped = (text.charCodeAt(at) || 32) ^ (1 << this.#below(8));
        return text.slice(0, at) + String.fromCharCode(flipped) + text.slice(at + 1);
      }
    }
  }

  #large(): string {
    const size = this.#below(LARGE_MAX);
    const filler = this.#pick(["x", "é", "\\", '\\"', "[", '"[', " ", "1", "\\u0000"]);
    const text = filler.repeat(Math.ceil(size / filler.length));
    return this.#pick([text, `"${text}"`, `{"type":"ping","nonce":1,"x":"${text}"}`]);
  }

  #deep(): string {
    const levels = this.#below(this.#random() < 0.5 ? 60 : 30_000);
    const [open, close] = this.#pick([
      ["[", "]"],
      ['{"a":', "}"],
    ] as const);
    const tail = this.#random() < 0.5 ? `1${close.repeat(levels)}` : "";
    return `{"type":"call","id":1,"method":"echo","timeoutMs":9,"input":${open.repeat(levels)}${tail}}`;
  }

  #bytes(text: string): Uint8Array {
    const bytes = new TextEncoder().encode(text);
    const at = this.#below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#below(8));
    return bytes;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #pick<Value>(list: readonly Value[]): Value {
    const value = list[this.#below(list.length)];
    if (value === undefined) throw new Error("nothing to pick from");
    return value;
  }
}

/** Stands for a value: no message holds it. */
const MARK = "\u0001";

/** The text of a message with a mark for each value, and the values in their order. */
function marked(message: object): { readonly text: string; readonly places: readonly string[] } {
  const places: string[] = [];
  const textOf = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
    if (typeof value !== "object" || value === null) {
      places.push(JSON.stringify(value));
      return MARK;
    }
    const fields = Object.entries(value).map(
      ([name, part]) => `${JSON.stringify(name)}:${textOf(part)}`,
    );
    return `{${fields.join(",")}}`;
  };
  return { text: textOf(message), places };
}
