/**
 * The command line of `holdfast-fault-link`, as pure functions: words in, a link to open out, and
 * what it does in plain words.
 */
import { parseArgs } from "node:util";

import type { FaultLinkStats, FaultLinkTarget, LinkFaults, PathDirection } from "./fault-link.ts";

/** What the command line asks for. */
export interface FaultLinkCommand {
  readonly port: number;
  readonly target: FaultLinkTarget;
  readonly seed: number;
  readonly faults: LinkFaults;
  readonly direction: PathDirection | "both";
  readonly resetEveryMs?: readonly [min: number, max: number];
}

export const FAULT_LINK_USAGE = `holdfast-fault-link --target [HOST:]PORT [--listen PORT] [faults]

Listens on 127.0.0.1 and carries TCP to the target, with these faults:
  --latency MS          everything comes so much later
  --jitter MS           and up to so much later still
  --bandwidth BYTES     a second, no more
  --split BYTES         in pieces of 1 to so many bytes
  --coalesce MS         what comes within this time is joined
  --drop-after BYTES    a connection ends when so many have passed
  --stall               nothing moves, nothing is lost
  --black-hole          what comes is swallowed, and nobody is told
  --direction WAY       toServer, toClient or both (default): where these hold
  --accept-delay MS     a dial reaches the target so much later
  --refuse              dials are reset
  --reset-every MIN-MAX all connections are reset every so many milliseconds
  --seed N              what all that is drawn follows from (default 1)`;

/** Options that take a number, and the fault that each sets. */
const numbers: readonly (readonly [option: string, fault: keyof LinkFaults])[] = [
  ["latency", "latencyMs"],
  ["jitter", "jitterMs"],
  ["bandwidth", "bytesPerSecond"],
  ["split", "splitBytes"],
  ["coalesce", "coalesceMs"],
  ["drop-after", "dropAfterBytes"],
  ["accept-delay", "acceptDelayMs"],
];

/** Options that take nothing, and the fault that each sets. */
const switches: readonly (readonly [option: string, fault: keyof LinkFaults])[] = [
  ["stall", "stall"],
  ["black-hole", "blackHole"],
  ["refuse", "refuse"],
];

const texts = ["listen", "target", "seed", "direction", "reset-every"];
const options = {
  ...Object.fromEntries(texts.map((name) => [name, { type: "string" } as const])),
  ...Object.fromEntries(numbers.map(([name]) => [name, { type: "string" } as const])),
  ...Object.fromEntries(switches.map(([name]) => [name, { type: "boolean" } as const])),
};

/** Throws an `Error` whose message says what is wrong. */
export function parseFaultLinkCommand(args: readonly string[]): FaultLinkCommand {
  const { values } = parseArgs({ args: [...args], options, strict: true });
  const text = (name: string, otherwise: string): string => String(values[name] ?? otherwise);
  const direction = text("direction", "both");
  if (direction !== "both" && direction !== "toServer" && direction !== "toClient") {
    throw new Error("--direction is toServer, toClient or both");
  }
  const every = values["reset-every"];
  return {
    port: numberOf("--listen", text("listen", "0")),
    target: targetOf(text("target", "")),
    seed: numberOf("--seed", text("seed", "1")),
    faults: Object.fromEntries([
      ...numbers
        .filter(([name]) => name in values)
        .map(([name, fault]) => [fault, numberOf(`--${name}`, text(name, ""))]),
      ...switches.filter(([name]) => name in values).map(([, fault]) => [fault, true]),
    ]) as LinkFaults,
    direction,
    ...(every === undefined ? {} : { resetEveryMs: rangeOf(String(every)) }),
  };
}

function targetOf(target: string): FaultLinkTarget {
  const [, host, port = ""] = /^(?:(.+):)?(\d+)$/.exec(target) ?? [];
  if (!port) throw new Error("--target [HOST:]PORT is needed");
  return host === undefined ? { port: Number(port) } : { host, port: Number(port) };
}

function rangeOf(range: string): readonly [min: number, max: number] {
  const [, min, max] = /^(\d+)-(\d+)$/.exec(range) ?? [];
  if (!min || !max || !(Number(min) >= 1 && Number(max) >= Number(min))) {
    throw new Error("--reset-every is MIN-MAX, in milliseconds, such as 200-500");
  }
  return [Number(min), Number(max)];
}

function numberOf(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`${name} takes a whole number`);
  return Number(value);
}

/** What the link does, a line each. */
export function describeFaultLink(command: FaultLinkCommand): readonly string[] {
  const { target, seed, faults, direction, resetEveryMs } = command;
  const way = { toServer: "To the server", toClient: "To the client", both: "Both ways" }[
    direction
  ];
  const path = [
    faults.latencyMs && `${faults.latencyMs} ms later`,
    faults.jitterMs && `up to ${faults.jitterMs} ms later by chance`,
    faults.bytesPerSecond && `${faults.bytesPerSecond} bytes a second at most`,
    faults.splitBytes && `in pieces of 1 to ${faults.splitBytes} bytes`,
    faults.coalesceMs && `joined within ${faults.coalesceMs} ms`,
    faults.dropAfterBytes !== undefined && `a connection ends after ${faults.dropAfterBytes} bytes`,
    faults.stall && "nothing moves",
    faults.blackHole && "everything is swallowed",
  ].filter(Boolean);
  const lines = [
    `Carries TCP to ${target.host ?? "127.0.0.1"}:${target.port}; seed ${seed}.`,
    path.length > 0 && `${way}: ${path.join(", ")}.`,
    faults.acceptDelayMs && `A dial reaches the target ${faults.acceptDelayMs} ms late.`,
    faults.refuse && "Dials are reset.",
    resetEveryMs && `All connections are reset every ${resetEveryMs.join(" to ")} ms.`,
  ];
  return lines.filter((line) => typeof line === "string");
}

/** What the link has done, in a line. */
export function describeFaultLinkStats({ accepted, bytes, faults }: FaultLinkStats): string {
  const done = Object.entries(faults).filter(([, count]) => count > 0);
  const faultWords = done.map(([kind, count]) => `${kind} ${count}`).join(", ");
  return `${accepted} connections, ${bytes.toServer} bytes to the server, ${bytes.toClient} to the client; ${faultWords || "no faults"}.`;
}
