/**
 * Which owners of records are awake, in a SQLite file: each has a lease that its process renews.
 * A lease counts no longer once it has run out, or once its process is gone from this host, so that
 * a process that is started again goes on at once.
 */
import type { Clock } from "../base/clock.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { SqliteGlobals } from "./sqlite-driver.ts";

/** How long a lease counts after its last renewal, in ms. */
export const LEASE_MS = 15_000;

/** How often leases are renewed, in ms. */
export const RENEW_MS = 5_000;

const SET = "insert or replace into holdfast_leases values (?, ?, ?, ?, ?)";
const ALL = "select owner, host, pid, expires_at from holdfast_leases where account = ?";
const DELETE = "delete from holdfast_leases where account = ? and owner = ?";

interface Lease {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  readonly expires_at: number;
}

export class SqliteLeases {
  readonly #connection: SqliteConnection;
  readonly #account: string;
  readonly #clock: Clock;
  readonly #process: SqliteGlobals["process"];
  readonly #host: string;
  readonly #owners = new Set<string>();

  constructor(
    connection: SqliteConnection,
    account: string,
    clock: Clock,
    { process }: SqliteGlobals,
  ) {
    const os = process?.getBuiltinModule("node:os") as { hostname(): string } | undefined;
    this.#connection = connection;
    this.#account = account;
    this.#clock = clock;
    this.#process = process;
    this.#host = os?.hostname() ?? "";
  }

  /** Takes the owner's lease. In a transaction of the caller. */
  take(owner: string): void {
    this.#owners.add(owner);
    this.#set(owner);
  }

  /** Tells free owners from those awake, and forgets leases that no longer count. As `take`. */
  free(): (owner: string) => boolean {
    const awake = new Set<string>();
    for (const lease of this.#connection.sql(ALL).all(this.#account) as Lease[]) {
      if (this.#counts(lease)) awake.add(lease.owner);
      else this.delete(lease.owner);
    }
    return (owner) => !awake.has(owner);
  }

  /** Renews what this client holds. */
  renew(): void {
    if (this.#owners.size === 0) return;
    this.#connection.transact(false, () => {
      for (const owner of this.#owners) this.#set(owner);
    });
  }

  /** Renews the owner's lease no longer, so that it runs out; false if it had none. */
  drop(owner: string): boolean {
    return this.#owners.delete(owner);
  }

  /** Ends a lease at once. In a transaction of the caller. */
  delete(owner: string): void {
    this.#connection.sql(DELETE).run(this.#account, owner);
  }

  get owners(): readonly string[] {
    return [...this.#owners];
  }

  #set(owner: string): void {
    const expiresAt = this.#clock.wallNow() + LEASE_MS;
    const pid = this.#process?.pid ?? 0;
    this.#connection.sql(SET).run(this.#account, owner, this.#host, pid, expiresAt);
  }

  #counts({ host, pid, expires_at: expiresAt }: Lease): boolean {
    const leftMs = expiresAt - this.#clock.wallNow();
    // None is longer, unless the clock was set back since.
    if (leftMs <= 0 || leftMs > LEASE_MS) return false;
    return host !== this.#host || this.#isRunning(pid);
  }

  #isRunning(pid: number): boolean {
    try {
      this.#process?.kill(pid, 0);
      return true;
    } catch (error) {
      // Anything else, such as `EPERM`, is said of a process that there is.
      return (error as { readonly code?: unknown }).code !== "ESRCH";
    }
  }
}
