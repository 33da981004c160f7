import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArrivalCount } from "./readers/arrivals.ts";
import { compare } from "./compare.ts";
import { MessageLog } from "../load/message-log.ts";

function sentMessages(count: number, { unacked = [] as number[], repeated = [] as number[] } = {}) {
  const log = new MessageLog();
  for (let i = 1; i <= count; i++) {
    log.add(i * 1_000, []);
    if (!unacked.includes(i)) log.ack(i);
  }
  log.repeated.push(...repeated);
  return log.take();
}

function arrivalsOf(seqs: readonly number[], sent = 100) {
  const count = new ArrivalCount();
  for (const seq of seqs) count.take(seq);
  return count.arrivals(sent);
}

describe("what arrived, held against what was sent", () => {
  it("names what is lost as ranges with their times", () => {
    const found = compare("d", sentMessages(8), arrivalsOf([1, 4, 5, 8]));
    expect(found).toMatchObject({ arrived: 4, lost: 4, duplicated: 0, reordered: 0 });
    expect(found.lostRanges).toEqual([
      { device: "d", from: 2, to: 3, fromTime: "1970-01-01T00:00:02.000Z", toTime: "1970-01-01T00:00:03.000Z" },
      { device: "d", from: 6, to: 7, fromTime: "1970-01-01T00:00:06.000Z", toTime: "1970-01-01T00:00:07.000Z" },
    ]);
  });

  it("counts what nobody acknowledged apart, and what a later one of the same time replaced", () => {
    const found = compare("d", sentMessages(4, { unacked: [2] }), arrivalsOf([1, 4]), (seq) => seq === 3);
    expect(found).toMatchObject({ arrived: 2, lost: 0, unconfirmedMissing: 1, overwritten: 1 });
  });

  it("counts what came twice, but for what was sent twice, and what came out of order", () => {
    const found = compare("d", sentMessages(5, { repeated: [3] }), arrivalsOf([1, 3, 2, 2, 3, 5, 4, 4, 4]));
    expect(found).toMatchObject({ arrived: 5, lost: 0, duplicated: 3, reordered: 2 });
    expect(found.duplicates).toEqual([
      { device: "d", seq: 2, times: 2 },
      { device: "d", seq: 4, times: 3 },
    ]);
  });

  it("does not call what follows a number that was never sent out of order", () => {
    const found = compare("d", sentMessages(5), arrivalsOf([1, 2, 5_000, 4, 2 ** 31 - 1, 5, 2.5, NaN, -1, 0], 5));
    expect(found).toMatchObject({ arrived: 4, lost: 1, duplicated: 0, reordered: 0 });
  });

  it("adds up, whatever arrives", () => {
    const count = 50;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: count }), { maxLength: 200 }),
        fc.uniqueArray(fc.integer({ min: 1, max: count })),
        (seqs, unacked) => {
          const found = compare("d", sentMessages(count, { unacked }), arrivalsOf(seqs));
          expect(found.arrived + found.lost).toBe(count - unacked.length);
          expect(found.duplicated).toBe(seqs.length - new Set(seqs).size);
          expect(found.lostRanges.reduce((sum, { from, to }) => sum + to - from + 1, 0)).toBe(found.lost);
        },
      ),
    );
  });
});
