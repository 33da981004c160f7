import type { LogRecord } from "@headwater/event-log";
import { describe, expect, it } from "vitest";
import { earliestAppend } from "../ledger/verify/log-reach.ts";
import { coverageOf } from "./coverage.ts";

const from = 1_780_000_000_000_000;

/** A partition that begins at an offset, with a record of that time if it has one. */
function logOf(start: number, firstAppend?: number) {
  const record: LogRecord = { offset: start, appendTime: firstAppend ?? 0, key: null, value: null, headers: {} };
  return {
    positions: () => Promise.resolve([{ partition: 0, start, end: firstAppend === undefined ? start : start + 1 }]),
    async *read() {
      await Promise.resolve();
      if (firstAppend !== undefined) yield { topic: "t", partition: 0, records: [record], highWatermark: start + 1 };
    },
  };
}

describe("a range that the log has whole", () => {
  it("begins after the first record by more than a clock may be ahead", async () => {
    expect(await coverageOf(logOf(7, from - earliestAppend), "t", 0, from)).toEqual({ fromBeginning: false });
    const { missing } = await coverageOf(logOf(7, from - earliestAppend + 1), "t", 0, from);
    expect(missing).toMatch(
      /partition 0 begins with a record appended at 2026-05-27T.*has to begin before 2026-05-27T/,
    );
  });

  it("is also one of a log from which nothing was ever removed", async () => {
    expect(await coverageOf(logOf(0, from + 5), "t", 0, from)).toEqual({ fromBeginning: true });
    expect(await coverageOf(logOf(0), "t", 0, from)).toEqual({ fromBeginning: true });
  });

  it("is none of a partition whose records have all expired", async () => {
    expect((await coverageOf(logOf(9), "t", 0, from)).missing).toBe("partition 0 has no record left");
  });
});
