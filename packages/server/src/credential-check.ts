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
  readonly #underWay: Set<CredentialCheck>;
  /** What is asked and not answered yet. */
  #running: AuthQuestion | undefined;
  /** What overtook it, and is asked when it has its answer: a session asks one thing at a time. */
  #next: { readonly checkId: number; readonly token: string | undefined } | undefined;
  /** Who may not come in by what is asked, though the application says so. */
  #forbidden: Map<string, AuthRefusal> | undefined;

  /** It is in `underWay` while the application is asked. */
  constructor(
    authenticate: Authenticate<Accepted>,
    request: ServerRequest,
    owner: CheckOwner,
    underWay: Set<CredentialCheck>,
  ) {
    this.#authenticate = authenticate;
    this.#request = request;
    this.#owner = owner;
    this.#underWay = underWay;
  }

  /**
   * Asks the application, at once or when it has answered the question before. That one is aborted,
   * and its answer dropped; of several that wait, the latest is asked.
   */
  ask(checkId: number, token: string | undefined): void {
    if (this.#running) {
      this.#running.abort();
      this.#next = { checkId, token };
      return;
    }
    const question = new AuthQuestion(token, this.#request);
    this.#running = question;
    this.#underWay.add(this);
    const answered = (event: () => ServerSessionEvent): void => {
      if (this.#running !== question) return;
      const next = this.#next;
      if (next) {
        this.#end();
        return this.ask(next.checkId, next.token);
      }
      const told = event();
      this.#end();
      this.#owner.dispatch(told);
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

  /** Nobody waits for an answer any more, and what is asked next is asked at once. */
  abort(): void {
    this.#running?.abort();
    this.#end();
  }

  /** The account was disconnected: the application may have looked before it knew why. */
  forbid(account: string, refusal: AuthRefusal): void {
    this.#forbidden ??= new Map();
    this.#forbidden.set(account, refusal);
  }

  #end(): void {
    this.#running = this.#next = this.#forbidden = undefined;
    this.#underWay.delete(this);
  }

  #eventOf(checkId: number, answer: Accepted | AuthRefusal): ServerSessionEvent {
    const refusal = answer instanceof AuthRefusal ? answer : this.#forbidden?.get(answer.account);
    if (refusal) return { type: "authenticationRefused", checkId, refusal };
    const { account, expiresAt, data } = answer as Accepted;
    this.#owner.accepted(data);
    const standing = this.#owner.standing(account);
    return { type: "authenticated", checkId, account, expiresAt, ...standing };
  }
}
