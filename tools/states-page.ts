/** Turns what an exploration found into `docs/connection-states.md`. Pure: rows in, text out. */
import type { ConnectionState } from "../packages/client/src/connection/connection-state.ts";
import type { Row } from "../packages/testing/src/exploration/reachable-row.ts";

/** What was found by walking the machine. */
export interface Walked {
  readonly rows: readonly Row[];
  readonly states: readonly ConnectionState[];
  /** How many models each state has, and in how many of them a deadline is pending. */
  readonly deadlines: Map<ConnectionState, { count: number; readonly names: Map<string, number> }>;
  /** Whom each failure concerns, by its reason. */
  readonly causes: ReadonlyMap<string, string>;
  readonly models: number;
}

const MEANINGS: Readonly<Record<ConnectionState, string>> = {
  stopped: "Nobody wants to be connected. Only `start` leads out.",
  waitingForConstraints: "Credentials or the network are missing.",
  connectingTransport: "A socket is being opened.",
  authenticating: "The socket is open; hello and token are on their way.",
  open: "Welcomed. The heartbeat watches.",
  backoff: "Nothing blocks; a dial is planned.",
  backgroundSuspended: "The app is in the background, or frozen, and nothing else is missing.",
};

const LIVE: ReadonlySet<string> = new Set(["connectingTransport", "authenticating", "open"]);

export function statesPage(walked: Walked): string {
  const { models, rows } = walked;
  return `# The connection's states

Made by \`tools/state-diagram.ts\`, which walks the machine through all of its ${models} reachable models (both
background policies, clocks and counts folded to classes) with everything that can happen in each. Do not edit:
\`npm run docs:write\` makes it anew, \`npm run docs:check\` fails when it is stale.

## The diagram

An arrow carries the reasons that the connection has after taking it. What leads from any of the three states
that have a transport is drawn once, from \`live\`.

\`\`\`mermaid
${diagram(walked)}
\`\`\`

## The states and their deadlines

A deadline in **bold** is pending in every model of its state; the others come and go.

${stateTable(walked)}

## What each event does in each state

\`·\` stays (perhaps noting a fact), \`-\` is dropped, as all events of old sessions and alarms that are not pending
are in every state. Otherwise: the states it can lead to.

${eventTable(walked)}

## The reasons

What caused the last change of state. A failure also says whom it concerns, which decides how the next dial is
spread: this client alone (\`local\`), perhaps every client (\`fleet\`), or nobody that haste would help (\`slow\`).

${reasonTable(walked)}

## Every way

Each row is a state, an event, and a place it leads to with these effects; the guard says what the models and
variants that go this way have in common and their siblings have not. Ways that neither leave the state nor have
an effect are left out.

${wayTable(rows)}
`;
}

function diagram({ rows, states }: Walked): string {
  const edges = new Map<string, Set<string>>();
  for (const { from, to, reasons } of rows) {
    const isDial = LIVE.has(from) && LIVE.has(to);
    if (from === to && !isDial) continue;
    const source = LIVE.has(from) && !LIVE.has(to) ? "live" : from;
    const key = `${source} --> ${to}`;
    const told = edges.get(key) ?? new Set();
    edges.set(key, told);
    for (const reason of reasons) if (from !== to || isNewDial(from, to, reason)) told.add(reason);
  }
  const place = (name: string): number =>
    name === "live" ? states.length : states.indexOf(name as ConnectionState);
  const order = (key: string): number => {
    const [from = "", to = ""] = key.split(" --> ");
    return place(from) * 10 + place(to);
  };
  const drawn = [...edges].filter(([, reasons]) => reasons.size > 0);
  drawn.sort(([one], [other]) => order(one) - order(other));
  const lineOf = ([key, reasons]: readonly [string, ReadonlySet<string>]): string =>
    `  ${key}: ${wrapped(attempt(key) ?? [...reasons].sort(byName))}`;
  const inner = drawn.filter(([key]) => isInner(key)).map(lineOf);
  const outer = drawn.filter(([key]) => !isInner(key)).map(lineOf);
  const live = [`  state live {`, ...inner.map((line) => `  ${line}`), `  }`];
  return ["stateDiagram-v2", "  [*] --> stopped", ...live, ...outer].join("\n");
}

/** A dial that replaces a dial; other rows within `connectingTransport` only stay there. */
function isNewDial(from: string, to: string, reason: string): boolean {
  return from === to && to === "connectingTransport" && reason === "accountChanged";
}

/** The attempt goes on; its reason is still what made it. */
function attempt(key: string): readonly string[] | undefined {
  if (key === "connectingTransport --> authenticating") return ["the socket opens"];
  return undefined;
}

function isInner(key: string): boolean {
  return key.split(" --> ").every((state) => LIVE.has(state));
}

function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  for (let at = 0; at < words.length; at += 3) lines.push(words.slice(at, at + 3).join(", "));
  return lines.join(",<br/>");
}

function stateTable({ states, deadlines }: Walked): string {
  const rows = states.map((state) => {
    const { count = 0, names = new Map<string, number>() } = deadlines.get(state) ?? {};
    const told = [...names].sort(([one], [other]) => byName(one, other));
    const words = told.map(([name, times]) => (times === count ? `**${name}**` : name));
    return [`\`${state}\``, MEANINGS[state], words.join(", ") || "none", `${count}`];
  });
  return table(["state", "what it means", "deadlines", "models"], rows);
}

function eventTable({ rows, states }: Walked): string {
  const events = [...new Set(rows.map(({ event }) => event))].sort(byName);
  const cells = events.map((event) => [
    event,
    ...states.map((state) => cell(rows.filter((row) => row.event === event && row.from === state))),
  ]);
  return table(["event", ...states], cells);
}

/** Where the rows of one state and event lead. */
function cell(rows: readonly Row[]): string {
  const alive = rows.filter(({ effects }) => effects !== "stale");
  if (alive.length === 0) return "-";
  const stays = alive.some(({ from, to }) => from === to) ? ["·"] : [];
  const targets = alive.filter(({ from, to }) => from !== to).map(({ to }) => to);
  return [...stays, ...new Set(targets.sort(byName))].join(", ");
}

function reasonTable({ rows, causes }: Walked): string {
  const reasons = new Set(rows.flatMap((row) => row.reasons));
  const told = [...reasons].sort(byName).map((reason) => {
    const leading = rows.filter(
      ({ from, to, reasons: named }) =>
        from !== to && to !== "authenticating" && named.includes(reason),
    );
    const events = [...new Set(leading.map(({ event }) => event))].sort(byName);
    const targets = [...new Set(leading.map(({ to }) => to))].sort(byName);
    return [`\`${reason}\``, causes.get(reason) ?? "", targets.join(", "), events.join(", ")];
  });
  return table(["reason", "concerns", "state", "after"], told);
}

function wayTable(rows: readonly Row[]): string {
  const ways = rows
    .filter(({ from, to, effects }) => effects !== "stale" && (from !== to || effects !== "-"))
    .map(({ from, event, guard, to, effects }) => [
      from,
      event,
      guard.replaceAll("|", "or"),
      to,
      effects,
    ])
    .sort((one, other) => byName(one.join(), other.join()));
  return `${ways.length} ways.\n\n${table(["from", "event", "guard", "to", "effects"], ways)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (words: readonly string[]): string => `| ${words.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The same order on every machine. */
function byName(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
