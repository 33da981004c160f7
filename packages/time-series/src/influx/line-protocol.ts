import { nameFault, tagsFault, timeFault, valueFault } from "../point-checks.ts";
import type { Point } from "../time-series-store.ts";
import { encodeName } from "./names.ts";
import { encodeText } from "./texts.ts";

/**
 * Field names kept escaped; beyond it the cache starts afresh, as a sender that invents names could fill the memory
 * otherwise.
 */
const MAX_CACHED_FIELDS = 50_000;

type Line = { readonly line: string } | { readonly fault: string };

interface Prefix {
  readonly measurement: string;
  readonly text: string;
}

/** Points as lines. The escaped forms of a tags object and of a field's name are derived once. */
export class LineEncoder {
  readonly #prefixes = new WeakMap<Point["tags"], Prefix>();
  #fields = new Map<string, string>();

  /** A line without its line end, or why there can be none. */
  line(point: Point): Line {
    const { time, fields } = point;
    if (!Number.isSafeInteger(time)) return { fault: timeFault(time) as string };
    const prefix = this.#prefix(point);
    if ("fault" in prefix) return prefix;
    let text = "";
    for (const field in fields) {
      const value = fields[field] as number | string;
      const fault = valueFault(field, value);
      if (fault !== undefined) return { fault };
      const name = this.#fields.get(field) ?? this.#escapeField(field);
      if (name === "") return { fault: nameFault("field", field) as string };
      const stored = typeof value === "number" ? (Object.is(value, -0) ? "-0" : String(value)) : quoted(value);
      text = text === "" ? `${name}=${stored}` : `${text},${name}=${stored}`;
    }
    return text === "" ? { fault: "the point has no fields" } : { line: `${prefix.text} ${text} ${time}` };
  }

  #prefix({ measurement, tags }: Point): Prefix | { readonly fault: string } {
    const cached = this.#prefixes.get(tags);
    if (cached !== undefined && cached.measurement === measurement) return cached;
    const fault = tagsFault(measurement, tags);
    if (fault !== undefined) return { fault };
    const prefix = { measurement, text: seriesKey(measurement, tags) };
    this.#prefixes.set(tags, prefix);
    return prefix;
  }

  /** Empty if the name cannot be stored. */
  #escapeField(field: string): string {
    if (this.#fields.size >= MAX_CACHED_FIELDS) this.#fields = new Map<string, string>();
    const escaped = nameFault("field", field) === undefined ? escapeKey(field) : "";
    this.#fields.set(field, escaped);
    return escaped;
  }
}

function seriesKey(measurement: string, tags: Point["tags"]): string {
  const sorted = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  const name = encodeName(measurement).replace(/[, ]/g, String.raw`\$&`);
  return [name, ...sorted.map(([tag, value]) => `${escapeKey(tag)}=${escapeKey(value)}`)].join(",");
}

function escapeKey(key: string): string {
  return encodeName(key).replace(/[,= ]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `"${encodeText(text).replace(/["\\]/g, String.raw`\$&`)}"`;
}
