import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { describe, expect, test } from "vitest";

import { defineContract } from "@holdfast/protocol";
import { WebSocket } from "ws";

import { RealtimeServer } from "../../src/realtime-server.ts";
import type { ServerRequest } from "../../src/server-socket.ts";
import { attach } from "../../src/use/ws.ts";
import { TestServer } from "../serve.ts";
import { Listener, openListener, serveHttp } from "../serve-http.ts";
import type { HttpTestServer } from "../serve-http.ts";

/** The HTTP answer to an upgrade that was refused. */
async function declined(
  own: HttpTestServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const asked = httpRequest({
    host: "127.0.0.1",
    port: own.port,
    path,
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      ...headers,
    },
  }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.resume();
  return response;
}

test("the path is served, with a query, and with one segment that varies", async () => {
  const own = await serveHttp();
  for (const path of ["/realtime", "/realtime?x=1", "/realtime/~3f", "/realtime/~3f?x=1"]) {
    const socket = own.dial(path);
    await once(socket, "open");
    expect(socket.protocol).toBe("holdfast.v1.json");
    socket.close();
  }
  await own.close();
});

test.each(["/", "/realtime/"])(
  "a path %s is served with and without that slash, and varied",
  async (path) => {
    const own = await serveHttp({ path });
    const plain = path.slice(0, -1);
    for (const asked of [
      path,
      plain,
      `${path}~1`,
      `${plain}?x=1`,
      `${path}?x=1`,
      `${path}~3f?x=1`,
    ]) {
      const socket = own.dial(asked);
      await once(socket, "open");
      socket.close();
    }
    expect((await declined(own, `${path}x`)).statusCode).toBe(404);
    await own.close();
  },
);

test.each([
  ["a path that begins nowhere", { path: "realtime" }],
  ["one origin without a list", { origins: "https://app.example" }],
  ["a list of more than origins", { origins: ["https://app.example", /x/] }],
])("%s is refused when it is attached", (_, options) => {
  const acceptor = new TestServer().server;
  expect(() => attach(createServer(), acceptor, options as never)).toThrow(TypeError);
});

test("the headers reach who decides, but for those of the handshake itself", async () => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const asked: ServerRequest[] = [];
  const server = new RealtimeServer({
    contract: defineContract({}),
    handlers: {},
    authenticate: ({ request }) => {
      asked.push(request);
      return { account: "ada" };
    },
  });
  attach(http, server);
  const headers = { cookie: "session=1", "x-from": "here" };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/realtime`, ["holdfast.v1.json"], {
    headers,
  });
  await once(socket, "open");
  const listener = new Listener(socket);
  listener.says(new TestServer().hello());
  await listener.next("welcome");
  const host = `127.0.0.1:${port}`;
  const chosen = { "sec-websocket-protocol": "holdfast.v1.json" };
  expect(asked[0]?.headers).toEqual({ ...headers, ...chosen, host });
  expect(asked[0]?.remoteAddress).toContain("127.0.0.1");
  await server.close({ windowMs: 0, graceMs: 0 });
  http.close();
});

test("other paths get 404 where nobody else listens", async () => {
  const own = await serveHttp();
  for (const path of [
    "/",
    "/realtime//",
    "/realtime/x",
    "/realtimes",
    "/realtime/~a/b",
    "/x?/realtime",
  ]) {
    expect((await declined(own, path)).statusCode).toBe(404);
  }
  await own.close();
});

test("other paths are left to who else listens", async () => {
  const own = await serveHttp();
  own.http.on("upgrade", (request, socket) => {
    if (request.url === "/other") socket.end("HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n");
  });
  expect((await declined(own, "/other")).statusCode).toBe(418);
  await own.close();
});

test("a page of another host is refused, one of the same host and a program are not", async () => {
  const own = await serveHttp();
  expect((await declined(own, "/realtime", { Origin: "http://evil.example" })).statusCode).toBe(
    403,
  );
  for (const headers of [{ origin: `http://127.0.0.1:${own.port}` }, {}]) {
    const socket = own.dial("/realtime", ["holdfast.v1.json"], headers);
    await once(socket, "open");
    socket.close();
  }
  await own.close();
});

test("a rule for origins that throws refuses, and ends nothing else", async () => {
  const own = await serveHttp({
    origins: () => {
      throw new Error("a rule with a fault");
    },
  });
  const warned = once(process, "warning");
  expect((await declined(own, "/realtime")).statusCode).toBe(500);
  expect(String((await warned)[0])).toContain("a rule with a fault");
  await own.close();
});

test("of the subprotocols offered the server's is chosen", async () => {
  const own = await serveHttp();
  const socket = own.dial("/realtime", ["chat.v0", "holdfast.v1.json"]);
  await once(socket, "open");
  expect(socket.protocol).toBe("holdfast.v1.json");
  socket.close();
  await own.close();
});

test("a client of another protocol is told so, in an open socket", async () => {
  const own = await serveHttp();
  const listener = new Listener(own.dial("/realtime", ["chat.v0", "chat.v1"]));
  expect(await listener.next("refuse")).toEqual({
    type: "refuse",
    action: "stop",
    code: "unsupportedVersion",
  });
  expect(listener.socket.protocol).toBe("chat.v0");
  expect(await listener.closed()).toEqual({ code: 4001, reason: "unsupportedVersion" });
  const bare = new Listener(own.dial("/realtime", []));
  expect(await bare.next("refuse")).toMatchObject({ code: "unsupportedVersion" });
  await own.close();
});

test("a server that closes declines with 503, and leaves no listener and no socket", async () => {
  const own = await serveHttp();
  const listener = await openListener(own);
  const closed = own.server.close({ windowMs: 100, graceMs: 100 });
  const response = await declined(own, "/realtime");
  expect(response.statusCode).toBe(503);
  expect(response.headers["retry-after"]).toBe("1");
  await closed;
  expect(await listener.closed()).toEqual({ code: 4200, reason: "serverRestart" });
  expect(own.http.listenerCount("upgrade")).toBe(0);
  await own.close();
});

test("while one server hands over to another at the same path, each upgrade has one answer", async () => {
  const own = await serveHttp();
  const successor = await serveHttp();
  attach(own.http, successor.server);
  const first = await openListener(own);
  expect([own.server.stats.sessions, successor.server.stats.sessions]).toEqual([1, 0]);
  const closing = own.server.close({ windowMs: 300, graceMs: 0 });
  const second = await openListener(own);
  expect(successor.server.stats.sessions).toBe(1);
  await closing;
  expect((await first.closed()).code).toBe(4200);
  second.socket.close();
  await successor.close();
  await own.close();
});

describe("where a connection comes from", () => {
  const from = (address: string): Record<string, string> => ({ "X-From": address });
  const clientAddress = ({ headers }: IncomingMessage): string => String(headers["x-from"]);
  const dial = async (own: HttpTestServer, address: string): Promise<Listener> => {
    const listener = new Listener(own.dial("/realtime", undefined, from(address)));
    await once(listener.socket, "open");
    return listener;
  };

  test("an address may hold so many connections; what goes makes room, others are not touched (V3)", async () => {
    const own = await serveHttp({ clientAddress, connectionsPerAddress: 2 });
    const first = await dial(own, "192.0.2.1");
    await dial(own, "192.0.2.1");
    const response = await declined(own, "/realtime", from("192.0.2.1"));
    expect([response.statusCode, response.headers["retry-after"]]).toEqual([429, "10"]);
    await dial(own, "192.0.2.2");
    first.socket.close();
    await first.closed();
    await dial(own, "192.0.2.1");
    expect(own.server.stats).toMatchObject({ connections: 3, upgradesDeclined: { 429: 1 } });
    await own.close();
  });

  test("an address may dial so often, and is told when it may again (V3)", async () => {
    const own = await serveHttp({ clientAddress, upgradesPerSecond: 0.5, upgradesBurst: 2 });
    const peers = [await dial(own, "192.0.2.1"), await dial(own, "192.0.2.1")];
    for (const { socket } of peers) socket.close();
    const response = await declined(own, "/realtime", from("192.0.2.1"));
    expect([response.statusCode, response.headers["retry-after"]]).toEqual([429, "2"]);
    await own.close();
  });

  test("the server's own record shows what the proxy says of it", async () => {
    const own = await serveHttp({ clientAddress });
    const listener = await dial(own, "192.0.2.7");
    listener.says({
      type: "hello",
      token: "ada",
      client: { name: "n", version: "1" },
      capabilities: [],
      instanceId: "i",
      session: 1,
    });
    await listener.next("welcome");
    expect(own.server.sessions("ada")).toMatchObject([{ remoteAddress: "192.0.2.7" }]);
    await own.close();
  });

  test("one machine may dial itself without bound: most often it is a proxy", async () => {
    const own = await serveHttp({ connectionsPerAddress: 1, upgradesBurst: 1 });
    for (let n = 0; n < 5; n++) await openListener(own);
    expect(own.server.stats.sessions).toBe(5);
    await own.close();
  });

  test("who forgot the proxy is told once what to do", async () => {
    const own = await serveHttp({ connectionsPerAddress: 0 });
    const warnings: Error[] = [];
    const hear = (warning: Error): void => void warnings.push(warning);
    process.on("warning", hear);
    // As if it came from elsewhere: the socket's own address is what is asked for.
    own.http.prependListener("upgrade", ({ socket }: IncomingMessage) => {
      Object.defineProperty(socket, "remoteAddress", { value: "192.0.2.1" });
    });
    for (let n = 0; n < 3; n++) {
      expect((await declined(own, "/realtime")).statusCode).toBe(429);
    }
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("clientAddress"),
    ]);
    process.off("warning", hear);
    await own.close();
  });
});

test("a server that is full says so before there is a WebSocket (V3)", async () => {
  const own = await serveHttp({ policy: { connectionsMax: 1, busyRetryMs: 3_000 } });
  const listener = await openListener(own);
  const response = await declined(own, "/realtime");
  expect([response.statusCode, response.headers["retry-after"]]).toEqual([503, "3"]);
  listener.socket.close();
  while (own.server.stats.connections > 0) {
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
  await openListener(own);
  await own.close();
});

test("what is detached takes no more upgrades, and keeps its sessions", async () => {
  const own = await serveHttp();
  const http = createServer();
  const attachment = attach(http, own.server);
  expect(http.listenerCount("upgrade")).toBe(1);
  attachment.detach();
  attachment.detach();
  expect(http.listenerCount("upgrade")).toBe(0);
  await own.close();
});

test("a server that was killed hears nothing more of its clients, and a new one serves them", async () => {
  const own = await serveHttp();
  const listener = await openListener(own);
  own.http.closeAllConnections();
  listener.socket.terminate();
  const again = await serveHttp();
  const back = await openListener(again);
  back.says({ type: "call", id: 1, method: "echo", input: 1, timeoutMs: 1_000 });
  expect(await back.next("result")).toMatchObject({ id: 1 });
  await again.close();
  await own.close();
});

test("1 000 clients that come and go leave no socket, timer or session behind", async () => {
  const own = await serveHttp();
  const before = process.getActiveResourcesInfo().length;
  for (let round = 0; round < 10; round++) {
    const listeners = await Promise.all(
      Array.from({ length: 100 }, async () => await openListener(own)),
    );
    for (const { socket } of listeners) socket.close();
    await Promise.all(listeners.map(async (listener) => await listener.closed()));
  }
  while (own.server.stats.connections > 0) {
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
  await new Promise<void>((resolve) => setTimeout(resolve, 50));
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before + 2);
  await own.close();
});
