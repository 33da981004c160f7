import { StoreUnavailableError, type Point, type RefusedPoint } from "@headwater/time-series";
import { silentLogger, UnknownOutcomeError } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { describe, expect, it } from "vitest";
import type { Refusal } from "../quarantine/refusal.ts";
import type { PointBatch } from "./point-batch.ts";
import { StoreWriter, type StoreWriterOptions } from "./store-writer.ts";

const mebibyte = 1024 * 1024;

function writerOn(
  write: (points: readonly Point[]) => Promise<{ refused: RefusedPoint[] }>,
  options: Partial<StoreWriterOptions> = {},
): StoreWriter {
  return new StoreWriter({
    store: { write },
    logger: silentLogger,
    ...{ maxPoints: 5000, flushMs: 0, maxQueuedPoints: 10_000, maxQueuedBytes: 64 * mebibyte },
    quarantine: () => Promise.resolve(),
    onFailure: (error) => {
      throw error;
    },
    ...options,
  });
}

function batchOf(count: number, more: Partial<PointBatch> = {}): PointBatch {
  const points = Array.from({ length: count }, (_, i) => ({
    ...{ measurement: "telemetry", tags: { device: "d1" }, time: 1_780_000_000_000_000 + i, fields: { x: i } },
  }));
  return {
    ...{ topic: "telemetry.v1", partition: 0, records: [], points, sources: points.map((_, i) => i) },
    ...{ bytes: 1000, refusals: [], signal: new AbortController().signal, onDurable: () => {} },
    ...more,
  };
}

describe("a writer", () => {
  it("has no room for few points that hold much memory", async () => {
    let isAway = true;
    const writer = writerOn(
      () => (isAway ? Promise.reject(new StoreUnavailableError("away")) : Promise.resolve({ refused: [] })),
      { maxQueuedBytes: 4 * mebibyte },
    );
    let taken = 0;
    const pushing = (async () => {
      for (; taken < 20; taken += 1) await writer.push(batchOf(1, { bytes: mebibyte }));
    })();
    await eventually(() => expect(writer.trouble).toBe("away"));
    expect(taken).toBe(3);
    expect(writer.pending).toBe(4);
    isAway = false;
    await pushing;
    await writer.drain(AbortSignal.timeout(60_000));
    expect(writer.pending).toBe(0);
  });

  it("gives a store that finishes no large write the same points in smaller ones, and larger ones again later", async () => {
    let most = 700;
    const sizes: number[] = [];
    const stored: number[] = [];
    const writer = writerOn((points) => {
      if (points.length > most) return Promise.reject(new UnknownOutcomeError("no answer in time"));
      sizes.push(points.length);
      stored.push(...points.map(({ fields }) => Number(fields["x"])));
      return Promise.resolve({ refused: [] });
    });
    const isDurable = Promise.withResolvers<void>();
    await writer.push(batchOf(5000, { onDurable: () => isDurable.resolve() }));
    await isDurable.promise;
    expect(stored).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(700);
    most = 5000;
    for (let round = 0; round < 20 && sizes.at(-1) !== 5000; round += 1) {
      const again = Promise.withResolvers<void>();
      await writer.push(batchOf(5000, { onDurable: () => again.resolve() }));
      await again.promise;
    }
    expect(sizes.at(-1)).toBe(5000);
  });

  it("repeats a write of unknown outcome as it was, the first time", async () => {
    const sizes: number[] = [];
    const writer = writerOn((points) => {
      sizes.push(points.length);
      return sizes.length === 1 ? Promise.reject(new UnknownOutcomeError("lost")) : Promise.resolve({ refused: [] });
    });
    const isDurable = Promise.withResolvers<void>();
    await writer.push(batchOf(5000, { onDurable: () => isDurable.resolve() }));
    await isDurable.promise;
    expect(sizes).toEqual([5000, 5000]);
  });

  it("knows the refused points of a write in parts", async () => {
    const writer = writerOn((points) => {
      if (points.length > 1000) return Promise.reject(new UnknownOutcomeError("no answer in time"));
      const refused = points.flatMap(({ fields }, index) =>
        fields["x"] === 3300 || fields["x"] === 4999 ? [{ index, reason: "bad" }] : [],
      );
      return Promise.resolve({ refused });
    });
    const refusals = Promise.withResolvers<readonly Refusal[]>();
    await writer.push(batchOf(5000, { onDurable: (all) => refusals.resolve(all) }));
    expect((await refusals.promise).map(({ source }) => source)).toEqual([3300, 4999]);
  });

  it("tries no more for a partition that another instance has, and goes on for the others of the same write", async () => {
    let isAway = true;
    const written: number[] = [];
    const writer = writerOn((points) => {
      if (isAway) return Promise.reject(new StoreUnavailableError("away"));
      written.push(...points.map(({ fields }) => Number(fields["x"])));
      return Promise.resolve({ refused: [] });
    });
    const lost = new AbortController();
    const isDurable = Promise.withResolvers<void>();
    const told: string[] = [];
    await writer.push(batchOf(2, { signal: lost.signal, onDurable: () => told.push("lost") }));
    await writer.push(batchOf(4, { partition: 1, onDurable: () => isDurable.resolve() }));
    await eventually(() => expect(writer.trouble).toBe("away"));
    lost.abort();
    isAway = false;
    await isDurable.promise;
    expect(written).toEqual([0, 1, 2, 3]);
    expect(told).toEqual([]);
    expect(writer.pending).toBe(0);
  });
});
