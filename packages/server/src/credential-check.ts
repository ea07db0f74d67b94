/** The check of a session's credential: one at a time, the latest counts, its answer an event. */
import { askAuthenticate, AuthRefusal } from "./authenticate.ts";
import type { Accepted, Authenticate } from "./authenticate.ts";
import type { AccountStanding, ServerSessionEvent } from "./server-session-event.ts";
import type { ServerRequest } from "./server-socket.ts";

/** What a check asks of the session that it is for. */
export interface CheckOwner {
  /** The open sessions that one of this account would meet. */
  standing(account: string): AccountStanding;
  dispatch(event: ServerSessionEvent): void;
  report(error: unknown, place: "authenticate"): void;
}

export class CredentialCheck {
  readonly #authenticate: Authenticate<Accepted>;
  readonly #request: ServerRequest;
  readonly #owner: CheckOwner;
  #running: AbortController | undefined;
  #accepted: Accepted | undefined;

  constructor(authenticate: Authenticate<Accepted>, request: ServerRequest, owner: CheckOwner) {
    this.#authenticate = authenticate;
    this.#request = request;
    this.#owner = owner;
  }

  /** What the application gave with the account; a renewal replaces it. */
  get accountData(): unknown {
    return this.#accepted?.data;
  }

  /** Asks the application; the answer to an earlier question is dropped. */
  ask(checkId: number, token: string | undefined): void {
    this.abort();
    const running = new AbortController();
    this.#running = running;
    const answered = (event: () => ServerSessionEvent): void => {
      if (!running.signal.aborted) this.#owner.dispatch(event());
    };
    askAuthenticate(this.#authenticate, { token, request: this.#request, signal: running.signal })
      .then((answer) => answered(() => this.#eventOf(checkId, answer)))
      .catch((error: unknown) =>
        answered(() => {
          this.#owner.report(error, "authenticate");
          return { type: "authenticationFailed", checkId };
        }),
      );
  }

  abort(): void {
    this.#running?.abort();
  }

  #eventOf(checkId: number, answer: Accepted | AuthRefusal): ServerSessionEvent {
    if (answer instanceof AuthRefusal) {
      return { type: "authenticationRefused", checkId, refusal: answer };
    }
    this.#accepted = answer;
    const { account, expiresAt } = answer;
    const standing = this.#owner.standing(account);
    return { type: "authenticated", checkId, account, expiresAt, ...standing };
  }
}
