/**
 * Makes the mutants of a source file: each differs from it in one place, by a statement, a case, an
 * overriding property or a list element that is gone, or by a condition that is negated. It only
 * reads text and makes text; `mutate.ts` runs the tests against each.
 */
import { parse } from "@babel/parser";

/** One change: the text between `start` and `end` becomes `replacement`. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The line of the change, from 1. */
  readonly line: number;
  /** What was changed, on one line: names the mutant in reports and in the list of survivors. */
  readonly change: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number } };
  readonly [key: string]: unknown;
}

interface Change {
  readonly node: Node;
  readonly verb: "delete" | "negate";
  readonly replacement: string;
  /** Where the change ends, if it takes more than the node, such as a comma. */
  readonly end?: number;
}

const deletable = new Set([
  "BreakStatement",
  "ContinueStatement",
  "DoWhileStatement",
  "ExpressionStatement",
  "ForInStatement",
  "ForOfStatement",
  "ForStatement",
  "IfStatement",
  "ReturnStatement",
  "SwitchStatement",
  "ThrowStatement",
  "TryStatement",
  "WhileStatement",
]);

/** Calls that change nothing while the code is right: a program without them behaves the same. */
const inert = new Set(["assert", "unreachable"]);

/** Every mutant of `source`, in the order of the text. */
export function mutantsOf(source: string): Mutant[] {
  const { program } = parse(source, { sourceType: "module", plugins: ["typescript"] });
  const changes = [...changesIn(program as unknown as Node, source)];
  const mutants = changes.map((change) => mutantFrom(change, source));
  return mutants.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The text of the file with the mutant's change made. */
export function applyMutant(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

function mutantFrom({ node, verb, replacement, end = node.end }: Change, source: string): Mutant {
  const text = source.slice(node.start, node.end).replaceAll(/\s+/g, " ");
  const short = text.length > 90 ? `${text.slice(0, 89)}…` : text;
  const { line } = node.loc.start;
  return { start: node.start, end, replacement, line, change: `${verb} \`${short}\`` };
}

function* changesIn(node: Node, source: string): Generator<Change> {
  // Types are not there at run time.
  if (node.type.startsWith("TS") && !("expression" in node)) return;
  yield* changesOf(node, source);
  for (const child of childrenOf(node)) yield* changesIn(child, source);
}

function* changesOf(node: Node, source: string): Generator<Change> {
  if (deletable.has(node.type)) {
    if (!isInert(node)) yield { node, verb: "delete", replacement: ";" };
  } else if (node.type === "SwitchCase") {
    if (!isInertCase(node)) yield { node, verb: "delete", replacement: "" };
  } else if (node.type === "ObjectExpression") {
    yield* overridesIn(node, source);
  } else if (node.type === "ArrayExpression") {
    for (const element of nodesIn(node["elements"])) yield deletionFromList(element, source);
  }
  for (const condition of conditionsIn(node)) {
    const text = source.slice(condition.start, condition.end);
    yield { node: condition, verb: "negate", replacement: `!(${text})` };
  }
}

/** The properties of an object that come after a spread: each says what is to differ. */
function* overridesIn(object: Node, source: string): Generator<Change> {
  let afterSpread = false;
  for (const property of nodesIn(object["properties"])) {
    if (afterSpread) yield deletionFromList(property, source);
    afterSpread ||= property.type === "SpreadElement";
  }
}

function deletionFromList(node: Node, source: string): Change {
  const comma = /^\s*,/.exec(source.slice(node.end))?.[0] ?? "";
  return { node, verb: "delete", replacement: "", end: node.end + comma.length };
}

function conditionsIn(node: Node): Node[] {
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression":
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
      return isNode(node["test"]) ? [node["test"]] : [];
    case "LogicalExpression":
      if (node["operator"] === "??") return [];
      return nodesIn([node["left"], node["right"]]).filter(({ type }) => type !== node.type);
    default:
      return [];
  }
}

function isInert(statement: Node): boolean {
  const expression = statement["expression"] ?? statement["argument"];
  if (!isNode(expression) || expression.type !== "CallExpression") return false;
  const callee = expression["callee"];
  return isNode(callee) && inert.has(String(callee["name"]));
}

function isInertCase(node: Node): boolean {
  const [only, more] = nodesIn(node["consequent"]);
  return only !== undefined && more === undefined && isInert(only);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value) => (isNode(value) ? [value] : nodesIn(value)));
}

function nodesIn(list: unknown): Node[] {
  return Array.isArray(list) ? list.filter(isNode) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "loc" in value;
}
