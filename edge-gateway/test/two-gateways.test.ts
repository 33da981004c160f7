import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, laneProblems } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

describe("two gateways on one log", () => {
  let first: GatewayUnderTest;
  let second: GatewayUnderTest;
  let folder: string;
  let token: string;
  beforeEach(async () => {
    first = await GatewayUnderTest.start();
    folder = await mkdtemp(join(tmpdir(), "gateway-second-"));
    second = await GatewayUnderTest.start({}, { log: first.log, dataDir: folder });
    token = await first.register("valve");
  });
  afterEach(async () => {
    await second.downGateway();
    await first.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const device = async (gateway: GatewayUnderTest, clientId: string) => {
    const raw = await RawDevice.connect(gateway.app.mqttPort, { username: "valve", password: token, clientId });
    raw.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "devices/valve/commands/+", qos: 1 }],
    } as never);
    await raw.until("suback");
    return raw;
  };

  it("a device that is connected to both gets a command once", async () => {
    const [a, b] = [await device(first, "a"), await device(second, "b")];
    for (let i = 0; i < 10; i += 1) {
      await first.requestCommand("valve", `c-${i}`, { name: "shut" });
      await eventually(
        () => a.count("publish") + b.count("publish"),
        (count) => count > i,
      );
      for (const raw of [a, b]) {
        for (const packet of raw.heard.splice(0)) {
          if (packet.cmd === "publish") raw.send({ cmd: "puback", messageId: packet.messageId! });
          if (packet.cmd === "publish") raw.heard.push({ ...packet, cmd: "publish" });
        }
      }
    }
    await sleep(300);
    const topics = [...a.heard, ...b.heard].flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : []));
    expect(topics.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => `devices/valve/commands/c-${i}`));
  });

  it("a device that moved gets what waited, and nothing of what the other had sent", async () => {
    const a = await device(first, "a");
    await first.requestCommand("valve", "sent", { name: "shut" });
    await a.until("publish");
    a.cut();
    await eventually(
      () => first.metric("headwater_gateway_connections"),
      (connections) => connections === 0,
    );
    await first.requestCommand("valve", "waits", { name: "shut" });
    const b = await device(second, "a");
    expect(await b.until("publish")).toMatchObject({ topic: "devices/valve/commands/waits" });
    await sleep(200);
    expect(b.count("publish")).toBe(1);
  });

  it("their lanes are apart, each dense", async () => {
    const a = await first.connect("valve", token, { clientId: "a" });
    const b = await second.connect("valve", token, { clientId: "b" });
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        (i % 2 === 0 ? a : b).publishAsync("devices/valve/telemetry", `{"i":${i}}`, { qos: 1 }),
      ),
    );
    const events = await first.events();
    expect(events.length).toBe(200);
    expect(new Set(events.map(({ gateway }) => gateway)).size).toBe(2);
    expect(await laneProblems(first.log)).toEqual([]);
    b.end(true);
  });
});
