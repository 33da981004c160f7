import { events, type TelemetryInput } from "@headwater/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Checksum, textNumber } from "../../accounts/checksum.ts";
import { Expected } from "./expected.ts";

function expectedOf(inputs: readonly TelemetryInput[], maxReadings = 1000, refused?: readonly string[]) {
  const expected = new Expected({ from: 0, to: 1000, maxReadings });
  for (const input of inputs)
    expected.add(events.telemetry.decode(events.telemetry.encode(input)), refused && new Set(refused));
  return [...expected.series()];
}
const event = (eventTime: number, value: number, metric = "x"): TelemetryInput => ({
  gateway: "g",
  device: "d",
  eventTime,
  readings: [{ metric, number: value }],
});

describe("what the store is expected to hold", () => {
  it("is of a repeated time the last value, and counts the others", () => {
    expect(expectedOf([event(20, 1), event(10, 2), event(20, 3), event(20, 4)])).toEqual([
      {
        device: "d",
        incarnation: 0,
        field: "x",
        rows: [
          [10, 2],
          [20, 4],
        ],
        overwritten: 2,
      },
    ]);
  });

  it("counts derived values that come again as nothing", () => {
    const derived = { ...event(10, 1), gateway: "", derived: { rule: "r" } };
    expect(expectedOf([derived, derived])[0]).toMatchObject({ overwritten: 0, rows: [[10, 1]] });
  });

  it("lies in the range, and leaves out what was refused", () => {
    expect(expectedOf([event(1000, 1), event(-1, 1), event(999, 1)])[0]!.rows).toEqual([[999, 1]]);
    expect(expectedOf([event(1, 1), event(1, 2, "y")], 1000, ["y"]).map(({ field }) => field)).toEqual(["x"]);
  });

  it("is bounded", () => {
    expect(() => expectedOf([event(1, 1), event(2, 1), event(3, 1)], 2)).toThrow(/shorter/);
  });

  it("agrees with a map, for any order of times", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 5 })), { minLength: 1, maxLength: 60 }),
        (rows) => {
          const map = new Map(rows);
          const [series] = expectedOf(rows.map(([time, value]) => event(time, value)));
          expect(series!.rows).toEqual([...map].toSorted((a, b) => a[0] - b[0]));
          expect(series!.overwritten).toBe(rows.length - map.size);
        },
      ),
    );
  });
});

describe("a checksum", () => {
  const of = (rows: readonly (readonly [number, number])[]) => {
    const checksum = new Checksum();
    for (const [time, value] of rows) checksum.add(time, value);
    return checksum.value;
  };

  it("tells rows apart by time, value and order", () => {
    const rows = [
      [1, 2],
      [2, 1],
    ] as const;
    const others = [[], [[1, 2]], [rows[1], rows[0]], [[1, 2], [2, 1.0000000000000002]], [[1, 1], [2, 2]]] as const; // prettier-ignore
    for (const other of others) expect(of(other)).not.toBe(of(rows));
    expect(of([[1, -0]])).toBe(of([[1, 0]]));
  });

  it("of texts differs where they do", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(textNumber(a) === textNumber(b)).toBe(a === b);
        expect(Number.isSafeInteger(textNumber(a))).toBe(true);
      }),
    );
  });
});
