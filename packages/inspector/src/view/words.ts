/**
 * The connection in plain words for those who build on it. The types make each table complete: a
 * new word of the client does not compile until somebody has said what it means.
 */
import type { Blocker, ConnectionConstraints, ConnectionState } from "@holdfast/client";
import type { ConnectionReason, DeadlineName } from "@holdfast/client/machine";

/** How a state feels: the colour of whatever shows it. */
export type Mood = "good" | "busy" | "bad" | "idle";

export interface StateWords {
  /** Short enough for a box of the diagram. */
  readonly title: string;
  readonly text: string;
  readonly mood: Mood;
}

export const STATE_WORDS: Readonly<Record<ConnectionState, StateWords>> = {
  stopped: { title: "Stopped", text: "Nobody asks for a connection.", mood: "idle" },
  waitingForConstraints: {
    title: "Waiting",
    text: "Something that a connection needs is missing.",
    mood: "bad",
  },
  connectingTransport: { title: "Dialling", text: "A socket is being opened.", mood: "busy" },
  authenticating: {
    title: "Saying hello",
    text: "The socket is open; the server has yet to welcome us.",
    mood: "busy",
  },
  open: { title: "Open", text: "Welcomed. The heartbeat watches.", mood: "good" },
  backoff: { title: "Backing off", text: "The last try failed; a dial is planned.", mood: "bad" },
  backgroundSuspended: {
    title: "Suspended",
    text: "The app is in the background or frozen.",
    mood: "idle",
  },
};

const REASONS: Readonly<Record<ConnectionReason, string>> = {
  pingTimeout: "a ping was not answered in time",
  probeFailed: "the server did not answer a probe",
  sendFailed: "a frame could not be written",
  transportClosed: "the socket closed",
  openFailed: "the socket did not open",
  connectTimeout: "the socket did not open in time",
  handshakeTimeout: "no welcome came in time",
  refused: "the server refused the session for now",
  goingAway: "the server goes away",
  tokenUnavailable: "no token could be had just now",
  protocolViolated: "the server broke the protocol",
  internal: "a fault of our own",
  started: "start was called",
  connectNow: "connectNow was called",
  userStop: "stop was called",
  serverStop: "the server asked us to stay away",
  authLost: "nobody is signed in",
  authRejected: "the server rejected the token",
  accountMismatch: "the server knows the token under another account",
  networkLost: "the platform says that it is offline",
  appInactive: "the app was in the background for too long",
  appFrozen: "the page was frozen",
  credentialsGained: "there are credentials now",
  accountChanged: "somebody else is signed in now",
  networkChanged: "the network is back, or another one",
  appActive: "the app is in front again",
  woke: "the machine slept and woke",
  retry: "it was time for the next try",
  dialFloor: "two dials are kept a moment apart",
  opened: "the server welcomed us",
};

export const CONSTRAINT_WORDS: Readonly<
  Record<keyof ConnectionConstraints, { readonly label: string; readonly blocker: Blocker }>
> = {
  auth: { label: "Signed in", blocker: "auth" },
  network: { label: "Network", blocker: "network" },
  appActive: { label: "App in front", blocker: "app" },
  notFrozen: { label: "Page awake", blocker: "frozen" },
};

const DEADLINES: Readonly<Record<DeadlineName, string>> = {
  connect: "gives up opening the socket",
  handshake: "gives up waiting for the welcome",
  stable: "forgets earlier failures",
  tokenRenewal: "sends a new token",
  leave: "leaves, as the server asked",
  drain: "closes, calls in flight or not",
  backoff: "dials again",
  renewal: "gives up waiting for a token",
  offlineRetry: "dials although the platform says offline",
  grace: "suspends in the background",
  ping: "asks for a pong",
  pong: "gives up on any answer",
  probe: "gives up on the probe",
  ownPong: "gives up on the ping's own pong",
};

/** Why, in words; a word that no machine of ours has is told as it is. */
export function reasonWords(reason: string): string {
  return wordOf(REASONS, reason) ?? cut(reason);
}

/** What happens when a deadline comes. */
export function deadlineWords(name: string): string {
  return wordOf(DEADLINES, name) ?? cut(name);
}

function wordOf(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Long words make long lines; files may hold any. */
export function cut(text: string, most = 160): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
