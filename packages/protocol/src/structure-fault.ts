/** What no message may hold at any depth, though formats can say it and parsers let it through. */

/**
 * What is wrong with how a value is built, if anything: it nests deeper than `nestingMax`, or some
 * object in it has a key `__proto__`. (`JSON.parse` makes that an own field, harmless until somebody
 * copies the object by assignment.) An object with a `toJSON` counts as what it makes of itself.
 *
 * Every message read and written takes this walk. It costs a tenth of `JSON.parse`, because engines
 * make these two loops fast; so there is nothing to gain by looking at the text first.
 */
export function structureFault(
  value: unknown,
  nestingMax: number,
): "tooDeep" | "prototypeKey" | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (nestingMax <= 0) return "tooDeep";
  const { toJSON } = value as { readonly toJSON?: unknown };
  const json: unknown = typeof toJSON === "function" ? toJSON.call(value) : value;
  if (Array.isArray(json)) {
    for (const element of json) {
      const fault = structureFault(element, nestingMax - 1);
      if (fault) return fault;
    }
  } else if (typeof json === "object") {
    for (const key in json) {
      const fault =
        key === "__proto__"
          ? "prototypeKey"
          : structureFault((json as Record<string, unknown>)[key], nestingMax - 1);
      if (fault) return fault;
    }
  }
  return undefined;
}
