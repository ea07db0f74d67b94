/** Times, durations and sizes as they are shown: in few characters. */

/** Of a time of day where the reader is: `08:00:00.250`. */
const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hourCycle: "h23",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** The last instant that a calendar knows, epoch milliseconds. */
const INSTANT_MAX = 8.64e15;

/** `08:00:00.250` of epoch milliseconds; `–` of an instant that no calendar has. */
export function clockWords(at: number): string {
  return Math.abs(at) <= INSTANT_MAX ? CLOCK.format(at) : "–";
}

/** `3 ms`, `1.24 s`, `2 min 5 s`, `1 h 12 min`. */
export function durationWords(ms: number): string {
  if (ms < 0.5) return "0 ms";
  if (ms < 999.5) return ms < 10 ? `${Number(ms.toFixed(1))} ms` : `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

/** `2.4 s`: a countdown, which moves ten times a second. Never below zero. */
export function countdownWords(ms: number): string {
  return ms < 60_000 ? `${(Math.max(ms, 0) / 1_000).toFixed(1)} s` : durationWords(ms);
}

/** `812 B`, `1.4 kB`, `2.0 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 999_500
    ? `${(bytes / 1_000).toFixed(1)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 frame`, `2 frames`. */
export function countWords(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
