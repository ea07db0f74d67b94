/** Who is it? The application's answer to a credential, and the check that it is one. */
import type { RefusalAction } from "@holdfast/protocol";

import type { SpokenRefusal } from "./server-session-event.ts";
import type { ServerRequest } from "./server-socket.ts";
import { delayOf, nameOf } from "./wire-value.ts";

const ACTIONS: readonly RefusalAction[] = ["stop", "reauthenticate", "retry"];
/** The longest message of a refusal, in characters: in any codec the smallest frame holds it. */
const MESSAGE_MAX = 500;

/** What the application decides by. */
export interface AuthRequest {
  /** The credential; undefined when the client sent none, for example because cookies carry it. */
  readonly token: string | undefined;
  /** The upgrade request, with its headers. */
  readonly request: ServerRequest;
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** A question to the application. Its signal is made when it is first asked for. */
export class AuthQuestion implements AuthRequest {
  readonly token: string | undefined;
  readonly request: ServerRequest;
  #isAborted = false;
  #controller: AbortController | undefined;

  constructor(token: string | undefined, request: ServerRequest) {
    this.token = token;
    this.request = request;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }
}

/** The credential is good. */
export interface Accepted {
  /** Whom it belongs to: 1 to 128 characters. */
  readonly account: string;
  /**
   * When it ends, epoch ms, at most 2^53 − 1. Absent: it does not. The client renews it before; if
   * not, the session ends.
   */
  readonly expiresAt?: number;
  /** Whatever handlers should know of the account, as `ctx.accountData`. A renewal replaces it. */
  readonly data?: unknown;
}

/** The credential, or the account, is turned down. Made by {@link refuse}. */
export class AuthRefusal implements SpokenRefusal {
  readonly action: RefusalAction;
  readonly code: string;
  readonly message: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(refusal: SpokenRefusal) {
    this.action = actionOf(refusal.action);
    this.code = nameOf(refusal.code, "A refusal's code");
    this.message = messageOf(refusal.message);
    this.retryAfterMs = delayOf(refusal.retryAfterMs);
  }
}

/** A client would take other words for a fault of the protocol, and not do what it is told. */
function actionOf(action: unknown): RefusalAction {
  const known = ACTIONS.find((one) => one === action);
  if (!known) throw new TypeError(`A refusal's action must be one of ${ACTIONS.join(", ")}.`);
  return known;
}

function messageOf(message: unknown): string | undefined {
  if (message === undefined) return undefined;
  if (typeof message !== "string") throw new TypeError("A refusal's message must be text.");
  return message.slice(0, MESSAGE_MAX);
}

/**
 * The answer of an `authenticate` that says no: `refuse({ action: "reauthenticate", code:
 * "badToken" })`. `action` is what the client should do; `code` a word for programs, 1 to 128
 * characters; `message`, for people who debug, reaches the client, its first 500 characters. Throws
 * `TypeError` for what is none of these.
 */
export function refuse(refusal: SpokenRefusal): AuthRefusal {
  return new AuthRefusal(refusal);
}

/**
 * The application's check. What it throws, or takes too long for, sends the client away for a
 * while (`busy`).
 */
export type Authenticate<A extends Accepted> = (
  request: AuthRequest,
) => A | AuthRefusal | Promise<A | AuthRefusal>;

/** The data that `authenticate` gives with an account; undefined where it gives none. */
export type AccountDataOf<A extends Accepted> = A extends { readonly data: infer Data }
  ? Data
  : undefined;

/** Asks the application. Rejects when its answer is none. */
export async function askAuthenticate(
  authenticate: Authenticate<Accepted>,
  request: AuthRequest,
): Promise<Accepted | AuthRefusal> {
  const answer: unknown = await authenticate(request);
  if (answer instanceof AuthRefusal) return answer;
  if (!isAccepted(answer)) {
    throw new TypeError("authenticate must answer with an account or with refuse(…).");
  }
  const { account, expiresAt, data } = answer;
  return {
    account: nameOf(account, "An account"),
    data,
    ...(expiresAt !== undefined && { expiresAt: instantOf(expiresAt) }),
  };
}

/** As a `welcome` can carry it. */
function instantOf(at: number): number {
  return Math.floor(Math.min(Math.max(at, 0), Number.MAX_SAFE_INTEGER));
}

function isAccepted(answer: unknown): answer is Accepted {
  if (typeof answer !== "object" || answer === null) return false;
  const { account, expiresAt }: { account?: unknown; expiresAt?: unknown } = answer;
  return typeof account === "string" && (expiresAt === undefined || Number.isFinite(expiresAt));
}
