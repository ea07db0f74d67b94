/** Faults between a socket and the server, both of them in memory. */
import type { ServerSocket, SocketListener } from "@holdfast/server";
import { expect, test } from "vitest";

import { FaultGate } from "../src/fault-gate.ts";

interface Line {
  /** What reached the client, the server and the socket, in order. */
  readonly log: string[];
  readonly client: SocketListener;
  readonly server: ServerSocket;
}

/** A connection of `client` through the gate, seen from both ends. */
function lineThrough(gate: FaultGate, client: string): Line {
  const log: string[] = [];
  const socket: ServerSocket = {
    bufferedBytes: 1,
    send: (frame) => log.push(`to client: ${String(frame)}`),
    close: (code) => log.push(`close ${code}`),
    terminate: () => log.push("terminate"),
    pauseReading: () => log.push("pause"),
    resumeReading: () => log.push("resume"),
  };
  let server: ServerSocket = socket;
  const gated = gate.before({
    subprotocols: ["x"],
    frameBytes: 9,
    isClosing: false,
    busyForMs: 0,
    declined: () => undefined,
    windowMs: 7,
    onClosed: () => undefined,
    accept(accepted) {
      server = accepted;
      return {
        frameReceived: (frame) => log.push(`to server: ${String(frame)}`),
        closed: () => log.push("closed"),
      };
    },
  });
  const request = { url: `/realtime/~3?client=${client}`, headers: {} };
  return { log, client: gated.accept(socket, request), server };
}

test("what is not hurt goes through as it is", () => {
  const line = lineThrough(new FaultGate(), "ann");
  line.client.frameReceived("hello");
  line.server.send("welcome");
  line.server.pauseReading();
  line.server.resumeReading();
  line.server.close(4200, "");
  line.client.closed();
  expect(line.log).toEqual([
    "to server: hello",
    "to client: welcome",
    "pause",
    "resume",
    "close 4200",
    "closed",
  ]);
});

test("a black hole holds both ways, and lets everything through in order when it is lifted", () => {
  const gate = new FaultGate();
  const line = lineThrough(gate, "ann");
  gate.setBlackHole("ann", true);
  line.client.frameReceived("ping");
  line.server.send("news");
  line.client.closed();
  expect(line.log).toEqual(["pause"]);
  expect(line.server.bufferedBytes).toBe(5);
  gate.setBlackHole("ann", false);
  expect(line.log).toEqual(["pause", "resume", "to server: ping", "to client: news", "closed"]);
  expect(line.server.bufferedBytes).toBe(1);
});

test("a black hole takes new connections too, and only those of its client", () => {
  const gate = new FaultGate();
  gate.setBlackHole("ann", true);
  const ann = lineThrough(gate, "ann");
  const ben = lineThrough(gate, "ben");
  ann.client.frameReceived("hello");
  ben.client.frameReceived("hello");
  expect(ann.log).toEqual(["pause"]);
  expect(ben.log).toEqual(["to server: hello"]);
});

test("a server that waits for its client does not read because a black hole is lifted", () => {
  const gate = new FaultGate();
  const line = lineThrough(gate, "ann");
  line.server.pauseReading();
  gate.setBlackHole("ann", true);
  gate.setBlackHole("ann", false);
  expect(line.log).toEqual(["pause", "pause"]);
  line.server.resumeReading();
  expect(line.log.at(-1)).toBe("resume");
});

test("cutting ends every connection of the client, and both ends hear of it", () => {
  const gate = new FaultGate();
  const line = lineThrough(gate, "ann");
  gate.setBlackHole("ann", true);
  line.client.frameReceived("lost");
  expect(gate.cut("ann")).toBe(1);
  line.client.closed();
  expect(line.log).toEqual(["pause", "terminate", "closed"]);
  expect(gate.cut("ann")).toBe(0);
});

test("a server that ends a black-holed connection is done with it", () => {
  const gate = new FaultGate();
  const line = lineThrough(gate, "ann");
  gate.setBlackHole("ann", true);
  line.server.terminate();
  line.client.closed();
  expect(line.log).toEqual(["pause", "terminate", "closed"]);
});

test("a black-holed connection that broke is not forgotten when the server ends it", () => {
  const gate = new FaultGate();
  const line = lineThrough(gate, "ann");
  gate.setBlackHole("ann", true);
  line.client.frameReceived("lost");
  line.client.closed();
  line.server.terminate();
  expect(line.log).toEqual(["pause", "terminate", "closed"]);
  expect(gate.cut("ann")).toBe(0);
});

test("black holes are bounded: past a hundred the oldest is lifted", () => {
  const gate = new FaultGate();
  const line = lineThrough(gate, "client-0");
  for (let count = 0; count <= 100; count++) gate.setBlackHole(`client-${count}`, true);
  expect(line.log).toEqual(["pause", "resume"]);
});
