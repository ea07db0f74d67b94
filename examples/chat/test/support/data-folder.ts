/** A folder for the data of one test, with the room's log that is in it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sqliteStore } from "@holdfast/server/sqlite";

import { ROOM, type Message } from "../../src/contract.ts";

export class DataFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "holdfast-chat-"));

  /** Puts messages into the log, before anybody serves it. */
  async fill(texts: readonly string[]): Promise<void> {
    const store = sqliteStore({ path: join(this.path, "chat.sqlite") });
    const message = { author: "eve-0123abcd", name: "Eve" };
    await store.commit({
      run: (tx) => texts.forEach((text, at) => tx.append(ROOM, { ...message, text }, at)),
    });
    await store.close();
  }

  /** All that was ever said, oldest first, read by a connection of its own. */
  async texts(): Promise<string[]> {
    const store = sqliteStore({ path: join(this.path, "chat.sqlite") });
    const limits = { updates: 100_000, bytes: Infinity };
    const [page] = await store.read([{ bucket: ROOM, after: 0 }], limits);
    await store.close();
    return (page?.updates ?? []).map(({ data }) => (data as Message).text);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
