import { LogUnavailableError } from "@headwater/event-log";
import { sleep } from "@headwater/core";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { topics } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";
import { numbers, SpoolScene } from "./spool-scene.ts";

describe.each([4, 5] as const)("a spool without room, of clients of MQTT %i", (protocolVersion) => {
  const scene = new SpoolScene();
  afterEach(() => scene.down());

  it.runIf(protocolVersion === 5)(
    "a message that is dropped for want of room gets 0x97, and the connection goes on",
    async () => {
      await scene.up({
        HEADWATER_SPOOL_MAX_BYTES: "1048576",
        HEADWATER_SPOOL_SEGMENT_BYTES: "65536",
        HEADWATER_SPOOL_WHEN_FULL: "drop-newest",
      });
      const device = await scene.gateway.connectDevice("d", { protocolVersion });
      scene.log.failWith(() => new LogUnavailableError("away"));
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
      scene.log.heal();
      // There is room again: what was refused may be sent again.
      await eventually(async () => expect(await send(-1)).toBe(0));
      const sent = (await scene.values(kept + 1)).filter((n) => n !== -1);
      expect(sent).toEqual(numbers(0, kept));
    },
  );

  it("when it is full messages stay unacknowledged, and everything else is still answered", async () => {
    await scene.up({
      HEADWATER_SPOOL_MAX_BYTES: "1048576",
      HEADWATER_SPOOL_SEGMENT_BYTES: "65536",
      HEADWATER_MQTT_MAX_UNACKED: "100",
    });
    const token = await scene.gateway.register("d");
    const device = await RawDevice.connect(scene.gateway.app.mqttPort, {
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
    scene.log.failWith(() => new LogUnavailableError("away"), topics.telemetry);
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
      expect(scene.gateway.app.notReady()).toEqual(["gateway: the spool is full"]);
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
    await scene.gateway.requestCommand("d", "c-1", { name: "hello" });
    await device.until("publish");
    expect(device.count("puback")).toBe(acked);
    expect(scene.gateway.app.notReady()).toEqual(["gateway: the spool is full"]);
    const other = await scene.gateway.connectDevice("other");
    expect(other.connected).toBe(true);
    scene.log.heal();
    await eventually(async () => {
      await ping();
      expect(device.count("puback")).toBe(80);
    });
    expect((await scene.values(80)).slice(0, 80)).toEqual(numbers(1, 81));
  });

  it("when it is full a device is heard behind many messages that wait for their acknowledgement alone", async () => {
    await scene.up({ HEADWATER_SPOOL_MAX_BYTES: "1048576", HEADWATER_SPOOL_SEGMENT_BYTES: "65536" });
    scene.log.failWith(() => new LogUnavailableError("away"), topics.telemetry);
    const filling = await scene.gateway.connectDevice("filling", { protocolVersion });
    const filler = "x".repeat(20_000);
    for (let i = 0; i < 80; i += 1)
      filling.publish("devices/filling/telemetry", `{"i":${i},"t":"${filler}"}`, { qos: 1 }, () => {});
    await eventually(() => expect(scene.gateway.app.notReady()).toEqual(["gateway: the spool is full"]));
    const login = {
      username: "d",
      password: await scene.gateway.register("d"),
      clientId: "c",
      version: protocolVersion,
    };
    const device = await RawDevice.connect(scene.gateway.app.mqttPort, login);
    const count = 1 + 400;
    device.publish("devices/d/telemetry", '{"i":0}', { messageId: 1 });
    for (let i = 2; i <= count; i += 1) device.publish("devices/d/time/request", "1", { messageId: i });
    for (let ping = 1; ping <= 3; ping += 1) {
      device.send({ cmd: "pingreq" });
      // Not one look at the stalled commit for each of them.
      await device.until("pingresp", ping, 10_000);
    }
    expect(device.count("puback")).toBe(0);
    scene.log.heal();
    await device.until("puback", count);
    device.cut();
  });
});
