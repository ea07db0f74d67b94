/**
 * `holdfast-trace` without its process: the text of a file in, the lines to print and the exit code
 * out.
 */
import { readTrace, replay } from "@holdfast/client/machine";
import type { TraceDifference } from "@holdfast/client/machine";

import type { ExportedTrace } from "@holdfast/client/trace";

import { traceHead, traceTimeline } from "./trace-timeline.ts";

export const TRACE_USAGE = `holdfast-trace FILE

Prints what an exported trace tells (exportTrace of @holdfast/client/trace), and whether the
machine of this version comes to the same.
Exit code 0: it does, or the trace is of another version. 1: it does not, or the file is no trace.`;

/** In characters; the rest of a longer line is left out. */
const LINE_MAX = 500;

/** What the command says of a file. */
export interface TraceReport {
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1;
}

/** Reads the text of a file that should hold a trace. */
export function traceReport(text: string): TraceReport {
  const trace = readTrace(text);
  if (typeof trace === "string") return { lines: [trace], exitCode: 1 };
  try {
    return reportOf(trace);
  } catch {
    // Its outer shape was right; what is inside of it can be anything.
    return { lines: ["The trace is not whole: its models cannot be read."], exitCode: 1 };
  }
}

function reportOf(trace: ExportedTrace): TraceReport {
  const { verdict, agreed, difference } = replay(trace);
  const lines = [traceHead(trace), "", ...traceTimeline(trace), ""];
  switch (verdict) {
    case "same":
      lines.push(`Replayed: the machine does the same, ${agreed} of ${agreed} events.`);
      break;
    case "otherVersion":
      lines.push(`Replayed: another version. This machine has other edges and does otherwise:`);
      break;
    case "different":
      lines.push(`Replayed: the machine does otherwise after ${agreed} events that agree:`);
      break;
  }
  if (difference) lines.push(...inWords(difference));
  return { lines: lines.map(printable), exitCode: verdict === "different" ? 1 : 0 };
}

function inWords({ index, entry, what, expected, got }: TraceDifference): readonly string[] {
  const told = (value: unknown): string => JSON.stringify(value) ?? "nothing";
  return [
    `  event ${index + 1}, ${entry.event.type}: ${what}`,
    `    the trace says   ${told(expected)}`,
    `    the machine says ${told(got)}`,
  ];
}

/** A trace is somebody's file: it must not speak to the terminal, nor without end. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?").slice(0, LINE_MAX);
}
