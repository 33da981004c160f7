import { encodeName } from "./names.ts";

/** A tag that has one of these values. */
export interface WantedTag {
  readonly tag: string;
  readonly values: readonly string[];
}

/**
 * The newest point of each of these fields, which are given as they are stored: a statement for each, since only of a
 * single field does `last` keep the time. `::field` and `::tag` tell a field from a tag of the same name.
 */
export function latestInfluxql(measurement: string, fields: readonly string[], wanted: readonly WantedTag[]): string[] {
  const where = wanted.map(condition).join(" AND ");
  const from = `FROM ${identifier(encodeName(measurement))} WHERE ${where} GROUP BY *`;
  return fields.map((field) => `SELECT last(${identifier(field)}::field) ${from}`);
}

export function fieldKeysInfluxql(measurement: string): string {
  return `SHOW FIELD KEYS FROM ${identifier(encodeName(measurement))}`;
}

/** A chain of comparisons costs InfluxDB three times as much as a pattern of two hundred values (measured). */
function condition({ tag, values }: WantedTag): string {
  const name = `${identifier(encodeName(tag))}::tag`;
  const [first] = values;
  if (values.length === 1 && first !== undefined) return `${name} = ${text(encodeName(first))}`;
  return `${name} =~ /^(${values.map((value) => pattern(encodeName(value))).join("|")})$/`;
}

/** Encoded names have neither backslashes nor line ends, so the quote is all there is to escape. */
function identifier(name: string): string {
  return `"${name.replaceAll('"', String.raw`\"`)}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", String.raw`\'`)}'`;
}

function pattern(value: string): string {
  return value.replaceAll(/[\\.+*?()|[\]{}^$/]/g, String.raw`\$&`);
}
