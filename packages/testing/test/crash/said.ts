/** How a program that may be killed at any moment speaks: a line of JSON, written at once. */
import { writeSync } from "node:fs";

/** What was said before a SIGKILL is heard: it is in the pipe when this returns. */
export function say(what: string, ...rest: readonly unknown[]): void {
  writeSync(1, `${JSON.stringify([what, ...rest])}\n`);
}
