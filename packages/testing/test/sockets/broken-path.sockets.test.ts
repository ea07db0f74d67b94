/** Real sockets, really broken: what a client makes of it, in real time. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";

import { FaultLink } from "../../src/fault-link.ts";
import {
  cleanUp,
  deferred,
  isOpen,
  makeClient,
  pause,
  QUICK,
  reach,
  SocketServer,
  until,
} from "./socket-world.ts";
import type { Client } from "./socket-world.ts";

afterEach(cleanUp);

/** A server, a link that leads to it, and a client that goes through it. */
async function linked(): Promise<{ host: SocketServer; link: FaultLink; client: Client }> {
  const host = await SocketServer.start();
  const link = await FaultLink.open({ target: { port: host.port } });
  deferred(() => link.close());
  return { host, link, client: makeClient(link.port, { policy: QUICK }) };
}

describe("a server", () => {
  test("that is killed and restarted has its client back, and calls go on", async () => {
    const host = await SocketServer.start();
    const client = makeClient(host.port);
    client.start();
    await reach(client, isOpen);
    expect(await client.call("echo", "before")).toBe("before");
    const heard: string[] = [];
    client.subscribe("room", ({ data }) => void heard.push(data));
    await host.kill();
    const lost = await reach(client, ({ state }) => state === "backoff");
    expect(lost).toMatchObject({ reason: "transportClosed", attempt: 1 });
    const waiting = client.call("send", "during");
    await host.start();
    await reach(client, isOpen);
    expect(await waiting).toBe(1);
    await until(() => heard.length === 1);
    expect(heard).toEqual(["during"]);
    expect(host.server?.stats.sessions).toBe(1);
  });

  test("that says goodbye is left without a failed call (L62)", async () => {
    const host = await SocketServer.start();
    const client = makeClient(host.port);
    client.start();
    await reach(client, isOpen);
    const calls: Promise<string>[] = [];
    const timer = setInterval(() => calls.push(client.call("echo", `${calls.length}`)), 5);
    deferred(() => clearInterval(timer));
    await pause(100);
    const { server } = host;
    // Longer than a busy machine may take to hear of it: behind the window, calls are refused.
    const closed = server?.close({ windowMs: 1_500 });
    await closed;
    await host.kill();
    await host.start();
    await reach(client, isOpen);
    clearInterval(timer);
    const answers = await Promise.all(calls);
    expect(answers).toEqual(answers.map((_, index) => `${index}`));
  });

  test("that accepts and drops at once is dialled ever more slowly (L10)", async () => {
    const http = createServer();
    const sockets = new WebSocketServer({
      server: http,
      handleProtocols: () => "holdfast.v1.json",
    });
    sockets.on("connection", (socket) => socket.terminate());
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    deferred(() => http.close());
    const dials: number[] = [];
    const client = makeClient((http.address() as AddressInfo).port, {
      onHandled: ({ step, stamp }) => {
        if (step.effects.some(({ type }) => type === "openTransport")) dials.push(stamp.now);
      },
    });
    client.start();
    await pause(3_000);
    expect(dials.length).toBeGreaterThan(1);
    expect(dials.length).toBeLessThan(10);
    expect(client.connection.current.attempt).toBeGreaterThanOrEqual(dials.length - 1);
    const gaps = dials.slice(1).map((at, index) => at - (dials[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
  });

  test("that is not there is dialled until it is", async () => {
    const host = await SocketServer.start();
    await host.kill();
    const client = makeClient(host.port, { policy: QUICK });
    client.start();
    const failed = await reach(client, ({ state }) => state === "backoff");
    expect(failed.lastFailure).toMatchObject({ reason: "openFailed", detail: "ECONNREFUSED" });
    await host.start();
    await reach(client, isOpen);
  });

  test("that is closing sends dials away with 503 and a delay, which is obeyed (C13)", async () => {
    const http = createServer();
    let dials = 0;
    http.on("upgrade", (_request, socket) => {
      dials++;
      socket.end("HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n");
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    deferred(() => http.close());
    const client = makeClient((http.address() as AddressInfo).port, { policy: QUICK });
    client.start();
    const failed = await reach(client, ({ state }) => state === "backoff");
    expect(failed.lastFailure).toMatchObject({ reason: "openFailed", detail: "HTTP 503" });
    await pause(1_800);
    expect(dials).toBe(1);
  });
});

describe("a path", () => {
  test("that is a black hole is noticed by its silence, and left for a new one (B11)", async () => {
    const { link, client } = await linked();
    client.start();
    await reach(client, isOpen);
    link.set({ stall: true });
    const calledAt = performance.now();
    const call = client.call("send", "into the dark");
    await expect(call).rejects.toMatchObject({ kind: "outcomeUnknown" });
    expect(performance.now() - calledAt).toBeLessThan(4_000);
    expect(client.connection.current.lastFailure).toMatchObject({ reason: "pingTimeout" });
    const again = client.call("echo", "and back");
    await pause(300);
    link.clear();
    expect(await again).toBe("and back");
  });

  test("that hangs while dialling is given up in time, and tried again", async () => {
    const { link, client } = await linked();
    link.set({ stall: true });
    client.start();
    const failed = await reach(client, ({ state }) => state === "backoff");
    expect(failed).toMatchObject({ reason: "connectTimeout" });
    link.clear();
    await reach(client, isOpen);
  });

  test("that is half-open is noticed, and the server keeps one session in the end (L59)", async () => {
    const { link, client, host } = await linked();
    client.start();
    await reach(client, isOpen);
    link.halfOpen("server");
    const failed = await reach(client, ({ state }) => state === "backoff");
    expect(failed).toMatchObject({ reason: "pingTimeout" });
    await reach(client, isOpen);
    expect(host.server?.sessions("ada")).toHaveLength(1);
  });

  test("that resets is the connection's loss at once", async () => {
    const { link, client } = await linked();
    client.start();
    await reach(client, isOpen);
    link.reset();
    const failed = await reach(client, ({ state }) => state === "backoff", 1_000);
    expect(failed.lastFailure).toMatchObject({ reason: "transportClosed" });
    await reach(client, isOpen);
  });

  test("that is slow to accept is waited for", async () => {
    const { link, client } = await linked();
    link.set({ acceptDelayMs: 600 });
    client.start();
    await reach(client, isOpen);
    expect(link.stats.accepted).toBe(1);
  });

  test("that accepts after the client's patience leaves no ghost behind (B09)", async () => {
    const { link, client, host } = await linked();
    link.set({ acceptDelayMs: 1_400 });
    client.start();
    await reach(client, ({ reason }) => reason === "connectTimeout");
    link.clear();
    await reach(client, isOpen);
    await pause(800);
    expect(host.server?.stats).toMatchObject({ connections: 1, sessions: 1, handshakes: 1 });
  });
});

test("a client that is stopped in the midst of it all lets go of its socket", async () => {
  const { link, client, host } = await linked();
  link.set({ acceptDelayMs: 100 });
  client.start();
  client.stop();
  client.start();
  await pause(50);
  client.stop();
  await pause(300);
  expect(host.server?.stats).toMatchObject({ connections: 0, sessions: 0 });
  client.start();
  await reach(client, isOpen);
});
