import { decodeText } from "./texts.ts";

/** Text that was asked for as JSON. */
export function textOf(json: string): string {
  return decodeText(JSON.parse(json) as string);
}

/** Flux writes infinities, which a sum can reach, in its own way, and no number as nothing. */
export function numberOf(written: string): number {
  if (written === "") return Number.NaN;
  return written === "+Inf" ? Infinity : written === "-Inf" ? -Infinity : Number(written);
}
