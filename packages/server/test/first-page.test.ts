import type { ServerMessage } from "@holdfast/protocol";
import { expect, test } from "vitest";

import type { FeedSession } from "../src/feed-session.ts";
import { sayFirstPage } from "../src/first-page.ts";
import { PageBudget } from "../src/page-budget.ts";
import type { LogPage, LogRange } from "../src/server-store.ts";

const RANGE: LogRange = { bucket: "room:1", epoch: "e1", oldest: 3, head: 9 };
const page = (after: number, upTo: number): LogPage => ({
  ...RANGE,
  after,
  upTo,
  updates: Array.from({ length: upTo - after }, (_, n) => ({ seq: after + 1 + n, at: 0, data: n })),
});

function join(
  wanted: { epoch?: string; after?: number },
  read?: LogPage,
  hasRoom = true,
): unknown[] {
  const said: ServerMessage[] = [];
  const counts = { pagesSaid: 0, headsSaid: 0 };
  const session = {
    author: "ada",
    counts,
    say: (message: ServerMessage) => void said.push(message),
    sayWithin: (message: ServerMessage) => (hasRoom ? said.push(message) : 0),
  } as unknown as FeedSession;
  const isWhole = sayFirstPage(
    { session, sees: undefined, budget: new PageBudget() },
    { bucket: "room:1", epoch: "e1", ...wanted },
    RANGE,
    read,
  );
  const words = said.map((one) => ("upTo" in one ? `${one.type} to ${one.upTo}` : one.type));
  return [isWhole, ...words, counts.pagesSaid, counts.headsSaid];
}

test.each<[what: string, heard: unknown[], ...Parameters<typeof join>]>([
  ["at the head, an empty page", [true, "page to 9", 1, 0], { after: 9 }],
  ["before the oldest, that it is too far", [true, "tooFarBehind", 0, 0], { after: 1 }],
  ["in another epoch, that it is too far", [true, "tooFarBehind", 0, 0], { epoch: "e0", after: 9 }],
  ["behind, the page up to the head", [true, "page to 9", 1, 0], { after: 4 }, page(4, 9)],
  ["further behind, what a page holds", [false, "page to 7", 1, 0], { after: 4 }, page(4, 7)],
  ["behind, when no page was read, that there is more", [false, "heads", 0, 1], { after: 4 }],
  [
    "with no room left, that there is more",
    [false, "heads", 0, 1],
    { after: 4 },
    page(4, 9),
    false,
  ],
])("whoever joins hears %s", (_, heard, wanted, read, hasRoom) => {
  expect(join(wanted, read, hasRoom)).toEqual(heard);
});
