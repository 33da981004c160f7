import type { LogRecord } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { lostIdentities } from "./lost-identities.ts";

const record = (n: number, epoch = 7, gateway = "gw"): LogRecord => ({
  offset: n,
  appendTime: n,
  key: null,
  headers: {},
  value: events.telemetry.encode({ gateway, epoch, n, device: "d", receivedAt: n * 10, eventTime: n }),
});
const tick: LogRecord = {
  offset: 0,
  appendTime: 0,
  key: null,
  headers: {},
  value: events.telemetry.encode({ gateway: "", epoch: 0, n: 0, receivedAt: 1, eventTime: 1, tick: { ownerEpoch: 1 } }),
};
const garbage: LogRecord = { ...tick, value: Buffer.from("\xff\xff garbage", "latin1") };
const range = (topic: string, from: number, to: number) => ({ topic, partition: 0, from, to, bodies: [] });
const gapOf = (records: ReturnType<typeof lostIdentities>) =>
  records.map(({ value }) => events.telemetry.decode(value!));

describe("identities in a damaged range", () => {
  it("are those between the records around it, whatever else lies there", () => {
    const made = lostIdentities(range("acme.telemetry.v1", 100, 109), {
      before: [tick, garbage, record(20), record(19)],
      after: [tick, record(3, 8), record(27), record(28)],
    });
    expect(gapOf(made)).toMatchObject([
      { gateway: "gw", epoch: 7, n: 26, receivedAt: 200, gap: { fromN: 21, toN: 26, reason: "damaged" } },
    ]);
  });

  it("are as many as there may have been at the end of the lane, so that none is given out again", () => {
    const made = lostIdentities(range("telemetry.v1", 100, 109), { before: [record(20)], after: [] });
    expect(gapOf(made)).toMatchObject([{ n: 30, gap: { fromN: 21, toN: 30 } }]);
  });

  it("are none where only ticks were lost, in other topics, or with nothing before", () => {
    const around = { before: [record(20)], after: [record(21)] };
    expect(lostIdentities(range("telemetry.v1", 5, 6), around)).toEqual([]);
    expect(lostIdentities(range("alerts.v1", 5, 6), { before: [record(20)], after: [] })).toEqual([]);
    expect(lostIdentities(range("telemetry.v1", 0, 6), { before: [], after: [record(8)] })).toEqual([]);
  });
});
