/** What a server has counted since it began, for dashboards and tests. */

export interface ServerStats {
  /** Connections that are not gone yet, in whatever state. */
  readonly connections: number;
  /** Open sessions. */
  readonly sessions: number;
  /** Buckets that have a subscriber. */
  readonly buckets: number;
  readonly handshakes: number;
  readonly framesReceived: number;
  readonly framesSent: number;
  readonly messagesReceived: number;
  readonly callsStarted: number;
  /** Keyed calls that were answered by what is stored, without running. */
  readonly keyedReplays: number;
  /** Keyed calls that run now, also those whose sessions have ended. */
  readonly keyedCallsRunning: number;
  /** Units of work that became durable. */
  readonly commits: number;
  /** How often the store failed. */
  readonly storeFaults: number;
  readonly updatesPublished: number;
  /**
   * Pushes handed to sessions: one for each subscriber of a published update. What was read from
   * the log is pushed a page at a time.
   */
  readonly updatesPushed: number;
  /** Subscriptions whose client must fetch now, because it was not there or reads too slowly. */
  readonly feedsBehind: number;
  /** How often a bucket's news were told without the data. */
  readonly headsSaid: number;
  /** Pages of the log, asked for or not. */
  readonly pagesSaid: number;
  /** What waits for all clients together and the network has not taken, in bytes. */
  readonly bufferedBytes: number;
  /** What one handshake takes of the event loop, in ms: a moving average. */
  readonly handshakeMs: number;
  /** Over how long reconnects would be spread if all sessions dropped now, in ms. */
  readonly windowMs: number;
  /** How often each refusal was said, by its code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** How many upgrades were answered with an HTTP status instead, by that status. */
  readonly upgradesDeclined: Readonly<Record<string, number>>;
}

/** The counts themselves; only the server and its sessions write them. */
export class ServerCounts {
  handshakes = 0;
  framesReceived = 0;
  framesSent = 0;
  messagesReceived = 0;
  callsStarted = 0;
  keyedReplays = 0;
  commits = 0;
  updatesPublished = 0;
  updatesPushed = 0;
  feedsBehind = 0;
  headsSaid = 0;
  pagesSaid = 0;
  readonly refusals: Map<string, number> = new Map();
  readonly upgradesDeclined: Map<number, number> = new Map();

  refused(code: string): void {
    // The application's own codes come in any number; past a bound they count as one.
    const name = this.refusals.has(code) || this.refusals.size < 100 ? code : "other";
    this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
  }

  declined(httpStatus: number): void {
    this.upgradesDeclined.set(httpStatus, (this.upgradesDeclined.get(httpStatus) ?? 0) + 1);
  }
}
