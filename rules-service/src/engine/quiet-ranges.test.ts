import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QuietRanges } from "./quiet-ranges.ts";

const bound = fc.oneof(fc.constantFrom(-Infinity, Infinity), fc.integer({ min: -10, max: 10 }));
const range = fc.record({ low: bound, high: bound, until: bound });
const reading = fc.record({ value: fc.integer({ min: -11, max: 11 }), time: fc.integer({ min: -11, max: 11 }) });

describe("ranges in which a reading concerns no rule", () => {
  it("name the same rules as one look at each, however many there are and whatever was changed", () => {
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 70 }),
        fc.array(fc.record({ slot: fc.nat(69), to: range }), { maxLength: 20 }),
        fc.array(reading, { minLength: 1, maxLength: 10 }),
        (first, changes, readings) => {
          const plain = first.map((each) => ({ ...each, until: Infinity }));
          const shared = QuietRanges.of(plain);
          const own = shared.copy();
          const changed = [...plain];
          for (const { slot, to } of changes) {
            if (slot >= plain.length) continue;
            changed[slot] = to;
            own.set(slot, to, to.until);
            expect(own.is(slot, to, to.until)).toBe(true);
          }
          for (const { value, time } of readings) {
            expect(concerned(own, value, time)).toEqual(oneByOne(changed, value, time));
            expect(concerned(shared, value, time)).toEqual(oneByOne(plain, value, time));
          }
        },
      ),
    );
  });
});

function concerned(ranges: QuietRanges, value: number, time: number): readonly number[] {
  const slots: number[] = [];
  for (let slot = ranges.next(0, value, time); slot >= 0; slot = ranges.next(slot + 1, value, time)) slots.push(slot);
  return slots;
}

function oneByOne(
  ranges: readonly { readonly low: number; readonly high: number; readonly until: number }[],
  value: number,
  time: number,
): readonly number[] {
  return ranges.flatMap(({ low, high, until }, slot) => (value >= low && value < high && time < until ? [] : [slot]));
}
