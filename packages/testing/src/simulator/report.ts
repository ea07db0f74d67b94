/** What the simulator says to people: a line for each run, a story where one fails, the totals. */
import { FAULT_NAMES } from "./faults.ts";
import type { JournalLine } from "./journal.ts";
import type { FaultStroke } from "./run-plan.ts";
import type { RunResult } from "./simulation.ts";

/** How much a run must have seen to be counted. */
const COUNTED = { devices: 3, minutes: 5, transactions: 100, strokes: 10, kinds: 4, events: 2_000 };
/** After so many counted runs every fault and every reason must have been met. */
const COMPLETE_RUNS = 200;
/** A timeline shows so much before the violation. */
const TIMELINE_LINES = 120;

/** The reasons that a batch of runs must have met: all but our own faults. */
export const REASONS: readonly string[] = (
  "pingTimeout probeFailed transportClosed openFailed connectTimeout handshakeTimeout refused " +
  "goingAway tokenUnavailable protocolViolated started userStop serverStop authLost " +
  "authRejected networkLost appInactive appFrozen credentialsGained accountChanged networkChanged " +
  "appActive woke retry dialFloor opened connectNow"
).split(" ");

/** Was the run long, busy and broken enough to prove anything? */
export function isCounted({ plan, transactions, events, faults }: RunResult): boolean {
  return (
    plan.layout.devices.length >= COUNTED.devices &&
    plan.lastsMs >= COUNTED.minutes * 60_000 &&
    transactions >= COUNTED.transactions &&
    plan.strokes.length >= COUNTED.strokes &&
    faults.size >= COUNTED.kinds &&
    events >= COUNTED.events
  );
}

/** One line. */
export function lineOf(result: RunResult, wallMs: number): string {
  const { plan, events, transactions, faults, restMs, violation, hash } = result;
  const { seed, layout, strokes, lastsMs } = plan;
  const fate = violation ? `FAILED: ${violation.property}` : "ok";
  const parts = [
    `${layout.devices.length} devices`,
    `${lastsMs / 60_000} min`,
    `${transactions} transactions`,
    `${strokes.length} faults of ${faults.size} kinds`,
    `${events} events`,
    `at rest after ${(restMs / 1_000).toFixed(1)} s`,
    `hash ${hash}`,
    `${Math.round(wallMs)} ms`,
  ];
  const counted = isCounted(result) ? "" : ", not counted";
  return `seed ${seed}: ${fate} (${parts.join(", ")}${counted})`;
}

/** How a run failed: what broke, under which faults, and what led to it. */
export function storyOf(result: RunResult, strokes: readonly FaultStroke[]): readonly string[] {
  const { plan, violation, world } = result;
  if (!violation) return [];
  const until = world.journal.lines.filter(({ at }) => at <= violation.at);
  return [
    violation.property,
    `  ${violation.detail}`,
    `It needs these of the ${plan.strokes.length} faults of seed ${plan.seed}:`,
    ...strokes.map((stroke) => `  ${describe(stroke, plan.layout.devices)}`),
    "What led to it:",
    ...until.slice(-TIMELINE_LINES).map(timelineOf),
  ];
}

function describe(
  { id, fault, at, lastsMs, device }: FaultStroke,
  devices: readonly { readonly name: string }[],
): string {
  const where = devices[device]?.name ?? "";
  return `#${id} at ${seconds(at)} s for ${seconds(lastsMs)} s: ${fault} (${where})`;
}

function timelineOf({ at, who, what }: JournalLine): string {
  return `${seconds(at).padStart(9)}  ${who.padEnd(9)}  ${what.slice(0, 160)}`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

/** Adds up the runs of a batch. */
export class Totals {
  runs = 0;
  counted = 0;
  failed = 0;
  events = 0;
  transactions = 0;
  readonly reasons: Map<string, number> = new Map();
  readonly faults: Map<string, number> = new Map();

  add(result: RunResult): void {
    this.runs++;
    if (result.violation) this.failed++;
    else if (isCounted(result)) this.counted++;
    this.events += result.events;
    this.transactions += result.transactions;
    for (const [name, count] of result.reasons) addTo(this.reasons, name, count);
    for (const [name, count] of result.faults) addTo(this.faults, name, count);
  }

  /** No run failed; and so many have left out no fault and no reason. */
  get holds(): boolean {
    return this.failed === 0 && (this.counted < COMPLETE_RUNS || this.missing.length === 0);
  }

  /** Faults and reasons that no run has met. */
  get missing(): readonly string[] {
    return [
      ...FAULT_NAMES.filter((name) => !this.faults.has(name)),
      ...REASONS.filter((name) => !this.reasons.has(name)),
    ];
  }

  lines(wallMs: number): readonly string[] {
    const { runs, counted, failed, events, transactions } = this;
    const rate = Math.round((1_000 * events) / Math.max(wallMs, 1));
    return [
      `${runs} runs, ${counted} counted, ${failed} failed; ${transactions} transactions, ` +
        `${events} events, ${rate} a second`,
      `faults: ${listed(FAULT_NAMES, this.faults)}`,
      `reasons: ${listed([...new Set([...REASONS, ...this.reasons.keys()])], this.reasons)}`,
      ...(this.missing.length > 0 ? [`never met: ${this.missing.join(", ")}`] : []),
    ];
  }
}

function addTo(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function listed(names: readonly string[], counts: ReadonlyMap<string, number>): string {
  return names.map((name) => `${name} ${counts.get(name) ?? 0}`).join(", ");
}
