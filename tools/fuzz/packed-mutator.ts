/**
 * The same frames in MessagePack, and worse: heads that promise more than follows, bytes flipped,
 * cut, doubled and put in, levels without end. Everything follows from the dice.
 */
import { encode } from "@msgpack/msgpack";
import type { Frame } from "@holdfast/protocol";

/** Heads of each kind, most of them with lengths that no frame has; and what is no head at all. */
const HEADS: readonly (readonly number[])[] = [
  [0xc0],
  [0xc1],
  [0xc2],
  [0xc4, 0xff],
  [0xc5, 0xff, 0xff],
  [0xc6, 0xff, 0xff, 0xff, 0xff],
  [0xc7, 0xff, 0x01],
  [0xc9, 0x7f, 0xff, 0xff, 0xff, 0x01],
  [0xca, 0x7f, 0xc0, 0x00, 0x00],
  [0xcb, 0x7f, 0xf0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xd3, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0xd6, 0xff, 0x00, 0x00, 0x00, 0x01],
  [0xd9, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0xdc, 0xff, 0xff],
  [0xdd, 0xff, 0xff, 0xff, 0xff],
  [0xdd, 0x00, 0x0f, 0x42, 0x40],
  [0xde, 0xff, 0xff],
  [0xdf, 0xff, 0xff, 0xff, 0xff],
  [0xa4, 0xff, 0xfe, 0x80, 0x80],
  [0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x02],
  [0xa9, 0x5f, 0x5f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x5f, 0x5f],
];
/** Heads of lists and maps, one level a byte. */
const LEVELS = [0x91, 0x81, 0x9f, 0x8f];
const LEVELS_MAX = 200_000;

export class PackedMutator {
  readonly #random: () => number;
  /** The last that could be packed, in the place of those that are no JSON. */
  #last = new Uint8Array([0xc0]);

  /** `random`: in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The frame in MessagePack, as it is in one case of three. */
  next(frame: Frame): Uint8Array<ArrayBuffer> {
    const dice = this.#random();
    if (dice < 0.001) return new Uint8Array(this.#below(LEVELS_MAX)).fill(this.#pick(LEVELS));
    let bytes = (this.#last = packed(frame) ?? this.#last);
    if (dice < 0.33) return bytes;
    for (let edits = 1 + this.#below(2); edits > 0; edits--) bytes = this.#edited(bytes);
    return bytes;
  }

  #edited(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const at = this.#below(bytes.length + 1);
    const end = Math.min(bytes.length, at + this.#below(12));
    const head = Uint8Array.from(this.#pick(HEADS));
    switch (this.#below(6)) {
      case 0:
        return bytes.slice(0, at);
      case 1:
        return joined(bytes.subarray(0, at), bytes.subarray(end));
      case 2:
        return joined(bytes.subarray(0, at), head, bytes.subarray(at));
      case 3:
        return joined(bytes.subarray(0, at), head, bytes.subarray(end));
      case 4:
        return joined(bytes.subarray(0, end), bytes.subarray(at));
      default: {
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << this.#below(8));
        return flipped;
      }
    }
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

/** What says the same in MessagePack; nothing where it is no JSON, or too deep to be packed. */
function packed(frame: Frame): Uint8Array<ArrayBuffer> | undefined {
  try {
    return encode(JSON.parse(String(frame)));
  } catch {
    return undefined;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
