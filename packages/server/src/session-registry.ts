/**
 * The open sessions, by account and client object. Each client object has one; a newer one takes
 * its place.
 */

/** A session as far as the register needs to know it. */
export interface Registered {
  readonly account: string;
  readonly instanceId: string;
  /** Its number within the instance. */
  readonly session: number;
}

export class SessionRegistry<Session extends Registered> {
  readonly #byAccount = new Map<string, Map<string, Session>>();
  #size = 0;

  /** How many sessions are open. */
  get size(): number {
    return this.#size;
  }

  /** The open session of this client object. */
  find(account: string, instanceId: string): Session | undefined {
    return this.#byAccount.get(account)?.get(instanceId);
  }

  /** Enters a session and returns the one whose place it takes, which is off the register. */
  add(session: Session): Session | undefined {
    let instances = this.#byAccount.get(session.account);
    if (!instances) this.#byAccount.set(session.account, (instances = new Map<string, Session>()));
    const older = instances.get(session.instanceId);
    instances.set(session.instanceId, session);
    if (!older) this.#size++;
    return older;
  }

  /**
   * Takes a session off. One whose place was taken is none of ours any more: the newer one stays.
   */
  remove(session: Session): void {
    const instances = this.#byAccount.get(session.account);
    if (instances?.get(session.instanceId) !== session) return;
    instances.delete(session.instanceId);
    if (instances.size === 0) this.#byAccount.delete(session.account);
    this.#size--;
  }

  /** How many sessions of an account are open. */
  countOf(account: string): number {
    return this.#byAccount.get(account)?.size ?? 0;
  }

  /** The open sessions of an account, oldest first. */
  of(account: string): readonly Session[] {
    return [...(this.#byAccount.get(account)?.values() ?? [])];
  }
}
