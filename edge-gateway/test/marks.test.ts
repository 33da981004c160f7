import { LogUnavailableError } from "@headwater/event-log";
import { sleep } from "@headwater/core";
import { afterEach, describe, expect, it } from "vitest";
import { startFaultyLog, type FaultyLog } from "./faulty-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, laneProblems, partitions, topics } from "./gateway-under-test.ts";

const isMark = ({ mark }: { readonly mark: unknown }): boolean => mark !== null;

describe.each(["log", "spool"] as const)("marks, with the %s as the durable write", (durable) => {
  let gateway: GatewayUnderTest;
  let faulty: FaultyLog | undefined;
  afterEach(async () => {
    await gateway.stop();
    await faulty?.remove();
    faulty = undefined;
  });

  it("carry the account of their lane over restarts, and their times never go back", async () => {
    faulty = await startFaultyLog();
    gateway = await GatewayUnderTest.start({}, { durable, log: faulty.log });
    const token = await gateway.register("d");
    const publish = async (from: number, count: number): Promise<void> => {
      const device = await gateway.connect("d", token);
      for (let i = from; i < from + count; i += 1) {
        await device.publishAsync("devices/d/telemetry", `{"i":${i}}`, { qos: 1 });
      }
      await device.endAsync();
    };
    await publish(0, 5);
    // One that the log refuses for good: received, and dropped with a gap.
    faulty.refuse((value) => Buffer.from(value).includes("poison"));
    const device = await gateway.connect("d", token);
    await device.publishAsync("devices/d/telemetry", '{"poison":1}', { qos: 1 });
    await device.endAsync();
    await gateway.restart();
    await publish(6, 3);
    const lane = (await gateway.events())[0]!;
    const marks = await eventually(
      async () => {
        const all = await gateway.telemetry();
        return all.filter((record) => isMark(record) && (record.mark?.received ?? 0) > 0);
      },
      (all) => all.some(({ mark }) => mark!.received === 9),
    );
    const accounts = marks.map(({ mark }) => [mark!.received, mark!.dropped] as const);
    expect(accounts.at(-1)).toEqual([9, 1]);
    expect(marks.at(-1)!.mark!.drops).toMatchObject([{ reason: "log-refused", count: 1 }]);
    expect(accounts).toEqual(accounts.toSorted(([a, x], [b, y]) => a - b || x - y));
    expect(new Set(marks.map(({ epoch }) => epoch))).toEqual(new Set([lane.epoch]));
    for (const { receivedAt, mark } of marks) expect(mark!.forwardedAt).toBeGreaterThanOrEqual(receivedAt);
    // No record is received before a mark that went ahead of it, and the only hole is the one that the gap record
    // names.
    const problems = await laneProblems(faulty.log);
    expect(problems.filter((problem) => problem.includes("promised"))).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});

describe("marks while the log is away", () => {
  it("wait one a lane in the spool, and go on when it is back", async () => {
    const faulty = await startFaultyLog();
    const gateway = await GatewayUnderTest.start({}, { durable: "spool", log: faulty.log });
    try {
      const token = await gateway.register("d");
      const device = await gateway.connect("d", token);
      faulty.failWith(() => new LogUnavailableError("away"), topics.telemetry);
      await sleep(300);
      const before = await gateway.metric("headwater_gateway_marks_total");
      for (let i = 0; i < 10; i += 1) {
        await device.publishAsync("devices/d/telemetry", `{"i":${i}}`, { qos: 1 });
        await sleep(60);
      }
      const during = (await gateway.metric("headwater_gateway_marks_total")) - before;
      expect(during).toBeLessThanOrEqual(partitions);
      faulty.heal();
      const after = await eventually(
        () => gateway.metric("headwater_gateway_marks_total"),
        (count) => count >= before + during + 3 * partitions,
      );
      expect(after).toBeGreaterThanOrEqual(before + during + 3 * partitions);
      await eventually(
        () => gateway.events(),
        (events) => events.length === 10,
      );
      expect((await gateway.events()).map(({ readings }) => readings[0]!.number)).toEqual(
        Array.from({ length: 10 }, (_, i) => i),
      );
      expect(await laneProblems(faulty.log)).toEqual([]);
    } finally {
      await gateway.stop();
      await faulty.remove();
    }
  });
});
