/**
 * WebSocket frames as bytes, header and payload in one buffer, as a server writes them: whole and
 * unmasked (RFC 6455 §5.2). One write instead of two; and a text that goes to many is turned into
 * bytes once.
 */
import type { Frame } from "@holdfast/protocol";

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
/** Lengths from here on stand in two bytes of their own, and in eight where two cannot say them. */
const TWO_BYTES_FROM = 126;
const EIGHT_BYTES_FROM = 65_536;
/** A larger text is for one reader only, and is not held on to. */
const REMEMBERED_MAX = 65_536;

export class FrameBytes {
  #text = "";
  #bytes: Buffer | undefined;

  /** The bytes are shared: nobody may change them. */
  of(frame: Frame): Buffer {
    if (typeof frame !== "string") return framed(FINAL_BINARY, frame);
    if (this.#bytes && frame === this.#text) return this.#bytes;
    const bytes = framed(FINAL_TEXT, frame);
    const isRemembered = bytes.length <= REMEMBERED_MAX;
    this.#text = isRemembered ? frame : "";
    this.#bytes = isRemembered ? bytes : undefined;
    return bytes;
  }
}

function framed(opcode: number, payload: Frame): Buffer {
  const length = typeof payload === "string" ? Buffer.byteLength(payload) : payload.length;
  const start = length < TWO_BYTES_FROM ? 2 : length < EIGHT_BYTES_FROM ? 4 : 10;
  const bytes = Buffer.allocUnsafe(start + length);
  bytes[0] = opcode;
  if (start === 2) {
    bytes[1] = length;
  } else if (start === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeUInt32BE(0, 2);
    bytes.writeUInt32BE(length, 6);
  }
  if (typeof payload === "string") bytes.write(payload, start);
  else bytes.set(payload, start);
  return bytes;
}
