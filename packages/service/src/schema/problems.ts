import type { TSchema } from "@sinclair/typebox";
import { KindGuard } from "@sinclair/typebox";
import type { TypeCheck, ValueError } from "@sinclair/typebox/compiler";
import { TypeCompiler, ValueErrorType } from "@sinclair/typebox/compiler";
import { describeType } from "./describe-type.ts";
import "./formats.ts";
import { nearest } from "./nearest.ts";

/** A fault at one place of a value, and how to mend it. */
export interface SchemaProblem {
  /** JSON pointer (RFC 6901) to the place; empty: the whole. */
  readonly pointer: string;
  readonly detail: string;
}

/** No answer lists more problems than this; finding them stops there too. */
const maxProblems = 20;

const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

/** The compiled check of a schema; compiled once per schema object. */
function checkOf(schema: TSchema): TypeCheck<TSchema> {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = TypeCompiler.Compile(schema);
    compiled.set(schema, check);
  }
  return check;
}

/** The faults of a value, in words for its author; none if it fits. At most 20, one a place. */
export function schemaProblems(schema: TSchema, value: unknown): readonly SchemaProblem[] {
  const check = checkOf(schema);
  if (check.Check(value)) return [];
  const problems: SchemaProblem[] = [];
  collect(check.Errors(value), problems);
  return problems;
}

function collect(errors: Iterable<ValueError>, problems: SchemaProblem[]): void {
  for (const error of errors) {
    if (problems.length >= maxProblems) return;
    // Of several errors at one place the first says enough (a missing property is also of the wrong type).
    if (problems.some((problem) => problem.pointer === error.path)) continue;
    if (error.type === ValueErrorType.Union && collectOfVariant(error, problems)) continue;
    problems.push({ pointer: error.path, detail: describe(error) });
  }
}

/**
 * A value that fits no variant of a union: the variant that it comes closest to (the deepest first problem) is most
 * likely the one that was meant, and its problems say more than that nothing fits.
 */
function collectOfVariant(error: ValueError, problems: SchemaProblem[]): boolean {
  if (typeof error.value !== "object" || error.value === null) return false;
  let best: ValueError[] | undefined;
  for (const variant of error.errors) {
    const found: ValueError[] = [];
    for (const inner of variant) {
      found.push(inner);
      if (found.length >= maxProblems) break;
    }
    if (found.length === 0 || found.some((inner) => inner.path === error.path)) continue;
    if (best === undefined || found.length < best.length) best = found;
  }
  if (best === undefined) return false;
  collect(best, problems);
  return true;
}

function describe(error: ValueError): string {
  const { schema, value } = error;
  if (error.type === ValueErrorType.ObjectAdditionalProperties) {
    const name = unescape(error.path.slice(error.path.lastIndexOf("/") + 1));
    const known = KindGuard.IsObject(schema) ? Object.keys(schema.properties) : [];
    const near = nearest(name, known);
    return `is not known here; ${near === undefined ? knownNames(known) : `did you mean ${near}?`}`;
  }
  if (error.type === ValueErrorType.ObjectRequiredProperty) return `is missing; give ${describeType(schema)}`;
  if (error.type === ValueErrorType.ArrayMaxItems) return `has more than ${String(schema["maxItems"])} items`;
  if (error.type === ValueErrorType.ArrayMinItems) return `needs at least ${String(schema["minItems"])} items`;
  if (error.type === ValueErrorType.ArrayUniqueItems) return `has ${shown(twiceIn(value))} twice; remove one`;
  if (error.type === ValueErrorType.ObjectMinProperties)
    return `needs at least ${String(schema["minProperties"])} entry`;
  if (error.type === ValueErrorType.ObjectMaxProperties) {
    return `has more than ${String(schema["maxProperties"])} entries`;
  }
  if (error.type === ValueErrorType.Never) return "is not allowed here";
  return `has to be ${describeType(schema)}, not ${shown(value)}`;
}

function twiceIn(list: unknown): unknown {
  return (list as readonly unknown[]).find((each, index, all) => all.indexOf(each) < index);
}

function knownNames(known: readonly string[]): string {
  if (known.length === 0) return "leave it out";
  const names = known.slice(0, 12).join(", ");
  return `known are ${names}${known.length > 12 ? ", …" : ""}`;
}

/** A value as a message may show it: short, and on one line. */
function shown(value: unknown): string {
  if (value === undefined) return "absent";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function unescape(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}
