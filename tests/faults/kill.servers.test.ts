import { sleep } from "@headwater/core";
import { afterEach, expect, it } from "vitest";
import { brokersFromEnvironment, KafkaGateway } from "../../edge-gateway/test/kafka-gateway.ts";
import { ResendingLoad } from "@headwater/testkit/resending-load";
import { rounds, say } from "./rounds.ts";
import { settledVerdict, verdict } from "@headwater/testkit/log-verdict";

const devices = Array.from({ length: 30 }, (_, i) => `device-${i}`);

let gateway: KafkaGateway;
let load: ResendingLoad;
afterEach(async () => {
  load?.stop();
  await gateway.close();
});

/** So many of all, and at least one of each. */
async function allAckedMore(count: number): Promise<void> {
  const before = load.devices.map(({ acked }) => acked.size);
  const total = load.acked;
  while (load.acked < total + count || load.devices.some(({ acked }, i) => acked.size === before[i])) await sleep(10);
}

it(
  `kill -9 at random moments under load, ${rounds} times: nothing acknowledged is lost, nothing reordered, nothing taken twice`,
  async () => {
    gateway = await KafkaGateway.create(brokersFromEnvironment(), devices);
    load = new ResendingLoad(devices, { port: gateway.frontPort, password: gateway.token }, 20);
    load.start();
    for (let round = 0; round < rounds; round += 1) {
      await gateway.start();
      // The devices find the gateway again by themselves; some of the kills come while they do.
      if (round % 3 !== 2) await allAckedMore(500);
      await sleep(Math.random() * 1500);
      await gateway.kill("SIGKILL");
    }
    await gateway.start();
    while (load.acked <= rounds * 500) await sleep(10);
    await load.settle(120_000);
    const found = await settledVerdict(() => verdict(gateway.log, gateway.topics.telemetry, load), 120_000);
    say(`kill -9 × ${rounds}: ${found.acked} acknowledged, ${found.repeated} landed twice and were told by identity`);
    expect(load.losses).toBeGreaterThanOrEqual(devices.length);
    expect(found).toMatchObject({ lost: [], reordered: [], taken2: [], holes: [], named: 0, epochs: 1 });
  },
  rounds * 120_000 + 240_000,
);
