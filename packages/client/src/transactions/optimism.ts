/**
 * What is shown before it is confirmed. Either as pure functions over a view, which forget by
 * themselves what has ended: {@link withPending}. Or by an app's own `apply` and `undo`, which must
 * be called in the right order: {@link Optimism}.
 */
import { guarded } from "../base/errors.ts";
import type { PendingTransaction, TransactionDefinition } from "./transaction.ts";

/**
 * The view with the effects of what is pending, in its order; confirmed plus pending is what to
 * show. Effects of other definitions are passed over. One that throws is reported to `onError`, as
 * an uncaught error by default, and passed over.
 */
export function withPending<View>(
  view: View,
  pending: readonly PendingTransaction[],
  definitions: readonly Pick<TransactionDefinition<never, unknown, View>, "name" | "effect">[],
  onError?: (error: unknown) => void,
): View {
  let shown = view;
  for (const transaction of pending) {
    const definition = definitions.find(({ name }) => name === transaction.name);
    const effect = definition?.effect?.bind(definition);
    if (effect)
      guarded(() => (shown = effect(shown, transaction as PendingTransaction<never>)), onError);
  }
  return shown;
}

interface Applied {
  readonly order: number;
  readonly transaction: PendingTransaction;
  readonly definition: TransactionDefinition;
  isApplied: boolean;
}

/** Keeps, for each scope, the effects that are applied, in the order of the queue. */
export class Optimism {
  readonly #scopes = new Map<string, Applied[]>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Applies an effect at its place: later ones of the scope are undone before, and come again. */
  show(order: number, transaction: PendingTransaction, definition: TransactionDefinition): void {
    if (!definition.apply) return;
    let scope = "";
    guarded(() => (scope = definition.scope?.(transaction.input) ?? ""), this.#report);
    const effects = this.#scopes.get(scope) ?? [];
    this.#scopes.set(scope, effects);
    let at = effects.length;
    while ((effects[at - 1]?.order ?? 0) > order) at--;
    const effect = { order, transaction, definition, isApplied: false };
    this.#edit(effects, at, () => void effects.splice(at, 0, effect));
  }

  /** Ends an effect: undoes it, or leaves what it did to what is confirmed. */
  hide(id: string, isUndone: boolean): void {
    for (const [scope, effects] of this.#scopes) {
      const at = effects.findIndex(({ transaction }) => transaction.id === id);
      if (at < 0) continue;
      const remove = (): void => void effects.splice(at, 1);
      if (isUndone) this.#edit(effects, at, remove);
      else remove();
      if (!effects.length) this.#scopes.delete(scope);
    }
  }

  #edit(effects: Applied[], from: number, edit: () => void): void {
    for (const { isApplied, definition, transaction } of effects.slice(from).reverse())
      if (isApplied) guarded(() => definition.undo?.(transaction), this.#report);
    edit();
    for (const effect of effects.slice(from)) {
      effect.isApplied = false;
      guarded(() => {
        effect.definition.apply?.(effect.transaction);
        effect.isApplied = true;
      }, this.#report);
    }
  }
}
