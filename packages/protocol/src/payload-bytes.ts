/**
 * Bytes in payloads: MessagePack can say them, and JSON cannot, be it on the wire or in a store.
 * `JSON.stringify` does not refuse them: it makes an object, with a field for each.
 */

/**
 * Is there a `Uint8Array`, or another view of memory, anywhere in the value? It must have no cycle.
 */
export function holdsBytes(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ArrayBuffer.isView(value) || Object.values(value).some(holdsBytes);
}

/**
 * What `payloadFault` says, of a payload that some codec has read: bytes are as good as text.
 */
export function readPayloadFault(
  payload: unknown,
  nestingMax: number,
): "tooDeep" | "prototypeKey" | undefined {
  if (typeof payload !== "object" || payload === null || ArrayBuffer.isView(payload))
    return undefined;
  if (nestingMax <= 0) return "tooDeep";
  if (!Array.isArray(payload) && Object.hasOwn(payload, "__proto__")) return "prototypeKey";
  for (const part of Array.isArray(payload) ? (payload as unknown[]) : Object.values(payload)) {
    const fault = readPayloadFault(part, nestingMax - 1);
    if (fault) return fault;
  }
  return undefined;
}
