import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds, Lane, without, type Range } from "./lane.ts";

describe("the account of a lane", () => {
  it("leaves out what was dropped until that is on record", () => {
    const lane = new Lane(0, { n: 4, received: 3, dropped: {} });
    lane.droppedFrom = lane.next();
    lane.next();
    lane.received += 2;
    expect(lane.account).toEqual({ n: 4, received: 3, dropped: {} });
    lane.droppedFrom = 0;
    lane.giveUp([5, 6], "drop-newest", 2);
    lane.next();
    expect(lane.account).toEqual({ n: 7, received: 5, dropped: { "drop-newest": 2 }, gaps: [[5, 6]] });
    expect(new Lane(0, lane.account).account).toEqual(lane.account);
  });

  it("forgets gaps whose place has been passed", () => {
    const lane = new Lane(0);
    lane.giveUp([1, 3], "age", 3);
    lane.giveUp([7, 9], "age", 2);
    lane.passed(5);
    expect(lane.gaps).toEqual([[7, 9]]);
    lane.passed(9);
    expect(lane.account).toEqual({ n: 0, received: 0, dropped: { age: 5 } });
  });
});

const range = fc.tuple(fc.nat(40), fc.nat(10)).map(([from, length]): Range => [from, from + length]);

it("what is left of a range without others holds exactly the numbers that none of them holds", () => {
  fc.assert(
    fc.property(range, fc.array(range, { maxLength: 6 }), fc.nat(60), (whole, others, n) => {
      expect(holds(without(whole, others), n)).toBe(holds([whole], n) && !holds(others, n));
    }),
  );
});
