/** The check of a session's credential: one at a time, the latest counts, its answer an event. */
import { askAuthenticate, AuthQuestion, AuthRefusal } from "./authenticate.ts";
import type { Accepted, Authenticate } from "./authenticate.ts";
import type { AccountStanding, ServerSessionEvent } from "./server-session-event.ts";
import type { ServerRequest } from "./server-socket.ts";

/** What a check asks of the session that it is for. */
export interface CheckOwner {
  /** The open sessions that one of this account would meet. */
  standing(account: string): AccountStanding;
  /** What the application gives with the account; a renewal replaces it. No check is under way. */
  accepted(data: unknown): void;
  dispatch(event: ServerSessionEvent): void;
  report(error: unknown, place: "authenticate"): void;
}

export class CredentialCheck {
  readonly #authenticate: Authenticate<Accepted>;
  readonly #request: ServerRequest;
  readonly #owner: CheckOwner;
  /** What is asked and not answered yet. */
  #running: AuthQuestion | undefined;

  constructor(authenticate: Authenticate<Accepted>, request: ServerRequest, owner: CheckOwner) {
    this.#authenticate = authenticate;
    this.#request = request;
    this.#owner = owner;
  }

  /** Asks the application; the answer to an earlier question is dropped. */
  ask(checkId: number, token: string | undefined): void {
    this.abort();
    const question = new AuthQuestion(token, this.#request);
    this.#running = question;
    const answered = (event: () => ServerSessionEvent): void => {
      if (this.#running !== question) return;
      this.#running = undefined;
      this.#owner.dispatch(event());
    };
    askAuthenticate(this.#authenticate, question)
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
    this.#running = undefined;
  }

  #eventOf(checkId: number, answer: Accepted | AuthRefusal): ServerSessionEvent {
    if (answer instanceof AuthRefusal) {
      return { type: "authenticationRefused", checkId, refusal: answer };
    }
    const { account, expiresAt, data } = answer;
    this.#owner.accepted(data);
    const standing = this.#owner.standing(account);
    return { type: "authenticated", checkId, account, expiresAt, ...standing };
  }
}
