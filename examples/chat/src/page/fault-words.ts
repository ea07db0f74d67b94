/**
 * What each button of a client is called, what it says of itself, and what it does to the client.
 */

/** What a press of a button changes for good, until it is pressed again. */
export type ToggleName = (typeof TOGGLE_NAMES)[number];
/** What happens once per press. */
export type DeedName = (typeof DEED_NAMES)[number];

/** In the order of the buttons. */
export const DEED_NAMES = ["connectNow", "drop", "reload"] as const;
export const TOGGLE_NAMES = [
  "blackHole",
  "offline",
  "freeze",
  "rejectToken",
  "signOut",
  "stop",
] as const;

export interface ButtonWords {
  readonly label: string;
  /** Below the label. */
  readonly hint: string;
  /** What happened, told right after the press. `{name}` stands for the client. */
  readonly told: string;
}

export interface ToggleWords extends ButtonWords {
  /** Below the label while it is on: how to undo it. */
  readonly onHint: string;
  readonly undone: string;
}

export const DEEDS: Readonly<Record<DeedName, ButtonWords>> = {
  connectNow: {
    label: "Connect now",
    hint: "ask, or dial",
    told: "Asked: an open connection is probed, a closed one dialled, no faster than every 250 ms.",
  },
  drop: {
    label: "Drop",
    hint: "server cuts TCP",
    told: "The server cut {name}'s TCP connection without a goodbye.",
  },
  reload: {
    label: "Reload",
    hint: "end, start anew",
    told: "{name}'s client was closed and made anew. What it had stored is there again, and goes on.",
  },
};

export const TOGGLES: Readonly<Record<ToggleName, ToggleWords>> = {
  blackHole: {
    label: "Black hole",
    hint: "silent failure",
    onHint: "on · lift it",
    told: "The server neither reads nor answers {name} any more, and nobody says so. Only an unanswered ping can tell: within 10 s.",
    undone: "The server reads and answers again, and what was held back goes through.",
  },
  offline: {
    label: "Go offline",
    hint: "no network",
    onHint: "on · go online",
    told: "The device says that it is offline. A hint may be wrong, so the connection is asked first: it has 2 s.",
    undone: "The device says that it is online: the client dials at once.",
  },
  freeze: {
    label: "Freeze",
    hint: "a sleeping tab",
    onHint: "on · thaw it",
    told: "The page is told that it will be frozen, and closes its socket within that very call.",
    undone: "The page is awake: the client dials at once.",
  },
  rejectToken: {
    label: "Reject token",
    hint: "even if renewed",
    onHint: "on · accept it",
    told: "The server refuses {name}'s token. One renewal is tried; then only signing in again helps.",
    undone: "Signed in again, with a token that the server accepts.",
  },
  signOut: {
    label: "Sign out",
    hint: "credentials gone",
    onHint: "out · sign in",
    told: "{name} signed out: no credentials, no connection, no retries.",
    undone: "{name} signed in: the client dials at once.",
  },
  stop: {
    label: "Stop",
    hint: "final until started",
    onHint: "off · start",
    told: "Stopped. Nothing but a start ends that.",
    undone: "Started.",
  },
};
