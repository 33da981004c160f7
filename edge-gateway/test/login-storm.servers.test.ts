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
/** CONNACK. */
const [serverUnavailable, refusedCredentials] = [3, 4];
const targets = Array.from({ length: 20 }, (_, i) => `target-${i}`);

let gateway: KafkaGateway | undefined;
afterEach(() => gateway?.close());

interface Acks {
  /** How long each waited (milliseconds). */
  readonly took: readonly number[];
  /** How many logins were answered while each waited. */
  readonly passedBy: readonly number[];
}

/** The messages of a device, one after the other, until `over`; each list sorted. */
async function acks(device: mqtt.MqttClient, over: () => boolean, answered: () => number): Promise<Acks> {
  const took: number[] = [];
  const passedBy: number[] = [];
  while (!over()) {
    const [began, before] = [performance.now(), answered()];
    await device.publishAsync("devices/steady/telemetry", `{"i":${took.length}}`, { qos: 1 });
    took.push(performance.now() - began);
    passedBy.push(answered() - before);
  }
  const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
  return { took: sorted(took), passedBy: sorted(passedBy) };
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
  const answers = new Map<number | undefined, number>();
  const compared = () => answers.get(refusedCredentials) ?? 0;
  const end = performance.now() + 3000;
  const before = await acks(steady, () => performance.now() > end, compared);

  let started = 0;
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
      });
      const { returnCode } = raw.heard[0] as { returnCode?: number };
      answers.set(returnCode, (answers.get(returnCode) ?? 0) + 1);
      raw.cut();
    }
  };
  const began = performance.now();
  let over = false;
  const all = Promise.all(Array.from({ length: atOnce }, storm)).finally(() => (over = true));
  const during = await acks(steady, () => over, compared);
  await all;
  const seconds = (performance.now() - began) / 1000;
  await steady.endAsync();

  const figures = [
    `${logins} wrong logins in ${seconds.toFixed(1)} s, answered ${JSON.stringify([...answers])}`,
    ...[before, during].map(
      ({ took, passedBy }, i) =>
        `${i === 0 ? "before" : "during"}: ${took.length} acks, p50 ${percentile(took, 0.5).toFixed(1)} ms, p99 ${percentile(took, 0.99).toFixed(1)} ms, longest ${took.at(-1)!.toFixed(1)} ms; compared while one waited: p50 ${percentile(passedBy, 0.5)}, p90 ${percentile(passedBy, 0.9)}, most ${passedBy.at(-1)}`,
    ),
  ].join("\n");
  process.stdout.write(`${figures}\n`);
  expect([...answers.keys()].toSorted()).toEqual([serverUnavailable, refusedCredentials]);
  expect([...answers.values()].reduce((sum, count) => sum + count, 0)).toBe(logins);
  // In passwords compared, not in time, which the storm and whatever else is on the machine take alike.
  expect(percentile(during.passedBy, 0.5)).toBeLessThan(2);
  expect(percentile(during.passedBy, 0.9)).toBeLessThan(5);
});
