import { DecodeError } from "@headwater/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { cpuMillis } from "@headwater/testkit/cpu-time";
import type { DecodedMessage, Decoder, DecodeLimits } from "../src/decoder.ts";

export const testLimits: DecodeLimits = { maxReadings: 50, maxMetricLength: 64, maxDepth: 8 };

/** Fails if the message breaks a promise of the decoder interface. */
export function expectWithinBounds({ samples, effects, notes }: DecodedMessage, limits: DecodeLimits): void {
  if (effects === undefined) expect(samples.length).toBeGreaterThan(0);
  let count = 0;
  for (const { time, readings } of samples) {
    if (time !== undefined) expect(time).toSatisfy(Number.isSafeInteger);
    expect(readings.length).toBeGreaterThan(0);
    count += readings.length;
    for (const { metric, value, unit } of readings) {
      expect(metric.length).toBeGreaterThan(0);
      expect(metric.length).toBeLessThanOrEqual(limits.maxMetricLength);
      expect(metric).toSatisfy((text: string) => text.isWellFormed());
      if (typeof value === "number") expect(value).toSatisfy(Number.isFinite);
      else if (typeof value === "string") expect(value).toSatisfy((text: string) => text.isWellFormed());
      else expect(value).toBeTypeOf("boolean");
      expect(unit?.length ?? 0).toBeLessThanOrEqual(64);
    }
  }
  expect(count).toBeLessThanOrEqual(limits.maxReadings);
  for (const [name, note] of Object.entries(notes ?? {})) {
    // Digits of numbers are data, and never cut off.
    if (name !== "exact") expect(note.length).toBeLessThanOrEqual(1024);
  }
}

/** Readings within bounds, or a DecodeError; anything else fails. */
export function decodesOrRefuses(decoder: Decoder, payload: Uint8Array, limits: DecodeLimits = testLimits): void {
  let message: DecodedMessage;
  try {
    message = decoder(payload, limits);
  } catch (error) {
    if (error instanceof DecodeError) {
      expect(error.message.length).toBeLessThanOrEqual(2048);
      return;
    }
    throw error;
  }
  expectWithinBounds(message, limits);
}

/**
 * What holds of every decoder: random bytes, and `samples` cut off, with bytes changed, or joined with others, give
 * readings within bounds or a DecodeError. `heavy` are payloads made to cost: each has to be through in a second.
 */
export function anyBytesAreDecodedOrRefused(
  decoder: Decoder,
  samples: readonly Uint8Array[],
  heavy: readonly Uint8Array[] = [],
): void {
  it("any bytes give readings within bounds or a DecodeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => decodesOrRefuses(decoder, bytes)),
      { numRuns: propertyRuns(1500) },
    );
  });

  it("so do real samples that were damaged", () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.nat(255),
      kind: fc.constantFrom("set", "drop", "insert", "flip"),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(), { nil: undefined }),
        (sample, changes, cut) => {
          const bytes = [...sample];
          for (const { at, byte, kind } of changes) {
            const index = at % (bytes.length + 1);
            if (kind === "set") bytes[index] = byte;
            else if (kind === "drop") bytes.splice(index, 1);
            else if (kind === "insert") bytes.splice(index, 0, byte);
            else bytes[index] = (bytes[index] ?? 0) ^ (1 << (byte % 8));
          }
          const end = cut === undefined ? bytes.length : cut % (bytes.length + 1);
          decodesOrRefuses(decoder, Uint8Array.from(bytes.slice(0, end)));
        },
      ),
      { numRuns: propertyRuns(3000) },
    );
  });

  it.each(heavy.map((bytes, index) => [index, bytes] as const))(
    "costly payload %i is through within a second",
    (_index, bytes) => {
      expect(cpuMillis(() => decodesOrRefuses(decoder, bytes))).toBeLessThan(1000);
    },
  );
}
