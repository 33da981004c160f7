import { RequestError } from "../errors.ts";
import { tryParseDuration } from "./duration.ts";
import { microsFromIso } from "./iso.ts";

/**
 * Microseconds since the epoch of a time as people write it in a query: `now`, a duration before or after now
 * (`-1h`, `+5m`), or ISO 8601 with an offset. `now` is in microseconds.
 * Throws RequestError (400, `invalid-time`) for anything else.
 */
export function parseTimeRef(text: string, now: number): number {
  if (text === "now") return now;
  // An unescaped plus in a query string arrives as a space.
  const sign = text.startsWith("-") ? -1 : text.startsWith("+") || text.startsWith(" ") ? 1 : 0;
  if (sign !== 0) {
    const duration = tryParseDuration(text.slice(1));
    if (duration !== undefined) return now + sign * duration;
  }
  const micros = microsFromIso(text) ?? microsFromIso(text.replace(/ (\d{2}:?\d{2})$/, "+$1"));
  if (micros !== undefined) return micros;
  throw new RequestError(
    400,
    "invalid-time",
    `${JSON.stringify(text.slice(0, 60))} is no time; write it like 2026-05-01T12:00:00Z (with Z or an offset), -1h or now`,
  );
}
