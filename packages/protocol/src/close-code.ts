/**
 * Close codes and HTTP statuses, and what each asks of the client (PROTOCOL.md §6). Ranges decide,
 * so that a client obeys codes that were invented after it.
 */

/** What the end of a socket asks of the client. */
export type CloseMeaning = "retry" | "reauthenticate" | "stop";

/** Each meaning has a hundred of the close codes, from 4000 on. */
export const CLOSE_MEANINGS: readonly CloseMeaning[] = ["stop", "reauthenticate", "retry"];

/**
 * The codes that Holdfast names. 4000–4099 stop, 4100–4199 reauthenticate, 4200–4299 retry. None is
 * in 1001–1015: some engines change those on the way (1012 and 1013 arrive as 1006).
 */
export type CloseName =
  | "normal"
  | "stop"
  | "unsupportedVersion"
  | "accountDisabled"
  | "reauthenticate"
  | "badToken"
  | "tokenExpired"
  | "serverRestart"
  | "retry"
  | "superseded"
  | "helloTimeout"
  | "idle"
  | "slowConsumer"
  | "rateLimited"
  | "busy"
  | "protocolViolation";

/** The number of each named code. */
export const CLOSE_CODES: Readonly<Record<CloseName, number>> = {
  /** A peer leaves of its own will: the client stopped, was suspended, or moves to another node. */
  normal: 1000,
  /** The application wants this client to stay away until its user asks again. */
  stop: 4000,
  /** The peers have no protocol version or codec in common. */
  unsupportedVersion: 4001,
  /** The account is closed or banned. */
  accountDisabled: 4002,
  /** The credential is no longer good, for a reason that the application keeps to itself. */
  reauthenticate: 4100,
  /** The credential is missing, malformed or not ours. */
  badToken: 4101,
  /** The credential was good once; a renewed one will be. */
  tokenExpired: 4102,
  /** The process ends. Another one takes over. */
  serverRestart: 4200,
  /** The application closed this session. */
  retry: 4201,
  /** A later session of the same client object took over. */
  superseded: 4202,
  /** No hello came in time. */
  helloTimeout: 4203,
  /** The client has said nothing for too long. */
  idle: 4204,
  /** The client reads more slowly than it is sent to. */
  slowConsumer: 4205,
  /** The client sends faster than it may. */
  rateLimited: 4206,
  /** The server has no room. */
  busy: 4213,
  /** The peer said something that the protocol does not allow. Sent by both sides. */
  protocolViolation: 4214,
};

/**
 * What a close code asks of the client. Every code without a rule means `retry`: the ranges of the
 * WebSocket standard, 0 and `undefined` of platforms that report none, and codes not yet invented.
 */
export function closeMeaning(code: number = 0): CloseMeaning {
  return CLOSE_MEANINGS[Math.floor(code / 100) - 40] ?? "retry";
}

/** The HTTP statuses with a rule. */
const STATUSES: Readonly<Record<number, CloseMeaning>> = {
  401: "reauthenticate",
  403: "reauthenticate",
  426: "stop",
};

/**
 * What the HTTP status of a refused upgrade asks of the client, where the platform tells it (Node
 * does, browsers do not). 401 and 403 reauthenticate, 426 stops, all else retries.
 */
export function httpMeaning(status: number = 0): CloseMeaning {
  return STATUSES[status] ?? "retry";
}
