import { isTextField } from "../field-names.ts";
import { nameFault, tagsFault, timeFault, valueFault } from "../point-checks.ts";
import type { Point } from "../time-series-store.ts";
import type { LineBuffer } from "./line-buffer.ts";
import { encodeName } from "./names.ts";
import { encodeText } from "./texts.ts";

/**
 * Field names kept escaped; beyond it the cache starts afresh, as a sender that invents names could fill the memory
 * otherwise.
 */
const MAX_CACHED_FIELDS = 50_000;
const COMMA = 0x2c;
const SPACE = 0x20;
const LINE_END = 0x0a;

interface Prefix {
  readonly measurement: string;
  /** With the space behind it. */
  readonly bytes: Uint8Array;
}

interface Field {
  /** With the equals sign. */
  readonly bytes: Uint8Array;
  readonly isText: boolean;
  /** Why the name cannot be stored. */
  readonly fault: string | undefined;
}

/** Points as lines. The escaped forms of a tags object and of a field's name are derived once. */
export class LineEncoder {
  readonly #prefixes = new WeakMap<Point["tags"], Prefix>();
  #fields = new Map<string, Field>();

  /** Writes the point's line and its line end; or nothing, and answers why there can be none. */
  write(point: Point, to: LineBuffer): string | undefined {
    const start = to.length;
    const fault = this.#write(point, to);
    if (fault !== undefined) to.cut(start);
    return fault;
  }

  #write(point: Point, to: LineBuffer): string | undefined {
    const { time, fields } = point;
    if (!Number.isSafeInteger(time)) return timeFault(time);
    const prefix = this.#prefix(point);
    if (typeof prefix === "string") return prefix;
    to.bytes(prefix.bytes);
    let any = false;
    for (const field in fields) {
      const value = fields[field] as number | string;
      const known = this.#fields.get(field) ?? this.#learn(field);
      const isPlain = typeof value === "number" && !known.isText && Number.isFinite(value);
      const fault = (isPlain ? undefined : valueFault(field, value)) ?? known.fault;
      if (fault !== undefined) return fault;
      if (any) to.byte(COMMA);
      any = true;
      to.bytes(known.bytes);
      if (typeof value === "number") to.number(value);
      else to.text(quoted(value));
    }
    if (!any) return "the point has no fields";
    to.byte(SPACE);
    // A time has no sign of zero.
    to.number(time + 0);
    to.byte(LINE_END);
    return undefined;
  }

  /** Why there is none, if it is text. */
  #prefix({ measurement, tags }: Point): Prefix | string {
    const cached = this.#prefixes.get(tags);
    if (cached !== undefined && cached.measurement === measurement) return cached;
    const fault = tagsFault(measurement, tags);
    if (fault !== undefined) return fault;
    const prefix = { measurement, bytes: Buffer.from(`${seriesKey(measurement, tags)} `) };
    this.#prefixes.set(tags, prefix);
    return prefix;
  }

  #learn(name: string): Field {
    if (this.#fields.size >= MAX_CACHED_FIELDS) this.#fields = new Map<string, Field>();
    const fault = nameFault("field", name);
    const bytes = Buffer.from(fault === undefined ? `${escapeKey(name)}=` : "");
    const field = { bytes, isText: isTextField(name), fault };
    this.#fields.set(name, field);
    return field;
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
