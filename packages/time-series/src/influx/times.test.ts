import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryAfterMs } from "./influx-errors.ts";
import { fluxTime, microsOf, rfc3339Of } from "./times.ts";

describe("times of InfluxDB", () => {
  it("keeps microseconds in both directions, before the epoch too", () => {
    expect(microsOf("2023-11-14T22:13:20Z")).toBe(1_700_000_000_000_000);
    expect(microsOf("2023-11-14T22:13:20.5Z")).toBe(1_700_000_000_500_000);
    expect(microsOf("1969-12-31T23:59:59.999993Z")).toBe(-7);
    expect(microsOf("2023-11-14T22:13:20.123456789Z")).toBe(1_700_000_000_123_456);
    expect(rfc3339Of(-1, 999)).toBe("1969-12-31T23:59:59.999999999Z");
    expect(fluxTime(-7)).toBe("time(v: -7000)");
    expect(fluxTime(Number.MAX_SAFE_INTEGER)).toBe("time(v: 9007199254740991000)");
    fc.assert(
      fc.property(fc.maxSafeInteger(), (micros) => {
        expect(microsOf(rfc3339Of(micros))).toBe(micros);
      }),
    );
  });

  it("reads Retry-After as seconds or as a date", () => {
    const now = Date.parse("2026-05-01T00:00:00Z");
    expect(retryAfterMs("5", now)).toBe(5_000);
    expect(retryAfterMs("Fri, 01 May 2026 00:00:07 GMT", now)).toBe(7_000);
    expect(retryAfterMs("Thu, 30 Apr 2026 00:00:07 GMT", now)).toBeUndefined();
    expect(retryAfterMs("999999999", now)).toBe(60_000);
    expect(retryAfterMs("soon", now)).toBeUndefined();
    expect(retryAfterMs(undefined, now)).toBeUndefined();
  });
});
