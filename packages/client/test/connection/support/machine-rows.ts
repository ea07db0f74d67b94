/** The rows of the table, with those that stand for many written out. */
import { ALARMS, FACTS } from "./connection-row.ts";
import { MACHINE_TABLE } from "./machine-table.ts";

export interface MachineRow {
  readonly place: string;
  readonly event: string;
  readonly to: string;
  readonly reason: string;
  readonly effects: string;
  readonly notes: string;
}

const facts = Object.keys(FACTS);
const alarms = ALARMS.map((name) => `alarm ${name}`);

function* rowsOf(section: string): Generator<MachineRow> {
  const [place = "", ...lines] = section.split("\n");
  const named = new Set(lines.map((line) => line.split("|")[0]?.trim()));
  for (const line of lines) {
    const cells = line.split("|").map((cell) => cell.trim());
    const [event = "", to = "", reason = "", effects = "", notes = ""] = cells;
    for (const one of eventsOf(event, named)) {
      yield { place, event: one, to, reason, effects, notes };
    }
  }
}

function eventsOf(event: string, named: ReadonlySet<string | undefined>): readonly string[] {
  switch (event) {
    case "any fact":
      return facts;
    case "any old fact":
      return facts.map((fact) => `old ${fact}`);
    case "any other alarm":
      return alarms.filter((alarm) => !named.has(alarm));
    default:
      return [event];
  }
}

export const MACHINE_ROWS: readonly MachineRow[] = MACHINE_TABLE.trim()
  .split("\n\n")
  .slice(1)
  .flatMap((section) => [...rowsOf(section)]);

/** The event's type, as the exploration names it: with the deadline for alarms. */
export function eventType({ event }: MachineRow): string {
  const [type = "", deadline] = event.replace(/^old /, "").split(" ");
  return type === "alarm" ? `alarm ${deadline}` : type;
}

export function stateOf({ place }: MachineRow): string {
  return place.split(":")[0] ?? "";
}
