/**
 * The open sessions, by account and client object. Each client object has one; a newer one takes
 * its place. Most accounts have one session, which therefore stands by itself; a map of their own
 * is made for those that have more.
 */

/** A session as far as the register needs to know it. */
export interface Registered {
  readonly account: string;
  readonly instanceId: string;
  /** Its number within the instance. */
  readonly session: number;
}

export class SessionRegistry<Session extends Registered> {
  readonly #byAccount = new Map<string, Session | Map<string, Session>>();
  #size = 0;

  /** How many sessions are open. */
  get size(): number {
    return this.#size;
  }

  /** The open session of this client object. */
  find(account: string, instanceId: string): Session | undefined {
    const own = this.#byAccount.get(account);
    if (own instanceof Map) return own.get(instanceId);
    return own?.instanceId === instanceId ? own : undefined;
  }

  /** Enters a session and returns the one whose place it takes, which is off the register. */
  add(session: Session): Session | undefined {
    const { account, instanceId } = session;
    const own = this.#byAccount.get(account);
    const older = this.find(account, instanceId);
    if (own instanceof Map) own.set(instanceId, session);
    else if (own === older) this.#byAccount.set(account, session);
    else if (own) this.#byAccount.set(account, mapOf(own, session));
    if (!older) this.#size++;
    return older;
  }

  /**
   * Takes a session off. One whose place was taken is none of ours any more: the newer one stays.
   */
  remove(session: Session): void {
    const { account, instanceId } = session;
    if (this.find(account, instanceId) !== session) return;
    const own = this.#byAccount.get(account);
    if (own instanceof Map) own.delete(instanceId);
    if (!(own instanceof Map) || own.size === 0) this.#byAccount.delete(account);
    this.#size--;
  }

  /** How many sessions of an account are open. */
  countOf(account: string): number {
    const own = this.#byAccount.get(account);
    return own instanceof Map ? own.size : own ? 1 : 0;
  }

  /** The open sessions of an account, oldest first. */
  of(account: string): readonly Session[] {
    const own = this.#byAccount.get(account);
    if (own instanceof Map) return [...own.values()];
    return own ? [own] : [];
  }
}

function mapOf<Session extends Registered>(...sessions: Session[]): Map<string, Session> {
  return new Map(sessions.map((session) => [session.instanceId, session]));
}
