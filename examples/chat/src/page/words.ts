/**
 * The client in plain words: a sentence for each state, reason, blocker, phase and failure. The
 * types make each table complete, so a new word of the client does not compile until somebody has
 * said what it means.
 */
import type {
  Blocker,
  ConnectionReason,
  ConnectionSnapshot,
  ConnectionState,
  RealtimeConnectionState,
} from "@holdfast/client";
import type { DisplayedState } from "@holdfast/client/display";
import type {
  BucketState,
  TransactionError,
  TransactionErrorKind,
  TransactionPhase,
} from "@holdfast/client/durable";

import { NO_COMMANDS } from "../contract.ts";

/** A heading and the sentence below it. */
export interface Words {
  readonly title: string;
  readonly text: string;
}

const STATES: Readonly<Record<ConnectionState, Words>> = {
  stopped: { title: "Stopped", text: "Nobody asks for a connection, so the client does nothing." },
  waitingForConstraints: {
    title: "Waiting",
    text: "Something that a connection needs is missing.",
  },
  connectingTransport: { title: "Dialling", text: "A socket to the server is being opened." },
  authenticating: {
    title: "Saying hello",
    text: "The socket is open; the server has yet to answer.",
  },
  open: { title: "Connected", text: "What is sent arrives, and news comes by itself." },
  backoff: {
    title: "Between tries",
    text: "The last try failed. The client waits before the next.",
  },
  backgroundSuspended: {
    title: "Suspended",
    text: "The page is asleep, so the socket was closed in good order.",
  },
};

const REASONS: Readonly<Record<ConnectionReason, string>> = {
  pingTimeout: "The server did not answer a ping in time.",
  probeFailed: "The server did not answer when asked whether it is still there.",
  sendFailed: "A message could not be handed to the network.",
  transportClosed: "The connection broke.",
  openFailed: "The server could not be reached.",
  connectTimeout: "The socket did not open in time.",
  handshakeTimeout: "The server did not answer the hello in time.",
  refused: "The server turned the client away for now.",
  goingAway: "The server announced that it goes away.",
  tokenUnavailable: "No token could be had just now.",
  protocolViolated: "The server said something that it may not say.",
  internal: "The client made a mistake of its own and starts afresh.",
  started: "The client was started.",
  connectNow: "You asked for it.",
  userStop: "You stopped it.",
  serverStop: "The server asked this client to stay away.",
  authLost: "Nobody is signed in.",
  authRejected: "The server refused the token.",
  accountMismatch: "The server knows this token under another account.",
  networkLost: "The device says that it is offline.",
  appInactive: "The app has been in the background for too long.",
  appFrozen: "The page was frozen.",
  credentialsGained: "There are credentials now.",
  accountChanged: "Somebody else is signed in now.",
  networkChanged: "The network is back, or another one.",
  appActive: "The page is awake again.",
  woke: "The computer slept and woke.",
  retry: "It was time for the next try.",
  dialFloor: "Two tries in a row are kept a moment apart.",
  opened: "The server welcomed the client.",
};

const BLOCKERS: Readonly<Record<Blocker, string>> = {
  auth: "a valid sign-in",
  network: "a network",
  app: "the app in front",
  frozen: "an awake page",
};

const PHASES: Readonly<Record<TransactionPhase, string>> = {
  saving: "Saving…",
  queued: "Waiting to be sent",
  inFlight: "Sending…",
  acked: "Sent",
  cancelling: "Being taken back…",
  done: "Sent",
  failed: "Not sent",
  cancelled: "Taken back",
};

const FAILURES: Readonly<Record<TransactionErrorKind, string>> = {
  rejected: "The server declined",
  timedOut: "It waited for too long",
  cancelled: "Taken back: nobody has it",
  outcomeUnknown: "It may have been sent, or not",
  poisoned: "It broke three sessions in a row",
  blockerFailed: "What it waited for failed",
  storeFailed: "It could not be stored on this device",
  closed: "The client was closed",
};

/** Where the code says more than the kind. */
const FAILURE_CODES: ReadonlyMap<string | undefined, string> = new Map([
  [NO_COMMANDS, "The server declined: the room takes no /commands"],
  ["noAccount", "Not stored: nobody is signed in"],
]);

const PILLS: Readonly<Record<RealtimeConnectionState, string>> = {
  connected: "Connected",
  updating: "Catching up",
  connecting: "Connecting",
  idle: "Idle",
};

export function stateWords({ state, isRenewingToken, isUpdating }: StateFacts): Words {
  if (isRenewingToken) {
    return {
      title: "Renewing the token",
      text: "The server refused it, so a new one was asked for.",
    };
  }
  if (isUpdating) {
    return { title: "Catching up", text: "Connected; what was missed is being fetched." };
  }
  return STATES[state];
}
interface StateFacts extends Pick<ConnectionSnapshot, "state" | "isRenewingToken"> {
  /** Something that was missed is being brought. */
  readonly isUpdating?: boolean;
}

export function reasonWords(reason: ConnectionReason): string {
  return REASONS[reason];
}

/** "Missing: a valid sign-in and a network." Empty when nothing is. */
export function blockerWords(blockedBy: readonly Blocker[]): string {
  if (blockedBy.length === 0) return "";
  return `Missing: ${blockedBy.map((blocker) => BLOCKERS[blocker]).join(" and ")}.`;
}

export function phaseWords(phase: TransactionPhase): string {
  return PHASES[phase];
}

/** Why a message did not go. */
export function failureWords({ kind, code }: Pick<TransactionError, "kind" | "code">): string {
  return FAILURE_CODES.get(code) ?? FAILURES[kind];
}

/** How far a room is read: "7", "7 of 9" while there is more, "–" before anything is known. */
export function readWords({ cursor, head }: Pick<BucketState, "cursor" | "head">): string {
  if (!cursor) return head === undefined ? "–" : `0 of ${head}`;
  return head === undefined || head <= cursor.seq ? String(cursor.seq) : `${cursor.seq} of ${head}`;
}

/** What keeps messages from being stored or read on this device. Empty when nothing does. */
export function troubleWords(storeFailure: string | undefined, room: BucketState): string {
  if (storeFailure !== undefined) return `This device cannot store anything: ${storeFailure}.`;
  return room.error ? `The room cannot be kept up to date: ${room.error.kind}.` : "";
}

export function pillWords(state: RealtimeConnectionState): string {
  return PILLS[state];
}

/** The banner's words. Empty while there is nothing to say. */
export function bannerWords({ isShown, state }: DisplayedState, hasConnected: boolean): string {
  if (!isShown) return "";
  if (state === "connected") return "Back online.";
  if (state === "updating") return "Back online. Catching up…";
  return hasConnected ? "Connection lost. Trying to get it back…" : "Connecting takes a while…";
}

/** "in 2.4 s", counted down; "now" from the moment on. */
export function countdownWords(remainingMs: number): string {
  if (remainingMs <= 0) return "now";
  if (remainingMs < 60_000) return `in ${(remainingMs / 1_000).toFixed(1)} s`;
  return `in ${Math.ceil(remainingMs / 60_000)} min`;
}

/** "2 ms", "1.4 s". */
export function durationWords(ms: number): string {
  if (ms < 1) return "< 1 ms";
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** "just now", "4 s ago", "3 min ago". */
export function agoWords(ms: number): string {
  if (ms < 1_000) return "just now";
  return ms < 60_000 ? `${Math.floor(ms / 1_000)} s ago` : `${Math.floor(ms / 60_000)} min ago`;
}
