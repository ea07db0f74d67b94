/**
 * Looks whether what a trace holds can be shown. `readTrace` has looked at its entries; here every
 * model that they make is looked at, for a file comes from whoever sends a bug report.
 */
import { CONNECTION_STATES, tracedModels } from "@holdfast/client/machine";
import type { ExportedTrace } from "@holdfast/client/trace";

/** So many entries are shown at most. */
export const ENTRIES_MAX = 20_000;

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
  const before = trace.before ? modelFault(trace.before) : undefined;
  if (before) return `the model before its first entry has ${before}`;
  for (const [index, model] of tracedModels(trace).entries()) {
    const { from, to, stamp } = entries[index] ?? {};
    if (!isState(from) || !isState(to)) return `entry ${index} names an unknown state`;
    if (!Number.isFinite(stamp?.now)) return `entry ${index} has no time`;
    const fault = modelFault(model);
    if (fault) return `after entry ${index} its model has ${fault}`;
  }
  return undefined;
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
