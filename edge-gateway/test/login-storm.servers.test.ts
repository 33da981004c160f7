import { passwordCosts } from "@headwater/aggregates";
import { once } from "node:events";
import { connect } from "node:net";
import mqtt from "mqtt";
import { afterEach, expect, it } from "vitest";
import { DeviceLog, passwordCredential } from "./device-log.ts";
import { brokersFromEnvironment, KafkaGateway } from "./kafka-gateway.ts";
import { RawDevice } from "./raw-device.ts";

const logins = 2000;
const atOnce = 200;
const targets = Array.from({ length: 20 }, (_, i) => `target-${i}`);

let gateway: KafkaGateway | undefined;
afterEach(() => gateway?.close());

/**
 * How long each message of a device waited for its acknowledgement, one after the other, until `over` (milliseconds).
 */
async function acks(device: mqtt.MqttClient, over: () => boolean): Promise<number[]> {
  const took: number[] = [];
  while (!over()) {
    const began = performance.now();
    await device.publishAsync("devices/steady/telemetry", `{"i":${took.length}}`, { qos: 1 });
    took.push(performance.now() - began);
  }
  return took.toSorted((a, b) => a - b);
}

const percentile = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]!;

it("a storm of wrong passwords delays no acknowledgement, and every one of them is answered", async () => {
  const under = await KafkaGateway.create(brokersFromEnvironment(), ["steady"]);
  gateway = under;
  const devices = new DeviceLog(under.log, under.topics);
  const { ln } = passwordCosts;
  for (const id of targets)
    await devices.register(id, { credentials: [passwordCredential("correct horse battery", { ln })] });
  await under.start();
  const steady = await mqtt.connectAsync(under.url, { username: "steady", password: under.token, clientId: "s" });
  steady.on("error", () => {});
  const end = performance.now() + 3000;
  const before = await acks(steady, () => performance.now() > end);

  let started = 0;
  const answers = new Map<number | undefined, number>();
  const storm = async (): Promise<void> => {
    while (started < logins) {
      const i = started;
      started += 1;
      // Half of them names that there are not.
      const username = i % 2 === 0 ? targets[(i / 2) % targets.length]! : `nobody-${i}`;
      // From many addresses, so that the bound on what one address may fail is not what helps.
      const socket = connect({ port: under.port, host: "127.0.0.1", localAddress: `127.0.0.${2 + (i % 200)}` });
      await once(socket, "connect");
      const raw = await RawDevice.over(socket, {
        username,
        password: `guess number ${i}`,
        clientId: `g-${i}`,
        withinMs: 60_000,
      });
      const { returnCode } = raw.heard[0] as { returnCode?: number };
      answers.set(returnCode, (answers.get(returnCode) ?? 0) + 1);
      raw.cut();
    }
  };
  const began = performance.now();
  let over = false;
  const all = Promise.all(Array.from({ length: atOnce }, storm)).finally(() => (over = true));
  const during = await acks(steady, () => over);
  await all;
  const seconds = (performance.now() - began) / 1000;
  await steady.endAsync();

  const figures = [
    `${logins} wrong logins in ${seconds.toFixed(1)} s, answered ${JSON.stringify([...answers])}`,
    ...[before, during].map(
      (sorted, i) =>
        `${i === 0 ? "before" : "during"}: ${sorted.length} acks, p50 ${percentile(sorted, 0.5).toFixed(1)} ms, p99 ${percentile(sorted, 0.99).toFixed(1)} ms, longest ${sorted.at(-1)!.toFixed(1)} ms`,
    ),
  ].join("\n");
  process.stdout.write(`${figures}\n`);
  expect([...answers.keys()].toSorted()).toEqual([3, 4]);
  expect([...answers.values()].reduce((sum, count) => sum + count, 0)).toBe(logins);
  // Bounds for a busy machine, which the storm itself is on, too.
  expect(percentile(during, 0.99)).toBeLessThan(1500);
  expect(during.at(-1)).toBeLessThan(3000);
});
