/** What no payload may hold, though formats can say it and parsers let it through. */

/**
 * What is wrong with how a payload is built, if anything (PROTOCOL.md §2.3): it nests deeper than
 * `nestingMax`, or some object in it has a key `__proto__`. (`JSON.parse` makes that an own field,
 * harmless until somebody copies the object by assignment.) An object with a `toJSON` counts as
 * what it makes of itself. It costs about a tenth of `JSON.parse`.
 */
export function payloadFault(
  payload: unknown,
  nestingMax: number,
): "tooDeep" | "prototypeKey" | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  if (nestingMax <= 0) return "tooDeep";
  const { toJSON } = payload as { readonly toJSON?: unknown };
  const json: unknown = typeof toJSON === "function" ? toJSON.call(payload) : payload;
  if (typeof json !== "object" || json === null) return undefined;
  if (Array.isArray(json)) {
    for (const element of json) {
      const fault = payloadFault(element, nestingMax - 1);
      if (fault) return fault;
    }
    return undefined;
  }
  for (const key of Object.keys(json)) {
    if (key === "__proto__") return "prototypeKey";
    const fault = payloadFault((json as Record<string, unknown>)[key], nestingMax - 1);
    if (fault) return fault;
  }
  return undefined;
}
