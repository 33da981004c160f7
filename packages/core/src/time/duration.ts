import { RequestError } from "../errors.ts";

const unitMicros: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
  w: 604_800_000_000,
};

/** Units as people write them, each with its short form. */
const unitNames: Readonly<Record<string, readonly string[]>> = {
  s: ["sec", "secs", "second", "seconds"],
  m: ["min", "mins", "minute", "minutes"],
  h: ["hr", "hrs", "hour", "hours"],
  d: ["day", "days"],
  w: ["week", "weeks"],
};
const shortUnits = new Map([
  ...Object.keys(unitMicros).map((unit) => [unit, unit] as const),
  ...Object.entries(unitNames).flatMap(([unit, names]) => names.map((name) => [name, unit] as const)),
]);
const shortPattern = /^\d{1,15}(?:\.\d{1,9})? ?[a-zµ]{1,7}(?: ?\d{1,15}(?:\.\d{1,9})? ?[a-zµ]{1,7})*$/;
const shortPart = /(\d+(?:\.\d+)?) ?([a-zµ]+)/g;
const isoPattern =
  /^P(?:(\d{1,15}(?:\.\d{1,9})?)W|(?:(\d{1,15}(?:\.\d{1,9})?)D)?(?:T(?:(\d{1,15}(?:\.\d{1,9})?)H)?(?:(\d{1,15}(?:\.\d{1,9})?)M)?(?:(\d{1,15}(?:\.\d{1,9})?)S)?)?)$/;
const isoUnits = ["w", "d", "h", "m", "s"] as const;

/**
 * Microseconds of a duration such as `30s`, `1h30m`, `250ms`, `2d`, `30 s`, `5 minutes` or ISO 8601 `PT30S`; undefined
 * if the text is none.
 * Months and years have no fixed length and are not taken; a day is 24 hours.
 */
export function tryParseDuration(text: string): number | undefined {
  const micros = shortPattern.test(text) ? short(text) : iso(text);
  return micros !== undefined && Number.isSafeInteger(micros) ? micros : undefined;
}

/** As tryParseDuration; throws RequestError (400, `invalid-duration`) for any other text. */
export function parseDuration(text: string): number {
  const micros = tryParseDuration(text);
  if (micros === undefined) {
    throw new RequestError(
      400,
      "invalid-duration",
      /^\d{1,12}(?:\.\d{1,9})?$/.test(text)
        ? `${text} has no unit; for seconds write ${text}s, for milliseconds ${text}ms`
        : `${JSON.stringify(text.slice(0, 60))} is no duration; write it like 30s, 5m, 1h30m, 2d or PT30S`,
    );
  }
  return micros;
}

/** The shortest form that parseDuration reads back to the same: `1h30m`, `30s`, `1500us`, `0s`. */
export function formatDuration(micros: number): string {
  let rest = Math.round(Math.abs(micros));
  if (rest === 0) return "0s";
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms", "us"] as const) {
    const length = unitMicros[unit]!;
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return micros < 0 ? `-${text}` : text;
}

function short(text: string): number | undefined {
  let micros = 0;
  for (const [, count, name] of text.matchAll(shortPart)) {
    const unit = shortUnits.get(name!);
    if (unit === undefined) return undefined;
    micros += Number(count) * unitMicros[unit]!;
  }
  return Math.round(micros);
}

function iso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (match === null || text.endsWith("T") || text === "P") return undefined;
  let micros = 0;
  isoUnits.forEach((unit, index) => {
    micros += Number(match[index + 1] ?? 0) * unitMicros[unit]!;
  });
  return Math.round(micros);
}
