import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginning, isAfter, type Position } from "./position.ts";
import { maxRetained, ReadingBuffer } from "./reading-buffer.ts";
import type { Reading } from "./reading.ts";

type Step =
  | { readonly kind: "push"; readonly after: number }
  | { readonly kind: "number"; readonly after: number; readonly gateway: string }
  | { readonly kind: "insert"; readonly time: number }
  | { readonly kind: "prune"; readonly behind: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("push" as const), after: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("number" as const),
      after: fc.nat(3),
      gateway: fc.constantFrom("g", "g", "g", "h"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("insert" as const), time: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("prune" as const), behind: fc.nat(40) }) },
);

describe("the retained readings of a series", () => {
  it("are those of a sorted list, whatever comes, late or in order, and goes", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const buffer = new ReadingBuffer();
        let list: Reading[] = [];
        let pruned: Position = beginning;
        let allGone: Reading[] = [];
        for (const [offset, each] of steps.entries()) {
          const newest = list.at(-1)?.time ?? 0;
          if (each.kind === "push") {
            const reading = readingAt(newest + each.after, offset);
            buffer.push(reading);
            list.push(reading);
          } else if (each.kind === "number") {
            const reading = { ...readingAt(newest + each.after, offset), gateway: each.gateway };
            expect(buffer.isNewer(reading.time, offset, 0)).toBe(true);
            pushNumber(buffer, reading);
            // Whether anybody has asked for it makes no difference to what comes later.
            list.push(offset % 3 === 0 ? buffer.newest! : reading);
          } else if (each.kind === "insert") {
            const reading = readingAt(each.time, offset);
            const isKept = isAfter(reading, pruned);
            expect(buffer.insert(reading)).toBe(isKept);
            if (isKept) list = [...list, reading].toSorted((a, b) => (isAfter(a, b) ? 1 : -1));
          } else if (list.length > 0) {
            const upTo = newest - each.behind;
            buffer.prune(upTo);
            const gone = list.slice(0, -1).filter(({ time }) => time <= upTo);
            list = list.slice(gone.length);
            allGone = [...allGone, ...gone];
            const last = gone.at(-1);
            if (last !== undefined && isAfter(last, pruned)) pruned = positionOf(last);
          }
          if (offset % 5 > 0) continue;
          expect(list.map((_, index) => buffer.peek(index))).toEqual(list);
          expect(list.map((_, index) => buffer.offsetAt(index))).toEqual(list.map((reading) => reading.offset));
          expect(contentOf(buffer)).toEqual(list);
          expect(contentOf(buffer)).toEqual(contentOf(buffer));
          expect(buffer.newest).toEqual(list.at(-1));
          expect(buffer.newest).toBe(buffer.newest);
          for (const [index, { time, offset: place }] of list.entries()) {
            expect(buffer.isNewer(time, place, 0)).toBe(false);
            expect(buffer.isNewer(time, place, 1)).toBe(index === list.length - 1);
            expect(buffer.atPosition({ time, offset: place, index: 0 })).toBe(buffer.at(index));
            expect(buffer.newestTimeFrom(place)).toBe(list.findLast((other) => other.offset >= place)?.time);
          }
          expect(buffer.pruned).toEqual(pruned);
          for (let from = 0; from <= offset; from += 3) {
            const own = allGone.filter((reading) => reading.offset >= from);
            const last = own.reduce<Position>((latest, each) => (isAfter(each, latest) ? each : latest), beginning);
            // Of very many two count as one, never as less.
            if (allGone.length <= 8) expect(buffer.prunedFrom(from)).toEqual(positionOf(last));
            else expect(isAfter(last, buffer.prunedFrom(from))).toBe(false);
          }
          for (const [index, reading] of list.entries()) expect(buffer.indexAfter(reading)).toBe(index + 1);
        }
        const copy = new ReadingBuffer();
        copy.load(list, pruned);
        expect(contentOf(copy)).toEqual(list);
        const merged = new ReadingBuffer();
        merged.load(
          list.filter((_, index) => index % 3 > 0),
          pruned,
        );
        merged.merge(buffer);
        expect(contentOf(merged)).toEqual(list);
      }),
    );
  });

  it("are no more than their bound, and few again after a burst", () => {
    const buffer = new ReadingBuffer();
    for (let offset = 0; offset < 3 * maxRetained; offset++) {
      buffer.push(readingAt(offset, offset));
      buffer.prune(-1);
    }
    expect(buffer.size).toBe(maxRetained);
    expect(buffer.at(0).offset).toBe(2 * maxRetained);
    buffer.prune(3 * maxRetained - 4);
    buffer.push(readingAt(3 * maxRetained, 3 * maxRetained));
    expect(contentOf(buffer).map(({ offset }) => 3 * maxRetained - offset)).toEqual([3, 2, 1, 0]);
  });
});

function contentOf(buffer: ReadingBuffer): readonly Reading[] {
  return Array.from({ length: buffer.size }, (_, index) => buffer.at(index));
}

function pushNumber(buffer: ReadingBuffer, reading: Reading): void {
  const { metric, gateway, time, offset, index, value, eventTime, receivedAt, logTime, epoch, n } = reading;
  const times = [eventTime, receivedAt, logTime] as const;
  buffer.pushNumber(metric, gateway, time, offset, index, Number(value), ...times, epoch, n);
}

function positionOf({ time, offset, index }: Position): Position {
  return { time, offset, index };
}

function readingAt(time: number, offset: number): Reading {
  const common = { index: 0, metric: "t", isBoolean: false, gateway: "g", derivedBy: "" };
  // All different, so that none is taken for another.
  const times = { time, eventTime: time + 0.25, receivedAt: time + 0.5, logTime: time + 0.75 };
  return { ...common, ...times, offset, value: offset / 8, epoch: 1 + (offset % 2), n: offset + 7 };
}
