import { expect, test } from "vitest";

import { refuse } from "../src/authenticate.ts";
import type { Accepted, Authenticate, AuthRequest } from "../src/authenticate.ts";
import { CredentialCheck } from "../src/credential-check.ts";
import type { CheckOwner } from "../src/credential-check.ts";
import type { ServerSessionEvent } from "../src/server-session-event.ts";
import { request, settled } from "./serve.ts";

function setUp(authenticate: Authenticate<Accepted>): {
  check: CredentialCheck;
  events: ServerSessionEvent[];
  errors: unknown[];
  accepted: unknown[];
  underWay: Set<CredentialCheck>;
} {
  const accepted: unknown[] = [];
  const [events, errors]: [ServerSessionEvent[], unknown[]] = [[], []];
  const underWay = new Set<CredentialCheck>();
  const owner: CheckOwner = {
    standing: (account) => ({
      rivalSession: account === "ada" ? 4 : undefined,
      accountSessions: account.length,
    }),
    accepted: (data) => accepted.push(data),
    dispatch: (event) => events.push(event),
    report: (error) => errors.push(error),
  };
  const check = new CredentialCheck(authenticate, request, owner, underWay);
  return { check, events, errors, accepted, underWay };
}

test("a good credential comes back with its account, its rival and how many there are", async () => {
  const { check, events, accepted } = setUp(() => ({ account: "ada", expiresAt: 9, data: "d" }));
  check.ask(1, "t");
  await settled();
  expect(events).toEqual([
    {
      type: "authenticated",
      checkId: 1,
      account: "ada",
      expiresAt: 9,
      rivalSession: 4,
      accountSessions: 3,
    },
  ]);
  expect(accepted).toEqual(["d"]);
});

test("a refusal comes back as it is, a fault as a report", async () => {
  const refusal = refuse({ action: "stop", code: "no" });
  const { check, events, errors, accepted } = setUp(({ token }) => {
    if (token === "fault") throw new Error("broken");
    return refusal;
  });
  check.ask(1, "t");
  await settled();
  check.ask(2, "fault");
  await settled();
  expect(events).toEqual([
    { type: "authenticationRefused", checkId: 1, refusal },
    { type: "authenticationFailed", checkId: 2 },
  ]);
  expect(errors).toEqual([new Error("broken")]);
  expect(accepted).toEqual([]);
});

test("a newer question, and the session's end, abort the older check and mute it", async () => {
  const signals: AbortSignal[] = [];
  const { check, events, errors } = setUp(({ token, signal }) => {
    signals.push(signal);
    if (token === "fault") throw new Error("broken");
    return { account: token ?? "" };
  });
  check.ask(1, "one");
  check.ask(2, "two");
  await settled();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  check.ask(3, "three");
  check.abort();
  check.ask(4, "fault");
  check.abort();
  await settled();
  expect(events).toMatchObject([{ checkId: 2, account: "two" }]);
  expect(errors).toEqual([]);
});

test("a session that renews without end has the application asked one thing at a time, and the latest last (V3)", async () => {
  const answers: ((accepted: Accepted) => void)[] = [];
  const asked: (string | undefined)[] = [];
  const { check, events, underWay } = setUp(async ({ token }) => {
    asked.push(token);
    return await new Promise<Accepted>((resolve) => answers.push(resolve));
  });
  for (let id = 1; id <= 100; id++) check.ask(id, `t${id}`);
  await settled();
  expect(asked).toEqual(["t1"]);
  answers[0]?.({ account: "bob" });
  await settled();
  expect([asked, events]).toEqual([["t1", "t100"], []]);
  answers[1]?.({ account: "ada" });
  await settled();
  expect(events).toMatchObject([{ checkId: 100, account: "ada" }]);
  expect(underWay.size).toBe(0);
});

test("a check that was given up does not hold up the next, and what had overtaken it is not asked", async () => {
  const asked: (string | undefined)[] = [];
  const { check } = setUp(async ({ token }) => {
    asked.push(token);
    return await new Promise<Accepted>(() => {});
  });
  check.ask(1, "one");
  check.ask(2, "two");
  check.abort();
  check.ask(3, "three");
  await settled();
  expect(asked).toEqual(["one", "three"]);
});

test("a signal that is first looked at after the end is aborted", async () => {
  const questions: AuthRequest[] = [];
  const { check } = setUp((question) => {
    questions.push(question);
    return { account: "ada" };
  });
  check.ask(1, "one");
  check.abort();
  check.ask(2, "two");
  await settled();
  check.abort();
  // The second was answered before the end, which is no longer its affair.
  expect(questions.map(({ signal }) => signal.aborted)).toEqual([true, false]);
});

test("who was disconnected while the application was asked does not come in by its answer", async () => {
  const { check, events, underWay } = setUp(() => ({ account: "ada" }));
  const refusal = refuse({ action: "stop", code: "banned" });
  check.ask(1, "t");
  for (const one of underWay) one.forbid("ada", refusal);
  await settled();
  expect(events).toEqual([{ type: "authenticationRefused", checkId: 1, refusal }]);
  expect(underWay.size).toBe(0);
  check.ask(2, "t");
  await settled();
  expect(events[1]).toMatchObject({ type: "authenticated", account: "ada" });
});

test("of another account's end a check hears nothing, and one that is given up is forgotten", async () => {
  const { check, events, underWay } = setUp(() => ({ account: "ada" }));
  check.ask(1, "t");
  check.forbid("bob", refuse({ action: "stop", code: "banned" }));
  await settled();
  expect(events).toMatchObject([{ type: "authenticated", account: "ada" }]);
  check.ask(2, "t");
  check.abort();
  expect(underWay.size).toBe(0);
});
