import { LogUnavailableError } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { UnknownOutcomeError } from "@headwater/core";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, laneProblems, topics } from "./gateway-under-test.ts";
import { numbers, publish, SpoolScene } from "./spool-scene.ts";

describe.each([4, 5] as const)("the spool, of clients of MQTT %i", (protocolVersion) => {
  const scene = new SpoolScene();
  afterEach(() => scene.down());

  it("acknowledges while the log is away, and forwards in order when it is back", async () => {
    await scene.up();
    const device = await scene.gateway.connectDevice("d", { protocolVersion });
    scene.log.failWith(() => new LogUnavailableError("away"));
    await publish(device, 0, 500);
    expect(await scene.gateway.events()).toEqual([]);
    scene.log.heal();
    expect(await scene.values(500)).toEqual(numbers(0, 500));
    expect(await laneProblems(scene.gateway.log)).toEqual([]);
  });

  it("is not touched by a second gateway that is started on its folder", async () => {
    await scene.up();
    const device = await scene.gateway.connectDevice("d", { protocolVersion });
    scene.log.failWith(() => new LogUnavailableError("away"));
    await publish(device, 0, 10);
    const before = await scene.segments();
    const second = GatewayUnderTest.start({}, { durable: "spool", log: scene.log.log, dataDir: scene.gateway.dataDir });
    await expect(second).rejects.toThrow(/Another process uses/);
    expect(await scene.segments()).toEqual(before);
    scene.log.heal();
    expect(await scene.values(10)).toEqual(numbers(0, 10));
  });

  it("keeps what is acknowledged over restarts without the log", async () => {
    await scene.up();
    const token = await scene.gateway.register("d");
    for (let round = 0; round < 3; round += 1) {
      const device = await scene.gateway.connect("d", token, { protocolVersion });
      if (round === 0) scene.log.failWith(() => new LogUnavailableError("away"));
      await publish(device, round * 50, round * 50 + 50);
      device.end(true);
      await scene.gateway.restart();
    }
    expect(await scene.gateway.events()).toEqual([]);
    scene.log.heal();
    expect(await scene.values(150)).toEqual(numbers(0, 150));
    expect(await laneProblems(scene.gateway.log)).toEqual([]);
    expect(new Set((await scene.gateway.events()).map(({ epoch }) => epoch)).size).toBe(1);
  });

  it("sends the identical batch again when it is not known whether it landed", async () => {
    await scene.up();
    const device = await scene.gateway.connectDevice("d", { protocolVersion });
    scene.log.failAfterAppending(3, () => new UnknownOutcomeError("no answer"));
    await publish(device, 0, 100);
    await eventually(
      () => scene.gateway.events(),
      (all) => new Set(all.map(({ n }) => n)).size >= 100,
    );
    const unique = new Map((await scene.gateway.events()).map((event) => [event.n, event.readings[0]!.number]));
    expect([...unique.values()]).toEqual(numbers(0, 100));
    expect(await laneProblems(scene.gateway.log)).toEqual([]);
  });

  it("a record that the log refuses for good is set aside, its identity is a gap, the others go on", async () => {
    await scene.up();
    const device = await scene.gateway.connectDevice("d", { protocolVersion });
    scene.log.refuse((value) => Buffer.from(value).includes("poison"));
    await device.publishAsync("devices/d/telemetry", '{"i":0}', { qos: 1 });
    await device.publishAsync("devices/d/telemetry", '{"poison":1}', { qos: 1 });
    await device.publishAsync("devices/d/telemetry", '{"i":2}', { qos: 1 });
    expect(await scene.values(2)).toEqual([0, 2]);
    const [set] = await eventually(
      () => scene.gateway.quarantined(),
      (all) => all.length > 0,
    );
    expect(set).toMatchObject({ stage: "log", device: "d", logTopic: topics.telemetry });
    expect(events.telemetry.decode(set!.payload).readings[0]!.metric).toBe("poison");
    const gaps = await eventually(
      async () => (await scene.gateway.telemetry()).flatMap(({ gap }) => (gap === null ? [] : [gap])),
      (all) => all.length > 0,
    );
    expect(gaps).toMatchObject([{ reason: "log-refused" }]);
    expect(gaps[0]!.fromN).toBe(gaps[0]!.toN);
  });

  it("gives its disk back after it has drained", async () => {
    await scene.up({ HEADWATER_SPOOL_SEGMENT_BYTES: "65536" });
    const device = await scene.gateway.connectDevice("d", { protocolVersion });
    scene.log.failWith(() => new LogUnavailableError("away"));
    for (let i = 0; i < 10; i += 1) await publish(device, i * 200, i * 200 + 200);
    expect((await scene.segments()).length).toBeGreaterThan(1);
    scene.log.heal();
    expect(await scene.values(2000)).toEqual(numbers(0, 2000));
    expect(
      (
        await eventually(
          () => scene.segments(),
          (all) => all.length === 1,
        )
      ).length,
    ).toBe(1);
    expect((await stat(join(scene.spoolDir, (await scene.segments())[0]!))).mode & 0o777).toBe(0o600);
  });
});
