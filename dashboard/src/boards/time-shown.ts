import type { TimeShown } from "./board.ts";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

export const spans = ["15m", "1h", "6h", "24h", "7d"] as const;

/** A span like 6h in milliseconds; undefined: it is none. */
export function spanMs(text: string): number | undefined {
  const [, number, unit] = /^([1-9]\d{0,5})(ms|s|m|h|d|w)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * unitMs[unit as keyof typeof unitMs];
}

/** The time that an address asks for: from and to, or a span up to now, else that of the board. */
export function timeShown(search: URLSearchParams, ofBoard: string | undefined, now: number): TimeShown {
  const [from, to] = ["from", "to"].map((name) => Date.parse(search.get(name) ?? ""));
  if (from! < to!) return { from: from!, to: to!, isLive: false };
  const span = spanMs(search.get("span") ?? "") ?? spanMs(ofBoard ?? "") ?? unitMs.h;
  return { from: now - span, to: now, isLive: true };
}
