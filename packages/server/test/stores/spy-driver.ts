/** A driver that keeps count of what is done with it, and fails on demand. */
import { openSqlite } from "../../src/stores/sqlite-driver.ts";
import type { SqliteDriver } from "../../src/stores/sqlite-driver.ts";

export class SpyDriver {
  /** The statements that were run, but for pragmas. */
  readonly ran: string[] = [];
  /** A statement that begins with a key throws its value instead of being run. */
  readonly failing = new Map<string, Error>();
  isClosed = false;

  readonly open = (path: string): SqliteDriver => {
    const db = openSqlite(path);
    const note = (sql: string): void => {
      const text = sql.trim();
      if (!text.startsWith("pragma")) this.ran.push(text);
      for (const [start, error] of this.failing) if (text.startsWith(start)) throw error;
    };
    return {
      exec(sql) {
        note(sql);
        db.exec(sql);
      },
      prepare(sql) {
        const statement = db.prepare(sql);
        return {
          run(...values) {
            note(sql);
            return statement.run(...values);
          },
          get(...values) {
            note(sql);
            return statement.get(...values);
          },
          all(...values) {
            note(sql);
            return statement.all(...values);
          },
        };
      },
      close: () => {
        this.isClosed = true;
        db.close();
      },
    };
  };

  /** How often statements were run that begin so. */
  count(start: string): number {
    return this.ran.filter((sql) => sql.startsWith(start)).length;
  }
}

/** As SQLite's drivers say it. */
export function sqliteError(errcode: number, message = "as SQLite says"): Error {
  return Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode });
}
