import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { onEmitted } from "../../../src/adapters/platforms/emitter-listeners.ts";

test("any number of clients share one listener, and the last to go takes it away", () => {
  const emitter = new EventEmitter();
  const heard: number[] = [];
  const cancels = Array.from({ length: 20 }, (_, index) =>
    onEmitted(emitter, "resume", () => heard.push(index)),
  );
  expect(emitter.listenerCount("resume")).toBe(1);
  for (const cancel of cancels.slice(2)) cancel();
  cancels[0]?.();
  cancels[0]?.();
  emitter.emit("resume");
  expect(heard).toEqual([1]);
  cancels[1]?.();
  expect(emitter.eventNames()).toEqual([]);
});

test("events and emitters are kept apart, and the same function may listen twice", () => {
  const [one, other] = [new EventEmitter(), new EventEmitter()];
  let count = 0;
  const hear = (): void => void count++;
  onEmitted(one, "resume", hear);
  const cancel = onEmitted(one, "resume", hear);
  onEmitted(one, "suspend", () => {});
  onEmitted(other, "resume", () => {});
  one.emit("suspend");
  other.emit("resume");
  expect(count).toBe(0);
  one.emit("resume");
  cancel();
  one.emit("resume");
  expect(count).toBe(3);
});

test("what one hearer throws is the app's to hear, and neither the others' nor the emitter's", async () => {
  const emitter = new EventEmitter();
  const uncaught: string[] = [];
  const others = process.rawListeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => uncaught.push(error.message));
  const heard: string[] = [];
  onEmitted(emitter, "suspend", () => {
    throw new TypeError("Object has been destroyed");
  });
  onEmitted(emitter, "suspend", () => heard.push("suspend"));
  emitter.emit("suspend");
  await new Promise((resolve) => setImmediate(resolve));
  process.removeAllListeners("uncaughtException");
  for (const other of others) process.on("uncaughtException", other as () => void);
  expect([heard, uncaught]).toEqual([["suspend"], ["Object has been destroyed"]]);
});
