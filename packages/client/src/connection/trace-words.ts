/** Says an event or an effect of a trace in a line, for tools that show traces. */

/** `transportClosed of session 3 (meaning retry, detail 1006)`, for events and effects. */
export function traceWords(one: { readonly type: string; readonly sessionId?: number }): string {
  const { type, sessionId, ...details } = one;
  const told = detailsOf(details);
  const whose = sessionId === undefined ? type : `${type} of session ${sessionId}`;
  return told.length > 0 ? `${whose} (${told.join(", ")})` : whose;
}

function detailsOf(details: object): readonly string[] {
  return Object.entries(details).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === "object" && value !== null)
      return detailsOf(value).map((detail) => `${name} ${detail}`);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text ? [`${name} ${text}`] : [];
  });
}
