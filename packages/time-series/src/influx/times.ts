/** Times of InfluxDB (nanoseconds, RFC 3339) and ours (integers of microseconds). */

const SECOND = 1_000_000;

/**
 * Reads `2026-05-01T12:00:00.123456Z`; nanoseconds below a microsecond, which only others can have written, are cut
 * off.
 */
export function microsOf(rfc3339: string): number {
  const seconds = Date.parse(`${rfc3339.slice(0, 19)}Z`) * 1_000;
  if (rfc3339.length <= 20) return seconds;
  return seconds + Number(rfc3339.slice(20, -1).padEnd(6, "0").slice(0, 6));
}

/** `nanos` are the nanoseconds after the microsecond. */
export function rfc3339Of(micros: number, nanos = 0): string {
  const second = Math.floor(micros / SECOND);
  const fraction = (micros - second * SECOND) * 1_000 + nanos;
  return `${new Date(second * 1_000).toISOString().slice(0, 19)}.${String(fraction).padStart(9, "0")}Z`;
}

/** A time as Flux takes it exactly. */
export function fluxTime(micros: number): string {
  return `time(v: ${BigInt(micros) * 1_000n})`;
}
