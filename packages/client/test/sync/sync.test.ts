/** Sync as an app and a session meet it, told on a manual clock against a model server. */
import { describe, expect, test } from "vitest";

import { SyncRig } from "./support/sync-rig.ts";

describe("catching up", () => {
  test("a bucket that is new here is fetched from its start, page by page (Y2)", async () => {
    const rig = new SyncRig();
    rig.server.append("log:1", { count: 8 });
    const bucket = rig.sync.bucket("log:1");
    bucket.open();
    const session = rig.connect();
    await rig.flow();
    expect(session.asked).toEqual([
      "subscribe log:1 -",
      "fetch log:1 0",
      "fetch log:1 3",
      "fetch log:1 6",
    ]);
    expect(rig.store.stored.get("log:1")?.rows).toEqual(rig.server.visible("log:1"));
    expect(bucket.state.current).toEqual({
      phase: "live",
      cursor: { epoch: "e1", seq: 8 },
      head: 8,
    });
    rig.sync.close();
    rig.drop();
    expect(rig.clock.pending).toBe(0);
  });
});
