import { type EventLog, LogUnavailableError, RecordRefusedError } from "@headwater/event-log";
import { silentLogger, TimedOutError, UnknownOutcomeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { appendRecord } from "./append-record.ts";

const record = { key: "d", value: Uint8Array.of(1) };
const landed = [{ topic: "t", partition: 2, baseOffset: 40, count: 1 }];

/** Answers with each outcome in turn, the last one for ever; "hang" never answers. */
function logOf(...outcomes: readonly (Error | "hang" | "lands")[]) {
  const asked: unknown[] = [];
  const append: EventLog["append"] = (_topic, records) => {
    const outcome = outcomes[Math.min(asked.length, outcomes.length - 1)];
    asked.push(records);
    if (outcome === "hang") return new Promise(() => {});
    return outcome === "lands" ? Promise.resolve(landed) : Promise.reject(outcome);
  };
  return { append, asked };
}

describe("a write to the log", () => {
  it("answers with where it landed, repeated as it was after an outcome that is unknown", async () => {
    const log = logOf(new UnknownOutcomeError("?"), new LogUnavailableError("away"), "lands");
    expect(await appendRecord("t", record, { log: log, timeoutMs: 5000, logger: silentLogger })).toEqual({
      topic: "t",
      partition: 2,
      offset: 40,
    });
    expect(log.asked).toEqual([[record], [record], [record]]);
  });

  it("gives up in time, with what the log said last, and does not go on behind the caller's back", async () => {
    const away = logOf(new LogUnavailableError("The log is away"));
    await expect(appendRecord("t", record, { log: away, timeoutMs: 200, logger: silentLogger })).rejects.toThrow(
      "The log is away",
    );
    const tries = away.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(away.asked.length).toBe(tries);
    await expect(
      appendRecord("t", record, { log: logOf("hang"), timeoutMs: 50, logger: silentLogger }),
    ).rejects.toThrow(TimedOutError);
  });

  it("is not repeated if it will never be taken", async () => {
    const log = logOf(new RecordRefusedError("too large", [0]));
    await expect(appendRecord("t", record, { log: log, timeoutMs: 1000, logger: silentLogger })).rejects.toThrow(
      "too large",
    );
    expect(log.asked).toHaveLength(1);
  });
});
