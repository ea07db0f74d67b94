/**
 * Runs the handler of a method: input checked before, output after, everything it throws made an
 * answer. What is synchronous stays synchronous, so that a simple call costs no promise.
 */
import { EncodeError } from "@holdfast/protocol";
import type {
  Call,
  Contract,
  Failure,
  Result,
  StandardIssue,
  StandardResult,
  StandardSchemaV1,
} from "@holdfast/protocol";

import type { CallContext, Viewer } from "./call-context.ts";
import { CallFailure, failureOf, ownFailure } from "./call-failure.ts";
import { StoreFault } from "./committer.ts";
import { isCallersFault } from "./store-error.ts";
import { outputFailure } from "./outbox.ts";

/** Hears of every call whose handler broke: it threw something of its own, or gave a bad output. */
export type ReportCallError = (
  error: unknown,
  context: Pick<Viewer, "account" | "sessionId"> & {
    readonly place: "handler";
    readonly method: string;
  },
) => void;

/** Handlers of any contract, as the inside has them: called with what the wire brought. */
export type AnyHandlers = Readonly<Record<string, (input: never, ctx: never) => unknown>>;

type Handle = (input: unknown, ctx: CallContext) => unknown;

interface Route {
  readonly handle: Handle;
  readonly input: StandardSchemaV1 | undefined;
  readonly output: StandardSchemaV1 | undefined;
}

export class CallRouter {
  readonly #routes = new Map<string, Route>();
  readonly #report: ReportCallError;

  /** Throws when a method of the contract has no handler. */
  constructor(contract: Contract, handlers: AnyHandlers, report: ReportCallError) {
    this.#report = report;
    for (const [method, { input, output }] of Object.entries(contract.calls)) {
      const handle = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
      if (typeof handle !== "function") throw new TypeError(`No handler for "${method}".`);
      // Their types were checked outside; what they are called with, validators check.
      this.#routes.set(method, { handle: handle as Handle, input, output });
    }
  }

  has(method: string): boolean {
    return this.#routes.has(method);
  }

  /** Runs the call; `settle` hears its answer exactly once, perhaps before this returns. */
  run(call: Call, ctx: CallContext, settle: (answer: Result | Failure) => void): void {
    const route = this.#routes.get(call.method);
    const fail = (error: unknown): void => settle(this.failure(call, ctx, error));
    const succeed = (output: unknown): void => settle({ type: "result", id: call.id, output });
    if (!route) return settle(ownFailure(call.id, "unknownMethod"));
    try {
      const returned = invoke(route, call, ctx);
      const output = then(returned, (value) => check(route.output, value, BadOutput));
      if (isPromiseLike(output)) output.then(succeed, fail);
      else succeed(output);
    } catch (error) {
      fail(error);
    }
  }

  /** What the handler returns. Rejects with whatever {@link failure} makes an answer of. */
  async returned(call: Call, ctx: CallContext): Promise<unknown> {
    const route = this.#routes.get(call.method);
    if (!route) throw new CallFailure("unknownMethod", "the server has no such method");
    return await invoke(route, call, ctx);
  }

  /** What the handler returned, as it is answered: at once, for it is checked within a commit. */
  outputOf(method: string, returned: unknown): unknown {
    const output = check(this.#routes.get(method)?.output, returned, BadOutput);
    if (!isPromiseLike(output)) return output;
    // Nobody waits for it, and what it rejects with must not end the process.
    output.then(ignore, ignore);
    throw new BadOutput([], "A call with a key takes no promise from its unit or its validator.");
  }

  /** The answer of a call whose handler, or whose checks, threw this. Reports what is a fault. */
  failure(call: Call, { account, sessionId }: CallContext, error: unknown): Failure {
    if (error instanceof CallFailure) return failureOf(call.id, error);
    if (error instanceof BadInput) return error.failure(call.id);
    // A store's fault was reported where it came up.
    if (error instanceof StoreFault) return ownFailure(call.id, "internal", "the store failed");
    this.#report(error, { place: "handler", method: call.method, account, sessionId });
    // What was thrown may hold anything; it stays here.
    if (error instanceof EncodeError) return outputFailure(call.id, error);
    const isUnfit = isCallersFault(error) && error.code === "badValue";
    return ownFailure(call.id, isUnfit || error instanceof BadOutput ? "badOutput" : "internal");
  }
}

function invoke(route: Route, call: Call, ctx: CallContext): unknown {
  return then(check(route.input, call.input, BadInput), (input) => route.handle(input, ctx));
}

/** A handler returned what its contract does not allow. Told to `onError`, never to the caller. */
class BadOutput extends Error {
  override readonly name = "BadOutput";

  constructor(issues: readonly StandardIssue[], message?: string) {
    const places = issues.map((issue) => pathOf(issue).join(".") || "the output itself").join(", ");
    super(message ?? `A handler's output breaks the contract: ${places}.`);
  }
}

/** The value as its validator returns it; without a validator, the value itself. */
function check(
  schema: StandardSchemaV1 | undefined,
  value: unknown,
  Fault: new (issues: readonly StandardIssue[]) => Error,
): unknown {
  if (!schema) return value;
  const valueOf = (result: StandardResult<unknown>): unknown => {
    if (result.issues) throw new Fault(result.issues);
    return result.value;
  };
  return then(schema["~standard"].validate(value), valueOf);
}

/** The input breaks the contract: where, but not what stood there, which validators quote. */
class BadInput extends Error {
  readonly #paths: readonly (readonly (string | number)[])[];

  constructor(issues: readonly StandardIssue[]) {
    super("bad input");
    this.#paths = issues.map(pathOf);
  }

  failure(id: number): Failure {
    const places = this.#paths.map((path) => path.join(".") || "the input itself").join(", ");
    const failure = ownFailure(id, "badInput", `the input breaks the contract: ${places}`);
    return { ...failure, data: { issues: this.#paths.map((path) => ({ path })) } };
  }
}

function pathOf(issue: StandardIssue): (string | number)[] {
  return (issue.path ?? []).map((step) => {
    const key = typeof step === "object" ? step.key : step;
    return typeof key === "number" ? key : String(key);
  });
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && isFunction(value.then);
}

function ignore(): void {}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

/** `next` of the value, now if it is there, later if it is promised. */
function then<T>(value: T | PromiseLike<T>, next: (value: T) => unknown): unknown {
  return isPromiseLike(value) ? value.then((settled) => next(settled)) : next(value);
}
