import { Environment, EvaluationError, ParseError, TypeError as CelTypeError } from "@marcbachmann/cel-js";

/** Longest text, and most parts, of an expression; both bound what one evaluation costs. */
export const maxLength = 2000;
const limits = { maxAstNodes: 200, maxDepth: 20, maxListElements: 50, maxMapEntries: 20, maxCallArguments: 8 };

/** Members of a device that expressions may name. */
const deviceMembers = ["id", "type", "tags", "attributes"];

/** What may be called: nothing that repeats its argument for each member of a list, and no pattern of a user's. */
const functionNames = "size int uint double string bool has contains startsWith endsWith type";
const functions = new Set(functionNames.split(" "));

type Numeric = number | bigint;

/** Numbers of both kinds mix: readings are doubles, and people write 1 where CEL's strict typing asks for 1.0. */
const arithmetic: Readonly<Record<string, (a: Numeric, b: Numeric) => number>> = {
  "+": (a, b) => Number(a) + Number(b),
  "-": (a, b) => Number(a) - Number(b),
  "*": (a, b) => Number(a) * Number(b),
  "/": (a, b) => Number(a) / Number(b),
};

const environment = new Environment({ unlistedVariablesAreDyn: false, limits })
  .registerVariable("metrics", "map<string, dyn>")
  .registerVariable("device", "map<string, dyn>");
for (const [operator, compute] of Object.entries(arithmetic)) {
  environment.registerOperator(`double ${operator} int: double`, compute);
  environment.registerOperator(`int ${operator} double: double`, compute);
}

/** What an expression may see. */
export interface Scope {
  readonly metrics: Readonly<Record<string, number | string | boolean>>;
  readonly device: {
    readonly id: string;
    readonly type: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly attributes: Readonly<Record<string, number | boolean | string>>;
  };
}

export interface Expression {
  /** The metrics that it names, in order of their names. */
  readonly metrics: readonly string[];
  readonly namesDevice: boolean;
  /** Whether it may be true of a device of which nothing was heard. */
  readonly mayHoldUnheard: boolean;
  /** Whether it computes something that is neither true nor false, whatever the metrics are. */
  readonly neverTells: boolean;
  /** undefined: an error, such as a metric that was never heard. */
  evaluate(scope: Scope): unknown;
}

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: string };

interface Node {
  readonly op: string;
  readonly args: unknown;
}

/** Of what a metric may have as its value. */
const valueTypes = new Set(["int", "uint", "double", "bool", "string", "dyn"]);

/** Parses an expression of the Common Expression Language; a problem says what is wrong and what to do. */
export function parseExpression(text: string, wanted: "bool" | "value"): ParsedExpression {
  try {
    const parsed = environment.parse(text);
    const checked = parsed.check();
    if (!checked.valid) return { ok: false, problem: readable(checked.error?.message ?? "it means nothing") };
    if (wanted === "bool" && checked.type !== "bool" && checked.type !== "dyn") {
      return { ok: false, problem: `gives ${String(checked.type)}; it has to be true or false` };
    }
    if (wanted === "value" && !valueTypes.has(String(checked.type))) {
      return { ok: false, problem: `gives ${String(checked.type)}; it has to be a number, text, true or false` };
    }
    const named = new Set<string>();
    const problem = problemOf(parsed.ast, named);
    if (problem !== undefined) return { ok: false, problem };
    const metrics = [...named].filter((name) => name.startsWith("m:")).map((name) => name.slice(2));
    const expression: Expression = {
      metrics: metrics.toSorted(),
      namesDevice: named.has("device"),
      // What gets by without a metric's value says so with one of these; all else is an error then.
      mayHoldUnheard: /\|\||!|\?|\bhas\(/.test(text),
      neverTells: neverTells(parsed.ast),
      evaluate(scope) {
        try {
          return parsed(scope);
        } catch {
          // Whatever goes wrong with values of a device is nothing known.
          return undefined;
        }
      },
    };
    if (expression.metrics.length === 0 && wanted === "bool")
      return { ok: false, problem: "names no metric, as in metrics.temperature > 80" };
    return { ok: true, expression };
  } catch (error) {
    if (!isOfCel(error)) throw error;
    return { ok: false, problem: readable((error as Error).message) };
  }
}

function isOfCel(error: unknown): boolean {
  return error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError;
}

/** What the library says of it, and what to do. */
function readable(message: string): string {
  const [, limit, most] = /^Exceeded max(\w+) \((\d+)\)/.exec(message) ?? [];
  if (limit === "AstNodes") return `has more than ${most} parts; make several conditions or rules of it`;
  if (limit === "Depth") return `nests deeper than ${most}; make several conditions or rules of it`;
  if (limit !== undefined) return `is too large: ${firstLine(message)}`;
  return `cannot be read: ${firstLine(message)}; write it like metrics.temperature > 80 && device.type == "boiler"`;
}

function firstLine(text: string): string {
  return text.split("\n")[0]!.trim();
}

const computing = new Set(["+", "-", "*", "/", "%", "-_"]);

/** Arithmetic of values whose types are known only when they come passes the check of types. */
function neverTells(node: unknown): boolean {
  if (typeof node !== "object" || node === null || !("op" in node)) return false;
  const { op, args } = node as Node;
  if (op !== "?:") return computing.has(op);
  const [, one, other] = args as readonly unknown[];
  return neverTells(one) && neverTells(other);
}

/** Collects what is named; answers the first problem. Keys have to be literal: the rule is found by what it names. */
function problemOf(node: unknown, named: Set<string>): string | undefined {
  if (Array.isArray(node)) {
    for (const each of node) {
      const problem = problemOf(each, named);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (typeof node !== "object" || node === null || !("op" in node)) return undefined;
  const { op, args } = node as Node;
  if (op === "value") return undefined;
  if (op === "id") {
    return args === "metrics" || args === "device"
      ? `names ${args} as a whole; name a member, as in ${args}.x`
      : undefined;
  }
  if (op === "." || op === "[]" || op === ".?" || op === "[?]")
    return problemOfMember(args as readonly unknown[], named);
  if (op === "call" || op === "rcall") {
    const [name, ...rest] = args as readonly unknown[];
    if (!functions.has(String(name))) {
      return `calls ${String(name)}, which rules may not; they may call ${[...functions].join(", ")}`;
    }
    return problemOf(rest, named);
  }
  return problemOf(args, named);
}

function problemOfMember([object, key]: readonly unknown[], named: Set<string>): string | undefined {
  const name = literalKey(key);
  const { op, args } = object as Node;
  if (op === "id" && args === "metrics") {
    if (name === undefined) return 'has a key that is no literal; name the metric, as in metrics["a b"]';
    named.add(`m:${name}`);
    return undefined;
  }
  if (op === "id" && args === "device") {
    named.add("device");
    if (name !== undefined && deviceMembers.includes(name)) return undefined;
    return `names device.${name ?? "?"}; a device has ${deviceMembers.join(", ")}`;
  }
  return name === undefined ? problemOf([object, key], named) : problemOf(object, named);
}

function literalKey(key: unknown): string | undefined {
  if (typeof key === "string") return key;
  const { op, args } = key as Node;
  return op === "value" && typeof args === "string" ? args : undefined;
}
