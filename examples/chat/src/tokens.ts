/** Issues and checks the demo's tokens: an account, a name and an end, signed by this process. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** How long a token is good. Short, so that the client renews it while somebody looks. */
export const TOKEN_LIFE_MS = 120_000;

/** Whom a token speaks for. */
export interface TokenFacts {
  readonly account: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export class Tokens {
  readonly #key = randomBytes(32);

  issue(facts: TokenFacts): string {
    const body = Buffer.from(JSON.stringify(facts)).toString("base64url");
    return `${body}.${this.#sign(body)}`;
  }

  /** What the token says; undefined when it is not ours or has ended. */
  check(token: string | undefined, now: number): TokenFacts | undefined {
    const [body = "", signature = ""] = (token ?? "").split(".");
    const expected = Buffer.from(this.#sign(body));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const facts = JSON.parse(Buffer.from(body, "base64url").toString()) as TokenFacts;
    return facts.expiresAt > now ? facts : undefined;
  }

  #sign(body: string): string {
    return createHmac("sha256", this.#key).update(body).digest("base64url");
  }
}
