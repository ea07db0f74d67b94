/** What this run is to do: which workloads, which libraries, how many rounds, where to write. */
import { PEERS } from "./peers/peer-list.ts";
import type { PeerEntry } from "./peers/peer-list.ts";

export class Plan {
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

  constructor(args: readonly string[]) {
    const valueOf = (flag: string): string | undefined => {
      const at = args.indexOf(flag);
      return at < 0 ? undefined : args[at + 1];
    };
    const listOf = (flag: string): string[] => valueOf(flag)?.split(",") ?? [];
    this.isSmoke = args.includes("--smoke");
    this.only = listOf("--only");
    this.#peers = listOf("--peers");
    this.#rounds = Number(valueOf("--rounds") ?? 0);
    this.profile = valueOf("--profile");
    const isWhole = !this.isSmoke && this.only.length === 0 && this.#peers.length === 0;
    this.out = valueOf("--out") ?? (isWhole ? "docs" : undefined);
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
