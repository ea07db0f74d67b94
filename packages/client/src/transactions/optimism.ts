/**
 * What is shown before it is confirmed. Either as pure functions over a view, which forget by
 * themselves what has ended: {@link withPending}. Or by an app's own `apply` and `undo`, which must
 * be called in the right order: {@link Optimism}.
 */
import { guarded } from "../base/errors.ts";
import type { PendingTransaction, TransactionDefinition } from "./transaction.ts";
import type { TransactionPhase } from "./transaction-event.ts";

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

interface Shown {
  readonly order: number;
  /** Undefined: nothing is applied in place. */
  readonly scope: string | undefined;
  readonly definition: TransactionDefinition | undefined;
  transaction: PendingTransaction;
  isApplied: boolean;
}

/** Keeps what is shown, and which effects are applied, in the order of the queue. */
export class Optimism {
  readonly #shown: Shown[] = [];
  readonly #byId = new Map<string, Shown>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** In the order of the queue. Entries that did not change are the same objects. */
  get pending(): readonly PendingTransaction[] {
    return this.#shown.map(({ transaction }) => transaction);
  }

  find(id: string): PendingTransaction | undefined {
    return this.#byId.get(id)?.transaction;
  }

  /** False: it is not shown. */
  setPhase(id: string, phase: TransactionPhase): boolean {
    const shown = this.#byId.get(id);
    if (shown) shown.transaction = { ...shown.transaction, phase };
    return !!shown;
  }

  /** Applies an effect at its place: later ones of the scope are undone before, and come again. */
  show(order: number, transaction: PendingTransaction, definition?: TransactionDefinition): void {
    let scope: string | undefined;
    if (definition?.apply) {
      scope = "";
      guarded(() => (scope = definition.scope?.(transaction.input) ?? ""), this.#report);
    }
    const one = { order, scope, transaction, definition, isApplied: false };
    let at = this.#shown.length;
    while ((this.#shown[at - 1]?.order ?? 0) > order) at--;
    this.#byId.set(transaction.id, one);
    this.#edit(one, at, () => void this.#shown.splice(at, 0, one));
  }

  /** Ends an effect: undoes it, or leaves what it did to what is confirmed. */
  hide(id: string, isUndone: boolean): void {
    const one = this.#byId.get(id);
    if (!one) return;
    this.#byId.delete(id);
    const at = this.#shown.indexOf(one);
    const remove = (): void => void this.#shown.splice(at, 1);
    if (isUndone) this.#edit(one, at, remove);
    else remove();
  }

  #edit({ scope }: Shown, from: number, edit: () => void): void {
    if (scope === undefined) return edit();
    const effects = (): Shown[] => this.#shown.slice(from).filter((one) => one.scope === scope);
    for (const effect of effects().reverse())
      if (effect.isApplied)
        guarded(() => effect.definition?.undo?.(effect.transaction), this.#report);
    edit();
    for (const effect of effects()) {
      effect.isApplied = false;
      guarded(() => {
        effect.definition?.apply?.(effect.transaction);
        effect.isApplied = true;
      }, this.#report);
    }
  }
}
