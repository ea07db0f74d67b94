/**
 * What shows of transactions in one process, and what it hears of their ends: each effect is shown
 * and taken back in turns, and nothing that failed goes on showing.
 */
import { defineTransaction, TransactionError } from "@holdfast/client/durable";
import type { TransactionDefinition } from "@holdfast/client/durable";

import { appContract } from "./app-contract.ts";
import type { NoteInput, NotePlace } from "./app-contract.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { Wish, WishEnd } from "./wish.ts";
import { isRuledOut } from "./wish.ts";

export class Effects {
  readonly #name: string;
  readonly #journal: Journal;
  readonly #ledger: Ledger;
  readonly #shown = new Set<number>();

  constructor(name: string, journal: Journal, ledger: Ledger) {
    this.#name = name;
    this.#journal = journal;
    this.#ledger = ledger;
  }

  definition(): TransactionDefinition<NoteInput, NotePlace> {
    return defineTransaction(appContract, "note.add", {
      apply: ({ input }) => this.#show(input.wish, true),
      undo: ({ input }) => this.#show(input.wish, false),
      onResult: (_place, { input }) => this.ended(input.wish, { type: "done" }),
      onFailure: ({ kind, code = "" }, { input }) =>
        this.ended(input.wish, { type: "failed", kind, code }),
    });
  }

  isShown(n: number): boolean {
    return this.#shown.has(n);
  }

  /** Another account is shown from now on. */
  forget(): void {
    this.#shown.clear();
  }

  /** Follows a wish whose handle this process holds. `isListening`: it lives, and hears. */
  async follow(wish: Wish, result: Promise<NotePlace>, isListening: () => boolean): Promise<void> {
    try {
      const { epoch, seq } = await result;
      if (!isListening()) return;
      if (!wish.epochs.has(epoch))
        this.#broke("a result names what was committed", wish, `${epoch} ${seq}`);
      this.ended(wish.n, { type: "done" });
    } catch (error) {
      if (!(error instanceof TransactionError)) throw error;
      const { kind, code = "" } = error;
      if (isListening()) this.ended(wish.n, { type: "failed", kind, code });
    }
  }

  /** A client says how a wish ended. */
  ended(n: number, end: WishEnd): void {
    const wish = this.#ledger.wishes[n];
    if (!wish) return;
    const said = end.type === "done" ? "done" : `${end.kind} ${end.code}`;
    this.#journal.note(this.#name, `wish ${n}: ${said}`);
    // It goes on when its account is back.
    if (end.type === "failed" && end.kind === "closed") return;
    const { end: before, epochs } = wish;
    wish.end ??= end;
    if (end.type === "done" && epochs.size === 0) this.#broke("done means done", wish, said);
    // After a confirmation that died with the server's store, another tab may hear the opposite.
    const wasUndone = epochs.size > 0 && !epochs.has(this.#ledger.epoch);
    if (before && before.type !== end.type && !wasUndone)
      this.#broke("a wish has one end", wish, said);
    if (isRuledOut(wish) && epochs.has(this.#ledger.epoch))
      this.#broke("what was said to have no effect has none", wish, said);
    // What was confirmed before a server lost its store was overwritten, not undone.
    if (end.type === "failed" && epochs.size === 0 && this.#shown.has(n))
      this.#broke("what failed shows no more", wish, said);
  }

  #show(n: number, isShown: boolean): void {
    const wish = this.#ledger.wishes[n];
    if (!wish) return;
    const what = isShown ? "shown" : "taken back";
    if (this.#shown.has(n) === isShown)
      this.#broke("effects are shown and taken back in turns", wish, what);
    if (isShown) this.#shown.add(n);
    else this.#shown.delete(n);
  }

  #broke(property: string, { n }: Wish, detail: string): void {
    this.#journal.broke(property, `${this.#name}: wish ${n}, ${detail}`);
  }
}
