import type { TransportEvent } from "@holdfast/client";
import { describe, expect, test } from "vitest";

import { FakeNetwork, FakeTransport, WELCOME } from "../src/fake-transport.ts";

function fake(): { transport: FakeTransport; events: TransportEvent[] } {
  const events: TransportEvent[] = [];
  const transport = new FakeTransport("wss://a.test", ["one", "two"], (event) =>
    events.push(event),
  );
  return { transport, events };
}

describe("a fake transport", () => {
  test("says what the test wants, and nothing after its end", () => {
    const { transport, events } = fake();
    transport.open();
    transport.receive(WELCOME);
    transport.end();
    transport.receive(WELCOME);
    transport.end();
    expect(events.map(({ type }) => type)).toEqual(["opened", "frame", "closed"]);
    expect(events[0]).toEqual({ type: "opened", subprotocol: "one" });
  });

  test("says nothing after the client closed it, unless rudely", () => {
    const { transport, events } = fake();
    transport.close(1000, "bye");
    transport.open();
    expect(events).toEqual([]);
    transport.sayRudely({ type: "opened", subprotocol: "one" });
    expect(events).toHaveLength(1);
    expect(transport.closed).toEqual({ code: 1000, reason: "bye" });
  });

  test("keeps what it was sent, and tells as it comes", () => {
    const { transport } = fake();
    const heard: unknown[] = [];
    transport.onSaid = (messages) => heard.push(...messages);
    expect(transport.send('[{"type":"ping","nonce":1},{"type":"ping","nonce":2}]')).toBe(true);
    expect(heard).toEqual(transport.said);
    expect(transport.said).toEqual([
      { type: "ping", nonce: 1 },
      { type: "ping", nonce: 2 },
    ]);
  });

  test("shows a client that says what the protocol forbids", () => {
    const { transport } = fake();
    transport.send('{"type":"nonsense"}');
    expect(() => transport.said).toThrow("unknownType");
  });

  test("takes nothing, or throws, if the test says so", () => {
    const { transport } = fake();
    transport.accepts = false;
    expect(transport.send("x")).toBe(false);
    transport.accepts = new Error("gone");
    expect(() => transport.send("x")).toThrow("gone");
    expect(transport.frames).toEqual([]);
  });

  test("cleans up at its end, by whichever side, and at once when it is over", () => {
    const ended: string[] = [];
    const one = fake().transport;
    one.onOver(() => ended.push("closed"));
    one.close(1000, "");
    const other = fake().transport;
    other.onOver(() => ended.push("failed"));
    other.fail();
    other.onOver(() => ended.push("late"));
    expect(ended).toEqual(["closed", "failed", "late"]);
  });
});

test("a fake network keeps every attempt", () => {
  const network = new FakeNetwork();
  expect(() => network.last).toThrow("nobody has dialled");
  const transport = network.openTransport("wss://a.test", [], () => {});
  expect(network.last).toBe(transport);
});
