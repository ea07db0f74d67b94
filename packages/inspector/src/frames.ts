/**
 * Notes the frames of a client, for the inspector. The one part of it that has to be there when the
 * client is made: it wraps the platform. It is small, knows nothing of the rest, and remembers no
 * payload unless it is told to; of a frame that may carry a token, never.
 */
import { systemClock } from "@holdfast/client";
import type { Clock, CreateSocket, OpenTransport, Platform, Transport } from "@holdfast/client";

import {
  REPORT_LIMITS,
  type FrameDirection,
  type FrameNote,
  type FrameReport,
} from "./report/report.ts";

export type { FrameDirection, FrameNote, FrameReport } from "./report/report.ts";

/** What a tap remembers. */
export interface FrameTapOptions {
  /** Keep what frames say, so that the inspector can show it when asked. Default false. */
  readonly payloads?: boolean;
  /**
   * How many frames are remembered; older ones are forgotten. Default 200, as for what is no number
   * from 0 to 200.
   */
  readonly framesMax?: number;
}

type Frame = Parameters<Transport["send"]>[0];

/** Longer ones are not read, only measured, in characters. */
const READ_MAX = 65_536;

/** Messages that carry no token: only what is named here is ever kept. */
const WITHOUT_TOKEN: ReadonlySet<string> = new Set(
  (
    "call cancel subscribe unsubscribe fetch ping welcome result failure subscribed unsubscribed " +
    "updates page tooFarBehind heads pong tokenAccepted refuse goAway ack"
  ).split(" "),
);

/** One for each client: give the client `tap.platform(webPlatform())`, and the inspector `tap`. */
export class FrameTap {
  readonly #allowsPayloads: boolean;
  readonly #framesMax: number;
  readonly #recent: FrameNote[] = [];
  readonly #total = { in: { frames: 0, bytes: 0 }, out: { frames: 0, bytes: 0 } };

  constructor({ payloads = false, framesMax = REPORT_LIMITS.frames }: FrameTapOptions = {}) {
    this.#allowsPayloads = payloads;
    const most = REPORT_LIMITS.frames;
    this.#framesMax = framesMax >= 0 && framesMax <= most ? framesMax : most;
  }

  /** What was noted so far. */
  get report(): FrameReport {
    return {
      allowsPayloads: this.#allowsPayloads,
      total: { in: { ...this.#total.in }, out: { ...this.#total.out } },
      recent: [...this.#recent],
    };
  }

  /** How many frames were noted: another number means news. */
  get count(): number {
    return this.#total.in.frames + this.#total.out.frames;
  }

  /** The platform with every frame noted. Beside `createSocket`, wrap that instead. */
  platform(of: Platform): Platform {
    return { ...of, openTransport: this.#tapped(of) };
  }

  /** The same for a client that is given `createSocket`. `clock`: default, the platform's own. */
  createSocket(of: CreateSocket, clock: Pick<Clock, "wallNow"> = systemClock): CreateSocket {
    const note = this.#noteBy(clock);
    return (url, subprotocols) =>
      new Proxy(of(url, subprotocols), {
        get(socket, name) {
          const value: unknown = Reflect.get(socket, name);
          if (typeof value !== "function") return value;
          return (...given: unknown[]): unknown => {
            if (name === "send") note("out", given[0] as Frame);
            return Reflect.apply(value, socket, given);
          };
        },
        set(socket, name, value) {
          if (name !== "onmessage" || typeof value !== "function")
            return Reflect.set(socket, name, value);
          const heard = (event: { readonly data: string | ArrayBuffer }): void => {
            note("in", typeof event.data === "string" ? event.data : new Uint8Array(event.data));
            Reflect.apply(value, socket, [event]);
          };
          return Reflect.set(socket, name, heard);
        },
      });
  }

  #tapped({ openTransport, clock }: Platform): OpenTransport {
    const note = this.#noteBy(clock);
    return (url, subprotocols, onEvent) => {
      const inner = openTransport(url, subprotocols, (event) => {
        if (event.type === "frame") note("in", event.frame);
        onEvent(event);
      });
      return new TappedTransport(inner, note);
    };
  }

  #noteBy(clock: Pick<Clock, "wallNow">): Note {
    return (direction, frame) => this.#note(clock.wallNow(), direction, frame);
  }

  #note(at: number, direction: FrameDirection, frame: Frame): void {
    const bytes = typeof frame === "string" ? new TextEncoder().encode(frame).length : frame.length;
    const total = this.#total[direction];
    total.frames++;
    total.bytes += bytes;
    const types = typesIn(frame);
    const mayKeep =
      this.#allowsPayloads && types.length > 0 && types.every((type) => WITHOUT_TOKEN.has(type));
    const text =
      mayKeep && typeof frame === "string" ? frame.slice(0, REPORT_LIMITS.payload) : undefined;
    const kind = kindOf(frame, types);
    this.#recent.push({ at, direction, kind, bytes, ...(text !== undefined && { text }) });
    if (this.#recent.length > this.#framesMax) this.#recent.shift();
  }
}

type Note = (direction: FrameDirection, frame: Frame) => void;

/** Notes what the transport inside takes; all else passes through. */
class TappedTransport implements Transport {
  readonly #inner: Transport;
  readonly #note: Note;

  constructor(inner: Transport, note: Note) {
    this.#inner = inner;
    this.#note = note;
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  get isPaused(): boolean {
    return this.#inner.isPaused;
  }

  send(frame: Frame): boolean {
    const isTaken = this.#inner.send(frame);
    if (isTaken) this.#note("out", frame);
    return isTaken;
  }

  pauseReading(): void {
    this.#inner.pauseReading();
  }

  resumeReading(): void {
    this.#inner.resumeReading();
  }

  close(code: number, reason: string): void {
    this.#inner.close(code, reason);
  }
}

/** The types of the messages in a frame; none where it cannot be told. */
function typesIn(frame: Frame): readonly string[] {
  if (typeof frame !== "string" || frame.length > READ_MAX) return [];
  try {
    const value: unknown = JSON.parse(frame);
    return (Array.isArray(value) ? value : [value]).map((message: unknown) => {
      const type: unknown = Object(message).type;
      return typeof type === "string" ? type.slice(0, 40) : "?";
    });
  } catch {
    // Whatever it is, it is for the client to say what is wrong with it.
    return [];
  }
}

/** `result ×3, pong`. */
function kindOf(frame: Frame, types: readonly string[]): string {
  if (typeof frame !== "string") return "binary";
  if (types.length === 0) return "text";
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  const words = [...counts].map(([type, count]) => (count > 1 ? `${type} ×${count}` : type));
  return words.slice(0, 4).join(", ");
}
