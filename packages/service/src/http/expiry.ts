import { isoFromMicros, microsFromIso, nowMicros, parseDuration, RequestError } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import { duration } from "./documented.ts";

/** Of the body of what may end by itself. */
export const expiryFields = {
  expiresAt: Type.Optional(
    Type.String({ maxLength: 64, description: "ISO 8601; default: never", documented: { format: "date-time" } }),
  ),
  expiresIn: Type.Optional(
    Type.String({ maxLength: 32, description: "From now on, like 90d; instead of expiresAt", ...duration }),
  ),
};

/** When it ends (µs; 0: never). Throws RequestError (400) with that code for no time that could be an end. */
export function expiryOf(
  { expiresAt, expiresIn }: { readonly expiresAt?: string; readonly expiresIn?: string },
  code: string,
): number {
  const invalid = (message: string) => new RequestError(400, code, message);
  if (expiresAt !== undefined && expiresIn !== undefined) throw invalid("Give expiresAt or expiresIn, not both");
  if (expiresAt === undefined && expiresIn === undefined) return 0;
  const now = nowMicros();
  const micros = expiresAt === undefined ? now + parseDuration(expiresIn!) : microsFromIso(expiresAt);
  if (micros === undefined) throw invalid("expiresAt has to be a time in ISO 8601, like 2027-01-31T00:00:00Z");
  if (micros <= now) throw invalid("It would have expired already");
  // Microseconds beyond it are no safe integers any more.
  if (!Number.isSafeInteger(micros)) throw invalid("An end has to be before the year 2255; leave it out for none");
  return micros;
}

/** The end as an answer shows it: not at all, if there is none. */
export function expiryShown(expiresAt: number): { expiresAt?: string } {
  return expiresAt > 0 ? { expiresAt: isoFromMicros(expiresAt) } : {};
}
