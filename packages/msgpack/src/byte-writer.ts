/**
 * Writes values as MessagePack, each in its shortest form. It takes what JSON takes, treats it as
 * JSON does, and takes bytes besides.
 */
import { EncodeError } from "@holdfast/protocol";

/** Room at the start, in bytes; most messages fit. */
const CAPACITY = 1_024;
/** A text that is longer is left to the platform's encoder, in characters. */
const SHORT_TEXT = 48;
/** Numbers are split into halves of 32 bits. */
const HALF = 0x1_0000_0000;

/** Half of a surrogate pair. */
const HALF_PAIR = /\p{Cs}/u;

const encoder = /* @__PURE__ */ new TextEncoder();

export class ByteWriter {
  #bytes = new Uint8Array(CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** The objects and arrays that are being written, outermost first. */
  readonly #path: object[] = [];
  #levelsMax = 0;
  #isMending = false;

  /** How much it holds on to, in bytes. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /**
   * The bytes of a value whose objects and arrays nest no deeper than `levelsMax`. Throws
   * `EncodeError` for one that nests deeper, has a key `__proto__`, or cannot be said; and whatever
   * a `toJSON` throws. UTF-8 has no word for half of a surrogate pair: with `isMending` it becomes
   * U+FFFD, which may make two keys one.
   */
  write(value: unknown, levelsMax: number, isMending = false): Uint8Array {
    this.#length = 0;
    this.#path.length = 0;
    this.#levelsMax = levelsMax;
    this.#isMending = isMending;
    this.#value(value);
    return this.#bytes.slice(0, this.#length);
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.#byte(value ? 0xc3 : 0xc2);
      case "object":
        return value === null ? this.#byte(0xc0) : this.#object(value);
      case "bigint":
        throw new EncodeError("notEncodable");
      default:
        return this.#byte(0xc0);
    }
  }

  #object(value: object): void {
    if (ArrayBuffer.isView(value)) return this.#binary(value);
    const path = this.#path;
    if (path.includes(value)) throw new EncodeError("notEncodable");
    const { toJSON } = value as { readonly toJSON?: unknown };
    const json: unknown = typeof toJSON === "function" ? toJSON.call(value) : value;
    if (typeof json !== "object" || json === null || ArrayBuffer.isView(json))
      return this.#value(json);
    if (path.push(value) > this.#levelsMax) throw new EncodeError("tooDeep");
    if (Array.isArray(json)) this.#array(json);
    else this.#map(json as Readonly<Record<string, unknown>>);
    path.pop();
  }

  #array(elements: readonly unknown[]): void {
    this.#head(elements.length, 0x90, 16, 0xdc);
    // A hole is null.
    for (let index = 0; index < elements.length; index++) this.#value(elements[index]);
  }

  #map(fields: Readonly<Record<string, unknown>>): void {
    const names = Object.keys(fields).filter((name) => isSaid(fields[name]));
    this.#head(names.length, 0x80, 16, 0xde);
    for (const name of names) {
      if (name === "__proto__") throw new EncodeError("prototypeKey");
      this.#text(name);
      this.#value(fields[name]);
    }
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      if (!Number.isFinite(value)) return this.#byte(0xc0);
      this.#byte(0xcb);
      const at = this.#room(8);
      this.#view.setFloat64(at, value);
    } else if (value >= 0) {
      if (value < 0x80) this.#byte(value);
      else if (value < 0x100) this.#sized(0xcc, 1, value);
      else if (value < 0x1_0000) this.#sized(0xcd, 2, value);
      else if (value < HALF) this.#sized(0xce, 4, value);
      else this.#long(0xcf, value);
    } else if (value >= -0x20) this.#byte(value & 0xff);
    else if (value >= -0x80) this.#sized(0xd0, 1, value);
    else if (value >= -0x8000) this.#sized(0xd1, 2, value);
    else if (value >= -0x8000_0000) this.#sized(0xd2, 4, value);
    else this.#long(0xd3, value);
  }

  #text(text: string): void {
    if (text.length <= SHORT_TEXT && this.#ascii(text)) return;
    const bytes = encoder.encode(text);
    const { length } = bytes;
    // As long as the text, it is all ASCII.
    if (length !== text.length && !this.#isMending && HALF_PAIR.test(text))
      throw new EncodeError("notEncodable");
    if (length < 32) this.#byte(0xa0 + length);
    else this.#head(length, 0, 0, 0xda, 0xd9);
    this.#copy(bytes);
  }

  /** True if it was written; false if it is not all ASCII. */
  #ascii(text: string): boolean {
    const { length } = text;
    const start = this.#length;
    if (length < 32) this.#byte(0xa0 + length);
    else this.#sized(0xd9, 1, length);
    const at = this.#room(length);
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) {
        this.#length = start;
        return false;
      }
      this.#bytes[at + index] = code;
    }
    return true;
  }

  #binary(bytes: ArrayBufferView): void {
    // Which end of larger numbers comes first, another machine could not know.
    if (!(bytes instanceof Uint8Array)) throw new EncodeError("notEncodable");
    this.#head(bytes.length, 0, 0, 0xc5, 0xc4);
    this.#copy(bytes);
  }

  /**
   * How many follow: in the head itself below `few`, in a byte where there is such a `tiny` head,
   * in 2 bytes with the head `small`, in 4 with the next one.
   */
  #head(count: number, fixed: number, few: number, small: number, tiny?: number): void {
    if (count < few) this.#byte(fixed + count);
    else if (count < 0x100 && tiny !== undefined) this.#sized(tiny, 1, count);
    else if (count < 0x1_0000) this.#sized(small, 2, count);
    else this.#sized(small + 1, 4, count);
  }

  #byte(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  /** A head and a whole number of `size` bytes; a negative one is its complement. */
  #sized(head: number, size: 1 | 2 | 4, value: number): void {
    this.#byte(head);
    const at = this.#room(size);
    if (size === 1) this.#view.setUint8(at, value);
    else if (size === 2) this.#view.setUint16(at, value);
    else this.#view.setUint32(at, value);
  }

  #long(head: number, value: number): void {
    this.#byte(head);
    const at = this.#room(8);
    this.#view.setInt32(at, Math.floor(value / HALF));
    this.#view.setUint32(at + 4, value);
  }

  #copy(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Where the next `size` bytes go. Asked first of all: the memory may be another afterwards. */
  #room(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Has JSON a word for it? Fields without one are left out. */
function isSaid(value: unknown): boolean {
  return value !== undefined && typeof value !== "function" && typeof value !== "symbol";
}
