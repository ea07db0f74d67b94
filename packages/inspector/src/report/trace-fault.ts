/**
 * Looks whether what a trace holds can be shown. `readTrace` has looked at its entries; here every
 * model that they make is looked at, for a file comes from whoever sends a bug report.
 */
import { CONNECTION_STATES, tracedModels } from "@holdfast/client/machine";
import type { ExportedTrace } from "@holdfast/client/trace";

/** So many entries are shown at most. */
export const ENTRIES_MAX = 20_000;
/** The longest entry, and the longest model before the first one, in characters of JSON. */
const ENTRY_CHARACTERS_MAX = 10_000;
/**
 * So many fields a model has at most, about twice as many as today. There is one for each entry,
 * so a small file with many would fill the memory.
 */
const FIELDS_MAX = 50;

type Fields = Readonly<Record<string, unknown>>;

/** What keeps a trace from being shown, as the end of a sentence; undefined: nothing. */
export function traceFault(trace: ExportedTrace): string | undefined {
  const { entries, policy } = trace;
  if (entries.length > ENTRIES_MAX) return `it has ${entries.length} entries, over ${ENTRIES_MAX}`;
  const { backoff, background, ...numbers } = fieldsOf(policy);
  if (!Object.values(numbers).every(isNumber) || !isRecord(backoff))
    return "its policy is no policy";
  if (background !== "keep" && !isNumber(fieldsOf(background)["graceMs"]))
    return "its policy is no policy";
  const oversize = oversizeOf(trace);
  if (oversize) return oversize;
  const before = trace.before ? modelFault(trace.before) : undefined;
  if (before) return `the model before its first entry has ${before}`;
  for (const [index, model] of tracedModels(trace).entries()) {
    const { from, to, stamp, event, effects = [] } = entries[index] ?? {};
    if (![event, ...effects].every(isOfSession))
      return `entry ${index} names a session that is no number`;
    if (!isState(from) || !isState(to)) return `entry ${index} names an unknown state`;
    if (!Number.isFinite(stamp?.now)) return `entry ${index} has no time`;
    const fault = modelFault(model);
    if (fault) return `after entry ${index} its model has ${fault}`;
  }
  return undefined;
}

/** Looked at first: what is made of a trace, and shown of it, is as large as its parts. */
function oversizeOf({
  before = {},
  entries,
}: Pick<ExportedTrace, "entries"> & { readonly before?: object }): string | undefined {
  if (isTooLong(before)) return "the model before its first entry is too long";
  const fields = new Set(Object.keys(before));
  for (const [index, entry] of entries.entries()) {
    if (isTooLong(entry)) return `entry ${index} is too long`;
    for (const field of Object.keys(entry.changed)) fields.add(field);
  }
  return fields.size > FIELDS_MAX ? "its models have too many fields" : undefined;
}

function isTooLong(value: unknown): boolean {
  return JSON.stringify(value).length > ENTRY_CHARACTERS_MAX;
}

function isOfSession(value: unknown): boolean {
  const { sessionId = 0 } = fieldsOf(value);
  return isNumber(sessionId);
}

function modelFault(value: unknown): string | undefined {
  const model = fieldsOf(value);
  if (!isState(model["state"])) return "an unknown state";
  if (typeof model["reason"] !== "string") return "no reason";
  if (typeof model["quality"] !== "string") return "no quality";
  for (const name of ["since", "sessionId", "attempt", "account", "windowMs"])
    if (!isNumber(model[name])) return `no ${name}`;
  const constraints = fieldsOf(model["constraints"]);
  for (const name of ["auth", "network", "appActive", "notFrozen"])
    if (typeof constraints[name] !== "boolean") return "no constraints";
  if (!isRecord(model["deadlines"]) || !Object.values(model["deadlines"]).every(isNumber))
    return "no deadlines";
  const failure = model["lastFailure"];
  if (failure !== undefined && !isFailure(fieldsOf(failure)))
    return "no account of its last failure";
  const health = model["health"];
  return health === undefined || isHealth(fieldsOf(health))
    ? undefined
    : "no account of its health";
}

function isFailure({ reason, at, detail }: Fields): boolean {
  return typeof reason === "string" && isNumber(at) && typeof detail === "string";
}

function isHealth({ lastInboundAt, lastPingAt, bounds, roundTripMs = 0 }: Fields): boolean {
  const { minMs, maxMs } = fieldsOf(bounds);
  return [lastInboundAt, lastPingAt, roundTripMs, minMs, maxMs].every(isNumber);
}

function isState(value: unknown): boolean {
  return CONNECTION_STATES.some((state) => state === value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
