import { partitionFor, LogUnavailableError } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { sleep, UnknownOutcomeError } from "@headwater/core";
import { open, readdir, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, laneProblems, partitions, topics } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";
import { startFaultyLog, type FaultyLog } from "./faulty-log.ts";

const partitionOfD = partitionFor("d", partitions);

describe.each([4, 5] as const)("the spool, of clients of MQTT %i", (protocolVersion) => {
  let gateway: GatewayUnderTest;
  let log: FaultyLog;
  afterEach(async () => {
    log.heal();
    await gateway.stop();
    await log.remove();
  });
  const up = async (env: Record<string, string> = {}) => {
    log = await startFaultyLog();
    gateway = await GatewayUnderTest.start(env, { durable: "spool", log: log.log, stopWithinMs: 1000 });
  };
  const spoolDir = () => join(gateway.dataDir, "gateway", "spool");
  const segments = async () => (await readdir(spoolDir())).filter((name) => name.endsWith(".segment")).toSorted();
  const values = async (count: number) => {
    await eventually(
      () => gateway.events(),
      (all) => all.length >= count,
    );
    return (await gateway.events()).map((event) => event.readings[0]!.number);
  };
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const publish = async (device: Awaited<ReturnType<GatewayUnderTest["connect"]>>, from: number, to: number) => {
    await Promise.all(
      numbers(from, to).map((i) => device.publishAsync("devices/d/telemetry", `{"i":${i}}`, { qos: 1 })),
    );
  };

  it("acknowledges while the log is away, and forwards in order when it is back", async () => {
    await up();
    const device = await gateway.connectDevice("d", { protocolVersion });
    log.failWith(() => new LogUnavailableError("away"));
    await publish(device, 0, 500);
    expect(await gateway.events()).toEqual([]);
    log.heal();
    expect(await values(500)).toEqual(numbers(0, 500));
    expect(await laneProblems(gateway.log)).toEqual([]);
  });

  it.runIf(protocolVersion === 5)(
    "a message that is dropped for want of room gets 0x97, and the connection goes on",
    async () => {
      await up({
        HEADWATER_SPOOL_MAX_BYTES: "1048576",
        HEADWATER_SPOOL_SEGMENT_BYTES: "65536",
        HEADWATER_SPOOL_WHEN_FULL: "drop-newest",
      });
      const device = await gateway.connectDevice("d", { protocolVersion });
      log.failWith(() => new LogUnavailableError("away"));
      const told: { reasonCode?: number; properties?: { reasonString?: string } }[] = [];
      device.on("packetreceive", (packet) => {
        if (packet.cmd === "puback") told.push(packet);
      });
      const text = "x".repeat(8000);
      const send = (n: number) =>
        device.publishAsync("devices/d/telemetry", `{"n":${n},"text":"${text}"}`, { qos: 1 }).then(
          () => 0,
          (error: { code?: number }) => error.code,
        );
      let kept = 0;
      while ((await send(kept)) === 0) kept += 1;
      expect(told.at(-1)).toMatchObject({
        reasonCode: 0x97,
        properties: { reasonString: expect.stringMatching(/full/) },
      });
      expect(device.connected).toBe(true);
      log.heal();
      // There is room again: what was refused may be sent again.
      await eventually(async () => expect(await send(-1)).toBe(0));
      const sent = (await values(kept + 1)).filter((n) => n !== -1);
      expect(sent).toEqual(numbers(0, kept));
    },
  );

  it("is not touched by a second gateway that is started on its folder", async () => {
    await up();
    const device = await gateway.connectDevice("d", { protocolVersion });
    log.failWith(() => new LogUnavailableError("away"));
    await publish(device, 0, 10);
    const before = await segments();
    const second = GatewayUnderTest.start({}, { durable: "spool", log: log.log, dataDir: gateway.dataDir });
    await expect(second).rejects.toThrow(/Another process uses/);
    expect(await segments()).toEqual(before);
    log.heal();
    expect(await values(10)).toEqual(numbers(0, 10));
  });

  it("keeps what is acknowledged over restarts without the log", async () => {
    await up();
    const token = await gateway.register("d");
    for (let round = 0; round < 3; round += 1) {
      const device = await gateway.connect("d", token, { protocolVersion });
      if (round === 0) log.failWith(() => new LogUnavailableError("away"));
      await publish(device, round * 50, round * 50 + 50);
      device.end(true);
      await gateway.restart();
    }
    expect(await gateway.events()).toEqual([]);
    log.heal();
    expect(await values(150)).toEqual(numbers(0, 150));
    expect(await laneProblems(gateway.log)).toEqual([]);
    expect(new Set((await gateway.events()).map(({ epoch }) => epoch)).size).toBe(1);
  });

  it("sends the identical batch again when it is not known whether it landed", async () => {
    await up();
    const device = await gateway.connectDevice("d", { protocolVersion });
    log.failAfterAppending(3, () => new UnknownOutcomeError("no answer"));
    await publish(device, 0, 100);
    await eventually(
      () => gateway.events(),
      (all) => new Set(all.map(({ n }) => n)).size >= 100,
    );
    const unique = new Map((await gateway.events()).map((event) => [event.n, event.readings[0]!.number]));
    expect([...unique.values()]).toEqual(numbers(0, 100));
    expect(await laneProblems(gateway.log)).toEqual([]);
  });

  it("a record that the log refuses for good is set aside, its identity is a gap, the others go on", async () => {
    await up();
    const device = await gateway.connectDevice("d", { protocolVersion });
    log.refuse((value) => Buffer.from(value).includes("poison"));
    await device.publishAsync("devices/d/telemetry", '{"i":0}', { qos: 1 });
    await device.publishAsync("devices/d/telemetry", '{"poison":1}', { qos: 1 });
    await device.publishAsync("devices/d/telemetry", '{"i":2}', { qos: 1 });
    expect(await values(2)).toEqual([0, 2]);
    const [set] = await eventually(
      () => gateway.quarantined(),
      (all) => all.length > 0,
    );
    expect(set).toMatchObject({ stage: "log", device: "d", logTopic: topics.telemetry });
    expect(events.telemetry.decode(set!.payload).readings[0]!.metric).toBe("poison");
    const gaps = await eventually(
      async () => (await gateway.telemetry()).flatMap(({ gap }) => (gap === null ? [] : [gap])),
      (all) => all.length > 0,
    );
    expect(gaps).toMatchObject([{ reason: "log-refused" }]);
    expect(gaps[0]!.fromN).toBe(gaps[0]!.toN);
  });

  it("gives its disk back after it has drained", async () => {
    await up({ HEADWATER_SPOOL_SEGMENT_BYTES: "65536" });
    const device = await gateway.connectDevice("d", { protocolVersion });
    log.failWith(() => new LogUnavailableError("away"));
    for (let i = 0; i < 10; i += 1) await publish(device, i * 200, i * 200 + 200);
    expect((await segments()).length).toBeGreaterThan(1);
    log.heal();
    expect(await values(2000)).toEqual(numbers(0, 2000));
    expect((await eventually(segments, (all) => all.length === 1)).length).toBe(1);
    expect((await stat(join(spoolDir(), (await segments())[0]!))).mode & 0o777).toBe(0o600);
  });

  it("when it is full messages stay unacknowledged, and everything else is still answered", async () => {
    await up({
      HEADWATER_SPOOL_MAX_BYTES: "1048576",
      HEADWATER_SPOOL_SEGMENT_BYTES: "65536",
      HEADWATER_MQTT_MAX_UNACKED: "100",
    });
    const token = await gateway.register("d");
    const device = await RawDevice.connect(gateway.app.mqttPort, {
      username: "d",
      password: token,
      clientId: "c",
      keepalive: 2,
      version: protocolVersion,
    });
    device.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "devices/d/commands/+", qos: 1 }],
    } as never);
    await device.until("suback");
    log.failWith(() => new LogUnavailableError("away"), topics.telemetry);
    const filler = "x".repeat(20_000);
    for (let i = 1; i <= 80; i += 1)
      device.publish("devices/d/telemetry", `{"i":${i},"t":"${filler}"}`, { messageId: i });
    let pings = 0;
    const ping = async (): Promise<void> => {
      device.send({ cmd: "pingreq" });
      pings += 1;
      await device.until("pingresp", pings);
    };
    await eventually(async () => {
      // A slow disk takes longer than the keep-alive.
      await ping();
      expect(gateway.app.notReady()).toEqual(["gateway: the spool is full"]);
    });
    // What was acknowledged before the spool was full comes before the answer.
    await ping();
    const acked = device.count("puback");
    expect(acked).toBeGreaterThan(30);
    expect(acked).toBeLessThan(80);
    for (let i = 0; i < 8; i += 1) {
      await ping();
      await sleep(300);
    }
    await gateway.requestCommand("d", "c-1", { name: "hello" });
    await device.until("publish");
    expect(device.count("puback")).toBe(acked);
    expect(gateway.app.notReady()).toEqual(["gateway: the spool is full"]);
    const other = await gateway.connectDevice("other");
    expect(other.connected).toBe(true);
    log.heal();
    await eventually(async () => {
      await ping();
      expect(device.count("puback")).toBe(80);
    });
    expect((await values(80)).slice(0, 80)).toEqual(numbers(1, 81));
  });

  it("when it is full a device is heard behind many messages that wait for their acknowledgement alone", async () => {
    await up({ HEADWATER_SPOOL_MAX_BYTES: "1048576", HEADWATER_SPOOL_SEGMENT_BYTES: "65536" });
    log.failWith(() => new LogUnavailableError("away"), topics.telemetry);
    const filling = await gateway.connectDevice("filling", { protocolVersion });
    const filler = "x".repeat(20_000);
    for (let i = 0; i < 80; i += 1)
      filling.publish("devices/filling/telemetry", `{"i":${i},"t":"${filler}"}`, { qos: 1 }, () => {});
    await eventually(() => expect(gateway.app.notReady()).toEqual(["gateway: the spool is full"]));
    const login = { username: "d", password: await gateway.register("d"), clientId: "c", version: protocolVersion };
    const device = await RawDevice.connect(gateway.app.mqttPort, login);
    const count = 1 + 400;
    device.publish("devices/d/telemetry", '{"i":0}', { messageId: 1 });
    for (let i = 2; i <= count; i += 1) device.publish("devices/d/time/request", "1", { messageId: i });
    for (let ping = 1; ping <= 3; ping += 1) {
      device.send({ cmd: "pingreq" });
      // Not one look at the stalled commit for each of them.
      await device.until("pingresp", ping, 10_000);
    }
    expect(device.count("puback")).toBe(0);
    log.heal();
    await device.until("puback", count);
    device.cut();
  });

  it("a torn end is cut off and what came before is kept", async () => {
    await up();
    const device = await gateway.connectDevice("d", { protocolVersion });
    log.failWith(() => new LogUnavailableError("away"));
    await publish(device, 0, 20);
    await gateway.downGateway();
    const file = join(spoolDir(), (await segments()).at(-1)!);
    const { size } = await stat(file);
    const handle = await open(file, "a");
    await handle.write((await readFile(file)).subarray(size - 40, size - 7));
    await handle.close();
    log.heal();
    await gateway.upGateway();
    expect(await values(20)).toEqual(numbers(0, 20));
    expect(await laneProblems(gateway.log)).toEqual([]);
  });

  it("a corrupt range in the middle is kept apart and reported as a gap; all else arrives", async () => {
    await up();
    const device = await gateway.connectDevice("d", { protocolVersion });
    log.failWith(() => new LogUnavailableError("away"));
    for (let i = 0; i < 30; i += 1) await publish(device, i, i + 1);
    await gateway.downGateway();
    const file = join(spoolDir(), (await segments())[0]!);
    const bytes = await readFile(file);
    const at = bytes.lastIndexOf(Buffer.from([0x0a, 0x01, 0x69]), bytes.length - 200);
    const handle = await open(file, "r+");
    await handle.write(Buffer.from([0xff]), 0, 1, at);
    await handle.close();
    log.heal();
    await gateway.upGateway();
    const seen = await values(29);
    expect(seen.length).toBe(29);
    const gaps = await eventually(
      async () => (await gateway.telemetry()).flatMap(({ gap }) => (gap === null ? [] : [gap])),
      (all) => all.length > 0,
    );
    expect(gaps).toMatchObject([{ reason: "corrupt" }]);
    const named = new Set([
      ...(await gateway.telemetry()).map(({ n, device: of }) => (of === "d" ? n : 0)),
      gaps[0]!.fromN,
    ]);
    expect(named.has(gaps[0]!.toN)).toBe(true);
    expect((await readdir(spoolDir())).some((name) => name.endsWith(".corrupt"))).toBe(true);
    expect(await gateway.metric("headwater_gateway_dropped_total", "corrupt")).toBe(1);
  });

  it("an end whose last frame is corrupt gives up that identity", async () => {
    await up();
    const device = await gateway.connectDevice("d", { protocolVersion });
    log.failWith(() => new LogUnavailableError("away"));
    await publish(device, 0, 10);
    device.end(true);
    await gateway.downGateway();
    const file = join(spoolDir(), (await segments()).at(-1)!);
    const bytes = await readFile(file);
    // The last event; what follows it (the end of the session, marks) is cut off with it.
    const at = bytes.lastIndexOf(Buffer.from([0x0a, 0x01, 0x69]));
    await truncate(file, at + 12);
    const handle = await open(file, "r+");
    await handle.write(Buffer.from([0x7e]), 0, 1, at + 2);
    await handle.close();
    log.heal();
    await gateway.upGateway();
    expect(await values(9)).toEqual(numbers(0, 9));
    // The lane's next record, which shows the hole, and the gap record that names it come one after the other.
    await eventually(async () => {
      const holes = (await laneProblems(gateway.log)).filter((each) => each.includes(`/${partitionOfD}: `));
      expect(holes).toHaveLength(1);
      const all = await gateway.telemetry();
      const gaps = all.flatMap(({ gap }) => (gap === null ? [] : [gap]));
      expect(gaps.map((gap) => gapLane(gap, all))).toContain(holes[0]);
      // Marks of other lanes may have been cut off with it.
      expect(gaps.every(({ reason }) => reason === "corrupt")).toBe(true);
    });
  });
});

/** How the checker names the hole that the gap record is about. */
function gapLane(
  gap: { fromN: number; toN: number },
  all: readonly { gateway: string; epoch: number; n: number; gap: unknown }[],
): string {
  const record = all.find((each) => each.gap !== null)!;
  return `${record.gateway}/${record.epoch}/${partitionOfD}: ${gap.toN + 1} after ${gap.fromN - 1}`;
}
