import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { topicSpecs } from "@headwater/event-log";
import { loadConfig } from "@headwater/service";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { gatewayConfig } from "../src/app.ts";
import { maxRecordBytes } from "../src/record-bytes.ts";
import { GatewayUnderTest, partitions } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const mebibyte = 1024 * 1024;
const largest = String(4 * mebibyte);
const env = { HEADWATER_MQTT_MAX_PACKET_BYTES: largest, HEADWATER_MQTT_ANONYMOUS: "true" };

describe.each(["log", "spool"] as const)("the limit of packets raised, with a durable %s", (durable) => {
  it("a message of 2 MiB is one event, or whole in quarantine, and whole for who has subscribed", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "gateway-"));
    const bound = maxRecordBytes(loadConfig(gatewayConfig, { env }));
    const log = await openEmbeddedLog({ dataDir: join(dataDir, "log"), maxRecordBytes: bound });
    await log.ensureTopics(topicSpecs(partitions, "", bound));
    const gateway = await GatewayUnderTest.start(env, { dataDir, log, durable });
    try {
      const connect = (clientId: string) => RawDevice.connect(gateway.app.mqttPort, { clientId, clean: false });
      const listener = await connect("listener");
      listener.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "devices/#", qos: 1 }] } as never);
      await listener.until("suback");
      const device = await connect("device");
      const text = "x".repeat(2 * mebibyte);
      const broken = `{"t":"${text}`;
      device.publish("devices/d/telemetry", `{"t":"${text}"}`, { messageId: 1 });
      device.publish("devices/d/telemetry", broken, { messageId: 2 });
      device.publish("devices/d/telemetry", '{"a":1}', { messageId: 3 });
      await device.until("puback", 3);
      await listener.until("publish", 3);
      expect((listener.heard.find(({ cmd }) => cmd === "publish") as { payload: Buffer }).payload.length).toBe(
        text.length + 8,
      );
      const events = await eventually(
        () => gateway.events(),
        (all) => all.length === 2,
      );
      // Lengths alone: a difference would be printed.
      expect(events[0]!.readings.map((reading) => [reading.metric, reading.text?.length])).toEqual([
        ["t", text.length],
      ]);
      const [quarantined] = await gateway.quarantined();
      expect(Buffer.from(quarantined!.payload).equals(Buffer.from(broken))).toBe(true);
      expect(quarantined!.reason).not.toContain("too large");
      // The largest packet of all has room, too.
      device.publish("devices/d/telemetry", "z".repeat(4 * mebibyte - 1000), { messageId: 4 });
      await device.until("puback", 4);
      const all = await eventually(
        () => gateway.quarantined(),
        (records) => records.length === 2,
      );
      expect(all.map(({ payload }) => payload.length).toSorted((a, b) => a - b)).toEqual([
        broken.length,
        4 * mebibyte - 1000,
      ]);
      expect(await gateway.metric("headwater_gateway_quarantined_total", 'reason="log"')).toBe(0);
    } finally {
      await gateway.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
