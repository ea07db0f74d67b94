import { describe, expect, test } from "vitest";

import {
  accountOfToken,
  FakeCredentials,
  FakeLifecycleAdapter,
  FakeNetworkAdapter,
} from "../src/fake-adapters.ts";

const signal = new AbortController().signal;
const ask = (credentials: FakeCredentials, forced = false): Promise<string | null> =>
  credentials.token({ forced, signal });

describe("the fake lifecycle", () => {
  test("posts each change within the call, and its state is already the new one", () => {
    const lifecycle = new FakeLifecycleAdapter();
    const heard: string[] = [];
    const cancel = lifecycle.start(({ type }) => {
      heard.push(`${type} ${JSON.stringify(lifecycle.current)}`);
    });
    lifecycle.background();
    lifecycle.freeze();
    lifecycle.thaw();
    lifecycle.foreground();
    lifecycle.wake();
    cancel();
    lifecycle.background();
    expect(heard).toEqual([
      'appBackgrounded {"active":false,"frozen":false}',
      'appFrozen {"active":false,"frozen":true}',
      'appThawed {"active":false,"frozen":false}',
      'appForegrounded {"active":true,"frozen":false}',
      'woke {"active":true,"frozen":false}',
    ]);
    expect(lifecycle.listenerCount).toBe(0);
  });
});

describe("the fake network", () => {
  test("goes and comes, keeps its quality unless told, and says so each time", () => {
    const network = new FakeNetworkAdapter();
    const heard: unknown[] = [];
    const cancel = network.start((event) => heard.push(event));
    network.goOnline("constrained");
    network.goOffline();
    network.goOnline();
    cancel();
    network.goOffline();
    expect(heard).toEqual([
      { type: "networkChanged", available: true, quality: "constrained" },
      { type: "networkChanged", available: false, quality: "constrained" },
      { type: "networkChanged", available: true, quality: "constrained" },
    ]);
    expect(network.listenerCount).toBe(0);
  });
});

describe("the fake credentials", () => {
  test("give a new token each time, which tells its account", async () => {
    const credentials = new FakeCredentials("dr.no");
    expect([await ask(credentials), await ask(credentials, true)]).toEqual(["dr.no.1", "dr.no.2"]);
    expect(accountOfToken("dr.no.2")).toBe("dr.no");
    expect(credentials.requests.map(({ forced }) => forced)).toEqual([false, true]);
  });

  test("do what they are told the next times, then as always", async () => {
    const credentials = new FakeCredentials();
    credentials.reply(null, new Error("later"), "x");
    expect(await ask(credentials)).toBeNull();
    await expect(ask(credentials)).rejects.toThrow("later");
    expect(await ask(credentials)).toBe("x");
    expect(await ask(credentials)).toBe("ada.1");
  });

  test("follow a script, fixed or by the request", async () => {
    expect(await ask(new FakeCredentials("ada", "fixed"))).toBe("fixed");
    const byRequest = new FakeCredentials("ada", ({ forced }) => (forced ? "new" : "old"));
    expect([await ask(byRequest), await ask(byRequest, true)]).toEqual(["old", "new"]);
  });

  test("sign in and out, and count rejections", () => {
    const credentials = new FakeCredentials(null);
    const seen: (string | null)[] = [];
    credentials.identity.subscribe((identity) => seen.push(identity));
    credentials.signIn("eve");
    credentials.signOut();
    credentials.onRejected();
    expect(seen).toEqual([null, "eve", null]);
    expect(credentials.rejections).toBe(1);
  });
});
