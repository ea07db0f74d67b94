/**
 * Walks the connection machine and says what it found as `docs/connection-states.md`: a diagram,
 * what each event does in each state, the deadlines, the reasons; and as the fingerprint that
 * traces carry. `check-docs.ts` writes and checks both.
 */
import { createHash } from "node:crypto";

import { build } from "esbuild";

import type * as Machine from "../packages/client/src/connection/machine.ts";
import type * as Exploration from "../packages/testing/src/exploration/index.ts";
import { sourceAliases } from "./source-aliases.ts";
import type { Walked } from "./states-page.ts";

/** Loads a module from the sources, whatever has been built. */
async function fromSources<Module>(name: string): Promise<Module> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(name)};`, resolveDir: import.meta.dirname },
    alias: Object.fromEntries(sourceAliases().map(({ name: from, path }) => [from, path])),
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
  });
  const code = Buffer.from(outputFiles[0]?.text ?? "").toString("base64");
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as Module;
}

const machine = await fromSources<typeof Machine>("@holdfast/client/machine");
const exploration = await fromSources<typeof Exploration>("@holdfast/testing/exploration");

/** Where the fingerprint stands, and the text of that file as it should be today. */
export const edgesPath = "packages/client/src/connection/connection-edges.ts";
export function connectionEdges({ rows }: Walked): string {
  const ways = rows.map(({ from, event, to, effects, reasons }) =>
    [from, event, to, effects, ...[...reasons].sort()].join(" "),
  );
  const hash = createHash("sha256").update(ways.sort().join("\n")).digest("hex");
  return `/**
 * The fingerprint of the machine. Made by \`npm run docs:write\`, which walks it; do not edit.
 */

/** Of all ways that the machine can take: state, event, state, effects and reasons. */
export const EDGES_HASH = "${hash.slice(0, 16)}";
`;
}

/** Everything that the machine can do. */
export function walkMachine(): Walked {
  const { transition, DEFAULT_CONNECTION_POLICY, pendingDeadlines, causeOf } = machine;
  const rows = new exploration.RowCollector();
  const deadlines: Walked["deadlines"] = new Map();
  let models = 0;
  for (const background of ["keep", { graceMs: 30_000 }] as const) {
    const policy = { ...DEFAULT_CONNECTION_POLICY, background };
    const { visits, finding } = exploration.explore({ transition, policy, rows });
    if (finding) throw new Error(`${finding.invariant}: ${finding.path.join(", ")}`);
    models += visits.length;
    for (const { model } of visits) {
      const pending = Object.keys(pendingDeadlines(model, policy));
      const seen = deadlines.get(model.state) ?? { count: 0, names: new Map<string, number>() };
      deadlines.set(model.state, seen);
      seen.count += 1;
      for (const name of pending) seen.names.set(name, (seen.names.get(name) ?? 0) + 1);
    }
  }
  const failures = Object.keys(exploration.FAILURES) as Machine.FailureReason[];
  const causes = new Map<string, string>(failures.map((reason) => [reason, causeOf(reason)]));
  return { rows: rows.rows(), states: machine.CONNECTION_STATES, deadlines, causes, models };
}
