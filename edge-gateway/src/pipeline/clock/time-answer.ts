import { isoFromMicros } from "@headwater/core";
import { leastPlausible } from "./receive-clock.ts";

/**
 * The gateway's wall clock is not to be trusted if it is so far behind what this gateway has said before: it was set
 * back (µs).
 */
const setBackMicros = 1_000_000;

const emptyRequest = /^\s*(?:\{\s*\})?\s*$/;
const bareNumber = /^\s*(-?\d{1,20}(?:\.\d{1,9})?)\s*$/;
const objectWithT0 = /^\s*\{\s*"t0"\s*:\s*(-?\d{1,20}(?:\.\d{1,9})?|"[^"\\\p{Cc}]{0,64}")\s*\}\s*$/u;
const maxRequestBytes = 128;

/** What a device asks: `t0` as it was written, "" if it gave none; undefined if that is no request. */
export function readTimeRequest(payload: Buffer): string | undefined {
  if (payload.length > maxRequestBytes) return undefined;
  const text = payload.toString();
  if (emptyRequest.test(text)) return "";
  return (bareNumber.exec(text) ?? objectWithT0.exec(text))?.[1];
}

/**
 * Whether the gateway's own clock is known to be wrong. `last`: the latest time that its receive clock has given out.
 * Both in µs.
 */
export function isUncertain(wall: number, last: number): boolean {
  return wall < leastPlausible || last - wall > setBackMicros;
}

/**
 * The gateway's time as a device reads it, as JSON: `time` in milliseconds since the epoch (three decimals carry
 * microseconds) and `iso`, of when it is sent; to a request also its `t0`, and when the gateway received it, `t1`, so
 * that the device can reckon with the way: it is ((t1 - t0) + (time - t3)) / 2 behind, if the answer comes at t3 of its
 * clock (RFC 5905, section 8). `uncertain` warns of a gateway whose own clock is wrong.
 */
export function timeAnswer(
  wall: number,
  uncertain: boolean,
  request?: { readonly t0: string; readonly t1: number },
): string {
  const asked =
    request === undefined ? "" : `${request.t0 === "" ? "" : `"t0":${request.t0},`}"t1":${millis(request.t1)},`;
  return `{${asked}"time":${millis(wall)},"iso":"${isoFromMicros(wall)}"${uncertain ? ',"uncertain":true' : ""}}`;
}

function millis(micros: number): string {
  const whole = Math.floor(micros / 1000);
  return `${whole}.${String(micros - whole * 1000).padStart(3, "0")}`;
}
