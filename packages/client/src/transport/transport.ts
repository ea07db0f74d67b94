/**
 * The transport port: one socket, one attempt. It carries frames; it does not retry, time, or
 * parse.
 */
import type { CloseMeaning, Frame } from "@holdfast/protocol";

/**
 * What a transport reports to its one owner, synchronously and in order. After `closed` or
 * `openFailed`: nothing.
 */
export type TransportEvent =
  | { readonly type: "opened"; readonly subprotocol: string }
  | { readonly type: "frame"; readonly frame: Frame }
  | {
      readonly type: "openFailed";
      /** What the failure asks of us: `retry`, unless the platform tells a server's HTTP answer. */
      readonly meaning: CloseMeaning;
      readonly detail: string;
      readonly retryAfterMs?: number | undefined;
    }
  /**
   * `code` as the platform gave it; 1006 stands for "no close frame", 0 or 1005 for none that we
   * can read. `reason`: what went wrong, in a word, where the platform has one.
   */
  | { readonly type: "closed"; readonly code: number; readonly reason?: string };

/** One socket, of one attempt. It never dials again. */
export interface Transport {
  /** Bytes handed to the platform and not yet to the network, as well as the platform can tell. */
  readonly bufferedBytes: number;
  /** Reading is paused: by `pauseReading`, where that has an effect. */
  readonly isPaused: boolean;
  /**
   * Writes a frame. Only between `opened` and `close`; false says that the socket is closing, of
   * which a `closed` follows. Throws when the frame cannot be written at all.
   */
  send(frame: Frame): boolean;
  /** Stops and resumes reading, where the platform can. */
  pauseReading(): void;
  resumeReading(): void;
  /**
   * Ends it now, in this call stack, in whatever state it is: nothing is reported afterwards, and a
   * socket that opens late is closed. `code` is 1000 or 3000–4999, `reason` one of our own words,
   * at most 123 ASCII characters. Idempotent.
   */
  close(code: number, reason: string): void;
}

/**
 * Begins an attempt. Never throws: a constructor that does becomes `openFailed`, reported within
 * this call.
 */
export type OpenTransport = (
  url: string,
  subprotocols: readonly string[],
  onEvent: (event: TransportEvent) => void,
) => Transport;
