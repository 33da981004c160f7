import { tryParseDuration } from "@headwater/core";

/** Two numbers between which one is drawn; both the same: always that. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds of a length of time; undefined if the text is none. */
export function millisOf(text: string): number | undefined {
  const negative = text.startsWith("-");
  const micros = tryParseDuration(negative ? text.slice(1) : text);
  return micros === undefined ? undefined : (negative ? -micros : micros) / 1_000;
}

/** Milliseconds of `1s..10m` or `5s`. */
export function millisRangeOf(text: string): Range | undefined {
  const [from, to = from, ...rest] = text.split("..").map((part) => millisOf(part.trim()));
  if (from === undefined || to === undefined || rest.length > 0 || to < from) return undefined;
  return { from, to };
}

/** A share between 0 and 1, also written as `5%`. */
export function shareOf(value: string | number): number | undefined {
  if (typeof value === "number") return value >= 0 && value <= 1 ? value : undefined;
  const match = /^(\d{1,3}(?:\.\d{1,9})?)\s*%$/.exec(value.trim());
  const percent = match === null ? NaN : Number(match[1]);
  return percent <= 100 ? percent / 100 : undefined;
}

/** How many a second: `5000/s`, `12/m`, `1/h`, `1/10s`. */
export function ratePerSecond(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\s*\/\s*(.+)$/.exec(text.trim());
  if (match === null) return undefined;
  const per = /^\d/.test(match[2]!) ? match[2]! : `1${match[2]!}`;
  const millis = millisOf(per);
  const rate = millis === undefined || millis <= 0 ? NaN : (Number(match[1]) * 1_000) / millis;
  return rate > 0 && rate <= 10_000_000 ? rate : undefined;
}
