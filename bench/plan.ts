/** What this run is to do: which workloads, which libraries, how many rounds, where to write. */
import { parseArgs } from "node:util";

import { PEERS } from "./peers/peer-list.ts";
import type { PeerEntry } from "./peers/peer-list.ts";

export const USAGE = `npm run bench -- [flags]
  --smoke           few and short rounds, in two minutes; prints only
  --only a,b        some workloads, printed only: bench/README.md has their names
  --peers ws,tRPC   some libraries, printed only
  --rounds N        so many rounds
  --out FOLDER      writes the page there; docs is where a whole run writes
  --profile FOLDER  a .cpuprofile of each process`;

const options = {
  help: { type: "boolean", default: false },
  smoke: { type: "boolean", default: false },
  only: { type: "string", default: "" },
  peers: { type: "string", default: "" },
  rounds: { type: "string", default: "0" },
  out: { type: "string" },
  profile: { type: "string" },
} as const;

const listOf = (names: string): string[] => names.split(",").filter((name) => name !== "");

export class Plan {
  /** Only the usage was asked for. */
  readonly isHelp: boolean;
  /** Few and short rounds, to see that everything runs. */
  readonly isSmoke: boolean;
  /** Only these workloads; all when empty. */
  readonly only: readonly string[];
  /** The folder of the report; undefined: print only. */
  readonly out: string | undefined;
  /** The folder of processor profiles; undefined: none. */
  readonly profile: string | undefined;
  readonly #rounds: number;
  readonly #peers: readonly string[];

  /** Throws on a flag, a library or a number that it does not know: a run takes long. */
  constructor(args: readonly string[]) {
    const { values } = parseArgs({ args: [...args], options });
    this.isHelp = values.help;
    this.isSmoke = values.smoke;
    this.only = listOf(values.only);
    this.#peers = listOf(values.peers);
    this.#rounds = Number(values.rounds);
    this.profile = values.profile;
    if (!Number.isSafeInteger(this.#rounds) || this.#rounds < 0)
      throw new Error("--rounds takes a whole number");
    const stranger = this.#peers.find((asked) => PEERS.every(({ name }) => name !== asked));
    if (stranger !== undefined) throw new Error(`no library is called ${stranger}`);
    const isWhole = !this.isSmoke && this.only.length === 0 && this.#peers.length === 0;
    this.out = values.out ?? (isWhole ? "docs" : undefined);
  }

  /** One in a smoke run, or as many as were asked for. */
  rounds(usual: number): number {
    return this.#rounds > 0 ? this.#rounds : this.isSmoke ? 1 : usual;
  }

  /** One value for a full run, one for a smoke run. */
  pick<Value>(full: Value, smoke: Value): Value {
    return this.isSmoke ? smoke : full;
  }

  /** The libraries that take part, of those that can. */
  peers(can: (peer: PeerEntry) => boolean = () => true): string[] {
    const asked = this.#peers;
    const wanted = ({ name }: PeerEntry): boolean => asked.length === 0 || asked.includes(name);
    return PEERS.filter((peer) => wanted(peer) && can(peer)).map(({ name }) => name);
  }
}
