import { sleep } from "@headwater/core";
import { afterEach, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { laneProblems } from "./gateway-under-test.ts";
import { brokersFromEnvironment, KafkaGateway } from "./kafka-gateway.ts";
import { ResendingDevice } from "./resending-device.ts";

const rounds = Number(process.env["HEADWATER_FAULT_ROUNDS"] ?? 6);
let gateway: KafkaGateway;
afterEach(() => gateway.close());

it("through the spool to the real Kafka: what devices send again after kill -9 is one event", async () => {
  const devices = Array.from({ length: 6 }, (_, i) => new ResendingDevice(`device-${i}`, 20));
  gateway = await KafkaGateway.create(
    brokersFromEnvironment(),
    devices.map(({ device }) => device),
  );
  for (let round = 0; round < rounds; round += 1) {
    await gateway.start();
    await Promise.all(devices.map((device) => device.connect(gateway.port, gateway.token)));
    await sleep(200 + Math.random() * 500);
    await gateway.kill("SIGKILL");
    for (const device of devices) device.cut();
  }
  await gateway.start();
  for (const device of devices) device.stop();
  await Promise.all(devices.map((device) => device.connect(gateway.port, gateway.token)));
  await eventually(
    () => devices.every(({ open }) => open === 0),
    (done) => done,
  );
  const total = devices.reduce((sum, { sent }) => sum + sent, 0);
  const all = await eventually(
    () => gateway.events(),
    (records) => records.length >= total,
  );
  for (const { device, sent, open } of devices) {
    expect(open).toBe(0);
    const stored = all.filter((record) => record.device === device).map(({ readings }) => readings[0]!.number);
    expect(stored).toEqual(Array.from({ length: sent }, (_, i) => i));
  }
  expect(devices.reduce((sum, { resent }) => sum + resent, 0)).toBeGreaterThan(100);
  expect(await laneProblems(gateway.log, gateway.topics.telemetry)).toEqual([]);
});
