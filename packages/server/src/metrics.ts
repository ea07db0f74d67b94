/**
 * A server's counts as Prometheus metrics, by `prom-client`, which the application installs. They
 * are read when somebody scrapes: between scrapes they cost nothing.
 */
import { Counter, Gauge } from "prom-client";
import type { Registry } from "prom-client";

import type { ServerStats } from "./server-stats.ts";

/** What is read; a `RealtimeServer`. */
export interface MetricsSource {
  readonly stats: ServerStats;
}

type NumberStat = {
  [Name in keyof ServerStats]: ServerStats[Name] extends number ? Name : never;
}[keyof ServerStats];

interface Metric {
  readonly name: string;
  readonly stat: NumberStat;
  readonly help: string;
  /** Prometheus wants seconds. */
  readonly isMs?: true;
}

/** What is now. */
const gauges: readonly Metric[] = [
  { name: "connections", stat: "connections", help: "Connections, in whatever state" },
  { name: "sessions", stat: "sessions", help: "Open sessions" },
  { name: "buckets", stat: "buckets", help: "Buckets that have a subscriber" },
  { name: "feeds_behind", stat: "feedsBehind", help: "Subscriptions whose client must fetch" },
  { name: "buffered_bytes", stat: "bufferedBytes", help: "Bytes that the network has not taken" },
  { name: "keyed_calls_running", stat: "keyedCallsRunning", help: "Keyed calls that run" },
  {
    name: "handshake_seconds",
    stat: "handshakeMs",
    help: "Event-loop time of a handshake, a moving average",
    isMs: true,
  },
  {
    name: "reconnect_window_seconds",
    stat: "windowMs",
    help: "Over how long reconnects would be spread",
    isMs: true,
  },
];

/** What has happened since the server began. */
const counters: readonly Metric[] = [
  { name: "handshakes_total", stat: "handshakes", help: "Sessions that were opened" },
  { name: "frames_received_total", stat: "framesReceived", help: "Frames that came in" },
  { name: "frames_sent_total", stat: "framesSent", help: "Frames that were written" },
  { name: "messages_received_total", stat: "messagesReceived", help: "Messages that came in" },
  { name: "calls_started_total", stat: "callsStarted", help: "Calls that were admitted" },
  {
    name: "keyed_replays_total",
    stat: "keyedReplays",
    help: "Keyed calls answered from the store",
  },
  { name: "commits_total", stat: "commits", help: "Units of work that became durable" },
  { name: "store_faults_total", stat: "storeFaults", help: "Failures of the store" },
  {
    name: "updates_published_total",
    stat: "updatesPublished",
    help: "Updates appended to buckets",
  },
  {
    name: "updates_pushed_total",
    stat: "updatesPushed",
    help: "Pushes of updates handed to sessions",
  },
  { name: "heads_total", stat: "headsSaid", help: "News told without the data" },
  { name: "pages_total", stat: "pagesSaid", help: "Pages of the log" },
];

/**
 * Registers the metrics of a server, all named `holdfast_…`; docs/operations.md says what each
 * means. One server a registry: a second one's names are taken, and `prom-client` throws.
 */
export function registerMetrics(server: MetricsSource, registry: Registry): void {
  const registers = [registry];
  const stats = readOnceATick(server);
  for (const { name, stat, help, isMs } of gauges) {
    const gauge: Gauge = new Gauge({
      name: `holdfast_${name}`,
      help,
      registers,
      collect: () => gauge.set(stats()[stat] / (isMs ? 1_000 : 1)),
    });
  }
  for (const { name, stat, help } of counters) {
    const counter: Counter = new Counter({
      name: `holdfast_${name}`,
      help,
      registers,
      collect: () => setTo(counter, stats()[stat]),
    });
  }
  labelled("refusals_total", "Refusals said, by code", "code", ({ refusals }) => refusals);
  const declines = "Upgrades answered with an HTTP status, by status";
  labelled(
    "upgrades_declined_total",
    declines,
    "status",
    ({ upgradesDeclined }) => upgradesDeclined,
  );

  function labelled(
    name: string,
    help: string,
    label: string,
    countsOf: (stats: ServerStats) => Readonly<Record<string, number>>,
  ): void {
    const counter: Counter = new Counter({
      name: `holdfast_${name}`,
      help,
      registers,
      labelNames: [label],
      collect: () => {
        counter.reset();
        for (const [value, count] of Object.entries(countsOf(stats()))) {
          counter.inc({ [label]: value }, count);
        }
      },
    });
  }
}

/** A scrape asks all metrics at once, and some stats look at every connection. */
function readOnceATick(server: MetricsSource): () => ServerStats {
  let stats: ServerStats | undefined;
  return () => {
    if (!stats) queueMicrotask(() => (stats = undefined));
    return (stats ??= server.stats);
  };
}

/** The server counts; here it is only shown. */
function setTo(counter: Counter, count: number): void {
  counter.reset();
  counter.inc(count);
}
