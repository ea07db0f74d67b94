/** What a page still knows after a reload, and what where storage is forbidden. */
import { expect, test } from "vitest";

import { PageMemory, type PageStorage } from "../../src/page/page-memory.ts";

function storage(): PageStorage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
  };
}

/** "00000001", "00000002", … */
function names(): () => string {
  let count = 0;
  return () => String(++count).padStart(8, "0");
}

test("a reloaded tab is the same tab, and another tab of the browser is the same device", () => {
  const [browser, tab] = [storage(), storage()];
  const newName = names();
  const first = new PageMemory(
    () => browser,
    () => tab,
    newName,
  );
  const reloaded = new PageMemory(
    () => browser,
    () => tab,
    newName,
  );
  const other = new PageMemory(() => browser, storage, newName);
  expect([reloaded.device, reloaded.tab]).toEqual([first.device, first.tab]);
  expect(other.device).toBe(first.device);
  expect(other.tab).not.toBe(first.tab);
});

test("people and what is done to them outlive a reload", () => {
  const tab = storage();
  const memory = new PageMemory(storage, () => tab, names());
  expect([memory.people, memory.toggles("Ann")]).toEqual([undefined, new Set()]);
  memory.people = 3;
  memory.rememberToggles("Ann", new Set(["stop", "offline"]));
  const reloaded = new PageMemory(storage, () => tab, names());
  expect([reloaded.people, reloaded.toggles("Ann")]).toEqual([3, new Set(["offline", "stop"])]);
  expect(reloaded.toggles("Ben")).toEqual(new Set());
});

test("what somebody else wrote is not believed", () => {
  const [browser, tab] = [storage(), storage()];
  browser.setItem("holdfast-chat-device", "../../etc");
  tab.setItem("holdfast-chat-people", "-1");
  tab.setItem("holdfast-chat-toggles-Ann", "offline __proto__ burn");
  const memory = new PageMemory(
    () => browser,
    () => tab,
    names(),
  );
  expect(memory.device).toBe("00000001");
  expect(memory.people).toBeUndefined();
  expect(memory.toggles("Ann")).toEqual(new Set(["offline"]));
});

test("where storage is forbidden there is a page all the same", () => {
  const forbidden = (): never => {
    throw new DOMException("no", "SecurityError");
  };
  const memory = new PageMemory(forbidden, forbidden, names());
  expect([memory.device, memory.tab]).toEqual(["00000001", "00000002"]);
  memory.people = 2;
  memory.rememberToggles("Ann", new Set(["stop"]));
  expect([memory.people, memory.toggles("Ann")]).toEqual([undefined, new Set()]);
});
