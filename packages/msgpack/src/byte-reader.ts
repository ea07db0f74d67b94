/**
 * Reads one MessagePack value out of a frame, as far as it is JSON with bytes. Whatever a frame
 * claims to hold, nothing is allocated for it before its bytes are seen to be there.
 */
import { readUtf8 } from "./utf8-text.ts";

/** Why a frame cannot be read: one of the protocol's words for it. Never leaves this package. */
export class UnreadableFrame extends Error {
  readonly fault: "notParseable" | "tooDeep" | "prototypeKey";
  constructor(fault: "notParseable" | "tooDeep" | "prototypeKey") {
    super(fault);
    this.fault = fault;
  }
}

const HALF = 0x1_0000_0000;

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #levelsMax: number;
  #at = 0;

  /** `levelsMax`: how deep objects and arrays may nest. */
  constructor(bytes: Uint8Array, levelsMax: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#levelsMax = levelsMax;
  }

  /** The one value of the frame. Throws {@link UnreadableFrame}. */
  read(): unknown {
    const value = this.#value(1);
    if (this.#at !== this.#bytes.length) throw new UnreadableFrame("notParseable");
    return value;
  }

  /** `level`: the one on which an object or array would be. */
  #value(level: number): unknown {
    const head = this.#whole(1);
    if (head < 0x80) return head;
    if (head < 0x90) return this.#map(head & 0x0f, level);
    if (head < 0xa0) return this.#array(head & 0x0f, level);
    if (head < 0xc0) return this.#text(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return finite(this.#view.getFloat32(this.#take(4)));
      case 0xcb:
        return finite(this.#view.getFloat64(this.#take(8)));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#whole(1 << (head - 0xcc));
      case 0xcf:
        return this.#whole(4) * HALF + this.#whole(4);
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      case 0xd3:
        return this.#view.getInt32(this.#take(4)) * HALF + this.#whole(4);
      default:
        return this.#counted(head, level);
    }
  }

  /** What says in 1, 2 or 4 bytes how much follows. */
  #counted(head: number, level: number): unknown {
    switch (head) {
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#whole(1 << (head - 0xc4)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#whole(1 << (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#whole(2 << (head - 0xdc)), level);
      case 0xde:
      case 0xdf:
        return this.#map(this.#whole(2 << (head - 0xde)), level);
      default:
        // Extensions, dates among them, and the one head that means nothing.
        throw new UnreadableFrame("notParseable");
    }
  }

  #array(count: number, level: number): unknown[] {
    this.#enter(count, level);
    const elements: unknown[] = [];
    for (let left = count; left > 0; left--) elements.push(this.#value(level + 1));
    return elements;
  }

  #map(count: number, level: number): Record<string, unknown> {
    this.#enter(2 * count, level);
    const fields: Record<string, unknown> = {};
    for (let left = count; left > 0; left--) {
      const name = this.#name();
      if (name === "__proto__") throw new UnreadableFrame("prototypeKey");
      fields[name] = this.#value(level + 1);
    }
    return fields;
  }

  /** Only text names a field. */
  #name(): string {
    const head = this.#whole(1);
    if (head >= 0xa0 && head < 0xc0) return this.#text(head & 0x1f);
    if (head >= 0xd9 && head <= 0xdb) return this.#text(this.#whole(1 << (head - 0xd9)));
    throw new UnreadableFrame("notParseable");
  }

  /** Every part takes a byte at least: a claim of more than there are ends here. */
  #enter(parts: number, level: number): void {
    if (level > this.#levelsMax) throw new UnreadableFrame("tooDeep");
    if (parts > this.#bytes.length - this.#at) throw new UnreadableFrame("notParseable");
  }

  #text(length: number): string {
    const from = this.#take(length);
    const text = readUtf8(this.#bytes, from, this.#at);
    if (text === undefined) throw new UnreadableFrame("notParseable");
    return text;
  }

  /** A copy: the frame's own memory goes back to the platform. */
  #binary(length: number): Uint8Array {
    const from = this.#take(length);
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(from, this.#at));
    return bytes;
  }

  /** A whole number of 1, 2 or 4 bytes, not negative. */
  #whole(size: number): number {
    const at = this.#take(size);
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  /** Where the next `size` bytes begin; they are there. */
  #take(size: number): number {
    const at = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) throw new UnreadableFrame("notParseable");
    return at;
  }
}

/** JSON has no other numbers. */
function finite(value: number): number {
  if (!Number.isFinite(value)) throw new UnreadableFrame("notParseable");
  return value;
}
