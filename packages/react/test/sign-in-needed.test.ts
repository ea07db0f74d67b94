/** Who has to sign in again is told so; who signed out is left alone. */
import {
  acceptsThenDrops,
  clientHarness,
  rejectsTheToken,
  type ClientHarness,
  type HarnessOptions,
} from "@holdfast/testing";
import { act, renderHook } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { describe, expect, test } from "vitest";

import { isSignInNeeded } from "../src/sign-in-needed.ts";
import { chatWorld } from "./support/chat-world.ts";

/** For longer than a token is handed out again without asking the provider. */
const TOKEN_KEPT_MS = 70_000;

async function started(options: HarnessOptions<never> = {}): Promise<ClientHarness> {
  const own = clientHarness(options);
  own.client.start();
  await own.clock.run(1_000);
  return own;
}

const rejecting: HarnessOptions<never> = { behaviors: [rejectsTheToken()] };

function isNeeded({ client }: ClientHarness): boolean {
  return isSignInNeeded(client);
}

/** So much happens that the trace forgets what was before. */
function forget({ network }: ClientHarness): void {
  for (let count = 0; count < 250; count++) {
    network.goOffline();
    network.goOnline();
  }
}

describe("somebody is asked to sign in again", () => {
  test("who has no token any more, from the start or hours later", async () => {
    expect(isNeeded(await started({ token: null }))).toBe(true);
    const later = await started({ behaviors: [acceptsThenDrops({ afterMs: TOKEN_KEPT_MS })] });
    forget(later);
    later.credentials.script = null;
    await later.reach("waitingForConstraints");
    expect(later.snapshot).toMatchObject({ reason: "authLost", blockedBy: ["auth"] });
    expect(isNeeded(later)).toBe(true);
  });

  test("whose token is rejected, and the next one too, or who has no next one", async () => {
    expect(isNeeded(await started(rejecting))).toBe(true);
    const noNext = await started({ ...rejecting, token: ({ forced }) => (forced ? null : "old") });
    expect(noNext.snapshot.blockedBy).toEqual(["auth"]);
    expect(isNeeded(noNext)).toBe(true);
  });

  test("whose token is rejected, where the client keeps no events", async () => {
    const own = await started({ ...rejecting, traceEntriesMax: 0 });
    expect(own.client.recentEvents).toEqual([]);
    expect(isNeeded(own)).toBe(true);
  });
});

describe("nobody is", () => {
  test("who is connected, who is asking for another token, or who never signed in", async () => {
    expect(isNeeded(await started())).toBe(false);
    const token: HarnessOptions<never>["token"] = ({ forced }) =>
      forced ? new Promise(() => {}) : "old";
    const asking = await started({ ...rejecting, token });
    expect(asking.snapshot.isRenewingToken).toBe(true);
    expect(isNeeded(asking)).toBe(false);
    expect(isNeeded(await started({ identity: null }))).toBe(false);
  });

  test("who signs out instead of signing in again", async () => {
    for (const options of [rejecting, { token: null }]) {
      const own = await started(options);
      expect(isNeeded(own)).toBe(true);
      own.credentials.signOut();
      expect(own.snapshot.blockedBy).toEqual(["auth"]);
      expect(isNeeded(own)).toBe(false);
    }
  });

  test("who signed out, now or long ago", async () => {
    const own = await started();
    own.credentials.signOut();
    expect(isNeeded(own)).toBe(false);
    forget(own);
    expect(isNeeded(own)).toBe(false);
  });

  test("who wants no connection", async () => {
    const own = await started(rejecting);
    own.client.stop();
    expect(isNeeded(own)).toBe(false);
  });
});

test("the page says so when a session has ended and there is no token to be had", async () => {
  const { pair, hooks, run } = chatWorld();
  const { client, credentials } = pair.addClient();
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(hooks.HoldfastProvider, { client }, children);
  const { result } = renderHook(() => hooks.useConnectionBanner(), { wrapper });
  client.start();
  await run(TOKEN_KEPT_MS);
  expect(result.current.kind).toBe("none");
  credentials.script = null;
  await act(async () => pair.killServer());
  pair.startServer();
  await run(TOKEN_KEPT_MS);
  expect(result.current).toMatchObject({ kind: "signIn", text: "Please sign in again." });
  credentials.script = undefined;
  await act(async () => client.tokenChanged());
  await run(10_000);
  expect([result.current.kind, client.state.current]).toEqual(["none", "connected"]);
});
